//! A desk's check-up as the screen shows it: what the doctor found, line by line.

/// How a thing does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// The kiosk works; somebody should see to it.
    Watch,
    /// The kiosk cannot do its work until somebody has seen to it.
    Bad,
}

/// What one check came to, in the language of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckLine {
    /// How it does.
    pub verdict: Verdict,
    /// What was found.
    pub says: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// All of it, as far as it has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checkup {
    /// In the order of the checks.
    pub lines: Vec<CheckLine>,
    /// What the code to photograph holds; once everything is looked at.
    pub summary: Option<String>,
}

/// The display, as the window that is drawn on it knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Panel {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pixels of a hundred points.
    pub scale_percent: u32,
    /// What the last picture cost the processor.
    pub micros: u32,
}
