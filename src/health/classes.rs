//! How an exchange ended, in the words of labels.

use crate::kiosk::observed::word;
use crate::redemption::reply::{Reply, Unknown};

/// The outcome of an exchange, and the class of its errcode.
pub(super) fn end<T>(reply: &Reply<T>) -> (&'static str, String) {
    match reply {
        Reply::Answered(_) => ("answered", String::new()),
        Reply::Refused(refusal) => ("refused", word(refusal.reason)),
        Reply::NotSent(why) => ("not_sent", word(why)),
        Reply::Unknown(why) => ("unknown", unknown(*why).to_owned()),
    }
}

fn unknown(why: Unknown) -> &'static str {
    match why {
        Unknown::Timeout => "timeout",
        Unknown::Broken => "broken",
        Unknown::Status(_) => "status",
        Unknown::Unreadable => "unreadable",
        Unknown::Busy(_) => "busy",
        Unknown::Errcode(_) => "errcode",
        Unknown::Crash => "crash",
    }
}
