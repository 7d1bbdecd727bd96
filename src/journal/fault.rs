//! What can be wrong with a chain of records and its head, told so that a person knows where to look.

/// The first thing that is wrong. Positions count from 1.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// A gap in the numbers.
    #[error("record {0} is missing")]
    Missing(u64),
    /// The file begins behind records of which none of its own says that they were sealed.
    #[error(
        "the records up to {0} are not here, and no record says that they were sealed into an archive"
    )]
    Unsealed(u64),
    /// A number that no record of ours has: zero or less.
    #[error("there is a record before the first one")]
    BeforeFirst,
    /// The hash that stands beside the record is not that of its content and of the record before it.
    #[error(
        "record {0} was changed, or the record before it was: its content does not fit its hash"
    )]
    Altered(u64),
    /// The hash fits, but this program writes no such record.
    #[error("record {0} is not one that this program writes")]
    Alien(u64),
    /// Fewer records than the head file remembers.
    #[error("the records end at {tail}, but there were {head}: record {} and what followed are missing", tail + 1)]
    CutTail {
        /// The last record that is there.
        tail: u64,
        /// The last record that was there.
        head: u64,
    },
    /// The records agree with one another, and not with the head file.
    #[error("record {0} is not the one that the head file remembers: the chain was written anew")]
    Rewritten(u64),
    /// More records than the head file knows of, by another hand, or an older head file.
    #[error("record {} stands behind the place where the head file ends: it was added by another hand", head + 1)]
    BeyondHead {
        /// The last record that the head file knows.
        head: u64,
    },
    /// Records without a head file.
    #[error("the head file is missing, and there are {0} records")]
    HeadMissing(u64),
    /// A head file that cannot be understood.
    #[error("the head file cannot be read, and there are {0} records")]
    HeadUnreadable(u64),
    /// The head file remembers records, and the file of records is not there.
    #[error("the file of records is gone: there were {0}")]
    FileMissing(u64),
    /// Every record is there, and what they are looked up by is not right.
    #[error("every record is whole, but the file's indexes are not: {0}")]
    Index(String),
    /// SQLite cannot read on.
    #[error("the file is damaged behind record {after}: {detail}")]
    File {
        /// The last record that could be read.
        after: u64,
        /// SQLite's words.
        detail: String,
    },
}

impl Fault {
    /// The first position that cannot be trusted; 0 where the file as a whole cannot.
    pub fn position(&self) -> u64 {
        match self {
            Self::Missing(at) | Self::Altered(at) | Self::Alien(at) | Self::Rewritten(at) => *at,
            Self::CutTail { tail: before, .. }
            | Self::BeyondHead { head: before }
            | Self::File { after: before, .. } => before.saturating_add(1),
            Self::Unsealed(_) => 1,
            Self::BeforeFirst
            | Self::HeadMissing(_)
            | Self::HeadUnreadable(_)
            | Self::FileMissing(_)
            | Self::Index(_) => 0,
        }
    }
}
