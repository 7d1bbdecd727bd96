//! One record, spelled out for a person.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::local;
use crate::card::{CardId, Code, CodeInfo, UserCardStatus};
use crate::journal::export::word;
use crate::journal::history::Entry;
use crate::payload::Origin;
use crate::redemption::attempt::Record;
use crate::redemption::ruling::Override;
use crate::redemption::witness::Witness;

/// Writes a heading and a line for each fact that the record tells.
pub fn write(entry: &Entry, time_zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    let kind = match &entry.record {
        Record::Query(_) => "query",
        Record::Intent(_) => "intent",
        Record::Resend(_) => "resend",
        Record::Probe(_) => "probe",
        Record::Settled(_) => "settled",
        Record::Remark(_) => "remark",
        Record::Mistake(_) => "mistake",
        Record::Override(_) => "override",
        Record::Witness(_) => "witness",
        Record::Sealed(_) => "sealed",
    };
    writeln!(
        out,
        "{}  {kind}  (record {})",
        local(entry.record.at(), time_zone),
        entry.seq
    )?;
    for (name, fact) in facts(&entry.record, time_zone) {
        if let Some(fact) = fact {
            writeln!(out, "    {name:<17} {fact}")?;
        }
    }
    writeln!(out, "    {:<17} {}", "hash", entry.hash)
}

type Fact = (&'static str, Option<String>);

fn facts(record: &Record, time_zone: &TimeZone) -> Vec<Fact> {
    match record {
        Record::Query(query) => {
            let mut facts = vec![
                ("outcome", Some(word(&query.outcome))),
                ("code", query.code.as_ref().map(Code::grouped)),
                ("card_id", card_id(query.card_id.as_ref())),
                ("errcode", number(query.errcode)),
            ];
            facts.push(("clerk", query.clerk.clone()));
            facts.push(("origin", origin(query.origin)));
            facts.extend(query.info.iter().flat_map(info));
            facts.push(("answer", query.answer.clone()));
            facts
        }
        Record::Intent(intent) => {
            let mut facts = vec![
                ("attempt", Some(intent.attempt.to_string())),
                ("code to consume", Some(intent.code.grouped())),
                ("card_id to send", card_id(intent.card_id.as_ref())),
                ("clerk", intent.clerk.clone()),
                ("desk", intent.desk.clone()),
                ("coupon", intent.title.clone()),
                ("origin", origin(intent.origin)),
                ("looked up at", Some(local(intent.looked_up_at, time_zone))),
            ];
            facts.extend(info(&intent.info));
            facts
        }
        Record::Resend(resend) => vec![("errcode", number(Some(resend.errcode)))],
        Record::Probe(probe) => vec![
            (
                "told",
                (probe.status.is_none() && probe.errcode.is_none() && probe.answer.is_none())
                    .then(|| "nothing: no usable answer".to_owned()),
            ),
            ("user_card_status", status(probe.status.as_ref())),
            ("errcode", number(probe.errcode)),
            ("answer", probe.answer.clone()),
        ],
        Record::Settled(settled) => vec![
            ("outcome", Some(word(&settled.outcome))),
            ("settled_by", settled.by.map(|by| word(&by))),
            ("errcode", number(settled.errcode)),
            ("user_card_status", status(settled.status.as_ref())),
            ("answer", settled.answer.clone()),
        ],
        Record::Remark(remark) => vec![
            ("remark", Some(remark.text.clone())),
            ("clerk", remark.clerk.clone()),
        ],
        Record::Mistake(mistake) => vec![("clerk", mistake.clerk.clone())],
        Record::Override(said) => override_facts(said),
        Record::Witness(witness) => witness_facts(witness),
        Record::Sealed(sealed) => vec![
            ("through record", Some(sealed.through.to_string())),
            ("its hash", Some(sealed.hash.clone())),
        ],
    }
}

fn override_facts(said: &Override) -> Vec<Fact> {
    vec![
        ("goods", Some(word(&said.goods))),
        ("reason", Some(word(&said.reason))),
        (
            "text",
            Some(said.text.clone()).filter(|text| !text.is_empty()),
        ),
        ("clerk", said.clerk.clone()),
    ]
}

fn witness_facts(witness: &Witness) -> Vec<Fact> {
    vec![
        ("ConsumeSource", Some(word(&witness.source))),
        ("CardId", card_id(witness.card_id.as_ref())),
        (
            "StaffOpenId",
            witness
                .staff
                .as_ref()
                .map(|staff| staff.masked().to_owned()),
        ),
        (
            "fits",
            Some(if witness.agrees { "yes" } else { "no" }.to_owned()),
        ),
    ]
}

fn info(info: &CodeInfo) -> Vec<Fact> {
    vec![
        ("told: code", Some(info.code.grouped())),
        ("told: card_id", card_id(info.card_id.as_ref())),
        ("told: status", status(info.status.as_ref())),
        (
            "told: consumable",
            info.can_consume
                .map(|can| if can { "yes" } else { "no" }.to_owned()),
        ),
        ("told: valid from", info.validity.begin.map(beijing_date)),
        ("told: valid to", info.validity.end.map(beijing_date)),
        (
            "told: openid",
            info.openid
                .as_ref()
                .map(|openid| openid.masked().to_owned()),
        ),
    ]
}

/// Validity dates are Beijing wall dates, wherever the store is.
fn beijing_date(at: Timestamp) -> String {
    Offset::constant(8).to_datetime(at).date().to_string()
}

fn card_id(card_id: Option<&CardId>) -> Option<String> {
    card_id.map(|card_id| card_id.as_str().to_owned())
}

fn status(status: Option<&UserCardStatus>) -> Option<String> {
    status.map(|status| status.wire().to_owned())
}

fn number(number: Option<i64>) -> Option<String> {
    number.map(|number| number.to_string())
}

/// Nothing is said of what was shown at the desk itself.
fn origin(origin: Origin) -> Option<String> {
    (!origin.is_desk()).then(|| word(&origin))
}
