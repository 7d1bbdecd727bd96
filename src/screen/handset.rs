//! A customer's own phone as the demo's stand-in shows it: plain data, beside the kiosk's screen.

/// One picture of the phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handset {
    /// Where the page comes from, as a browser shows it.
    pub address: String,
    /// The page's large words.
    pub head: String,
    /// What it says below.
    pub words: String,
    /// What can be touched, from above.
    pub keys: Vec<String>,
}

/// What a finger does with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Press {
    /// The desk's own code is scanned with it.
    Open,
    /// One of its keys is touched.
    Key(usize),
    /// It is put away.
    Away,
}
