//! From a camera's bytes to luma in full size and a preview in a handy one.

/// How far a picture is turned clockwise before anybody sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Turn {
    /// Not at all.
    #[default]
    None,
    /// A quarter.
    By90,
    /// A half.
    By180,
    /// Three quarters.
    By270,
}
