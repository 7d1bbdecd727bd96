//! Every errcode that the card API is known to answer, sorted by what it proves and what people are told.
//!
//! The table follows the platform's pages on error codes, as listed with their classes in `fixtures/errcodes.csv`. An
//! errcode that is not here proves nothing when a consume answers it.

use crate::redemption::reply::Reason;

/// What an errcode proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// 0: done.
    Done,
    /// Weixin is busy or broken: on a consume nothing is proved, anything else may be asked again.
    Busy,
    /// Nothing was done.
    Refused(Reason),
    /// Not in the table.
    Unlisted,
}

/// Looks an errcode up.
pub fn meaning(errcode: i64) -> Meaning {
    let reason = match errcode {
        0 => return Meaning::Done,
        -1 | -1000 | 61_450 | 9_001_002 => return Meaning::Busy,
        40_075 => Reason::BadEncryptCode,
        40_099 => Reason::AlreadyRedeemed,
        45_011 => Reason::MinuteQuota,
        72_020 => Reason::UseLimit,
        40_071 | 72_003 => Reason::WrongKind,
        40_078 | 40_127 => Reason::NotUsable,
        40_079 | 40_147 => Reason::WrongTime,
        40_001 | 40_014 | 42_001 => Reason::Token,
        40_056 | 40_116 | 72_001 => Reason::UnknownCode,
        40_073 | 40_107 | 41_012 => Reason::CardId,
        40_146 | 40_174 | 43_018 => Reason::NotMarked,
        45_009 | 45_029 | 45_040 | 48_006 => Reason::DailyQuota,
        40_136 | 40_139 | 40_140 | 40_166 | 40_168 | 40_179 | 89_501 => Reason::Account,
        40_013 | 40_125 | 40_243 | 41_002 | 41_004 | 42_002 | 42_007 | 49_001 => {
            Reason::Credentials
        }
        40_090 | 40_164 | 45_032 | 45_035 | 61_004 | 89_503 | 89_506 | 89_507 => Reason::IpList,
        42_005 | 43_007 | 43_008 | 43_009 | 43_010 | 43_011 | 43_012 | 43_013 | 43_014 | 43_015
        | 45_030 | 45_042 | 45_045 | 48_001 | 48_004 | 48_009 | 50_001 | 50_002 | 50_003
        | 50_004 | 61_003 | 61_007 | 72_016 | 72_021 | 72_022 => Reason::Permission,
        40_002 | 40_003 | 40_009 | 40_033 | 40_035 | 40_038 | 40_048 | 40_053 | 40_066 | 40_070
        | 40_072 | 40_074 | 40_076 | 40_080 | 40_097 | 40_098 | 40_100 | 40_101 | 40_104
        | 40_109 | 40_110 | 40_111 | 40_112 | 40_113 | 40_122 | 40_124 | 40_128 | 40_130
        | 40_131 | 40_132 | 40_133 | 40_135 | 40_142 | 40_143 | 40_144 | 40_145 | 40_148
        | 40_149 | 40_150 | 40_151 | 40_153 | 40_158 | 40_163 | 40_165 | 40_178 | 41_001
        | 41_009 | 41_011 | 41_013 | 41_014 | 41_015 | 41_016 | 41_017 | 43_001 | 43_002
        | 43_003 | 43_004 | 43_017 | 44_002 | 45_021 | 45_022 | 45_023 | 45_025 | 45_031
        | 45_033 | 45_039 | 45_041 | 45_046 | 45_053 | 45_054 | 45_055 | 46_004 | 47_001
        | 47_002 | 50_005 | 61_014 | 61_015 => Reason::Request,
        _ => return Meaning::Unlisted,
    };
    Meaning::Refused(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_errcode_proves_what_the_table_of_facts_says() {
        let facts = include_str!("../../fixtures/errcodes.csv");
        let mut rows = 0;
        for row in facts.lines().skip(1) {
            let fields: Vec<&str> = row.split(',').collect();
            let [errcode, class, on_consume] = fields[..] else {
                panic!("{row}");
            };
            let proved = match meaning(errcode.parse().unwrap()) {
                Meaning::Done => "redeemed",
                Meaning::Busy | Meaning::Unlisted => "unknown",
                Meaning::Refused(Reason::AlreadyRedeemed) => "already_redeemed",
                Meaning::Refused(reason) => {
                    let is_set_up_class = ["token", "quota", "permission"].contains(&class);
                    assert!(!is_set_up_class || reason.is_set_up(), "{row}");
                    "not_redeemed"
                }
            };
            assert_eq!(proved, on_consume, "{row}");
            rows += 1;
        }
        assert_eq!(rows, 156);
    }

    #[test]
    fn an_errcode_outside_the_table_proves_nothing() {
        assert_eq!(meaning(12_345), Meaning::Unlisted);
    }
}
