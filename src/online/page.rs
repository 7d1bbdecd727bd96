//! The page itself: one document in two languages, its script and its style, made once.

use axum::http::HeaderMap;
use axum::http::header;

use crate::config;
use crate::wording::{Language, Wording};

/// The page's script.
pub const SCRIPT: &str = include_str!("../../assets/web/page.js");
/// The page's style.
pub const STYLE: &str = include_str!("../../assets/web/page.css");
const DOCUMENT: &str = include_str!("../../assets/web/page.html");

/// The sentences that the page says by itself; all others come with the server's answers.
const SENTENCES: [&str; 31] = [
    "page-title",
    "page-start",
    "page-choose",
    "page-choose-head",
    "page-choose-words",
    "page-choosing",
    "page-confirm",
    "page-confirming",
    "page-cancel",
    "page-again",
    "page-retry",
    "page-outside",
    "page-outside.do",
    "page-too-old",
    "page-too-old.do",
    "page-cancelled",
    "page-cancelled.do",
    "page-empty",
    "page-empty.do",
    "page-one-only",
    "page-no-script",
    "page-no-script.do",
    "page-not-signed",
    "page-not-signed.do",
    "page-offline",
    "page-offline.do",
    "page-developer",
    "page-cause-signature",
    "page-cause-time",
    "page-cause-filter",
    "page-bad-link",
];

/// Both pages and the policy that they are shown under.
#[derive(Debug)]
pub struct Pages {
    documents: [(Language, String); 2],
    policy: String,
    usual: Language,
}

impl Pages {
    /// Makes the pages of a site.
    pub fn new(site: &config::Online, usual: Language) -> Self {
        let script = site.jweixin_url.as_str();
        let documents = Language::ALL.map(|language| (language, document(language, script)));
        let address = script.split(['?', '#']).next().unwrap_or_default();
        // Weixin's script reports its start-up times by a picture, and older phones carry its calls through frames of
        // the scheme weixin. It needs nothing else.
        let policy = format!(
            "default-src 'none'; script-src 'self' {address}; style-src 'self'; connect-src 'self'; \
             img-src 'self' https://open.weixin.qq.com; frame-src weixin:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self {
            documents,
            policy,
            usual,
        }
    }

    /// The document in a language.
    pub fn document(&self, language: Language) -> &str {
        let found = self.documents.iter().find(|(own, _)| *own == language);
        found.map_or("", |(_, document)| document)
    }

    /// What the page may load.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The language that was asked for by name, else the phone's, else the usual one.
    pub fn language(&self, named: Option<&str>, headers: &HeaderMap) -> Language {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        named
            .and_then(Language::parse)
            .or_else(|| {
                let mut tags = accepted.split([',', ';']);
                tags.find_map(|tag| Language::parse(tag.trim()))
            })
            .unwrap_or(self.usual)
    }
}

fn document(language: Language, script: &str) -> String {
    let wording = Wording::new(language);
    let sentences: serde_json::Map<String, serde_json::Value> = SENTENCES
        .iter()
        .map(|key| ((*key).to_owned(), wording.say(key).into()))
        .collect();
    // Inside a script element only `<` could end it.
    let sentences = serde_json::Value::Object(sentences)
        .to_string()
        .replace('<', "\\u003c");
    let values = [
        ("{{lang}}", language.tag().to_owned()),
        ("{{jweixin}}", escaped(script)),
        ("{{title}}", escaped(&wording.say("page-title"))),
        ("{{start}}", escaped(&wording.say("page-start"))),
        ("{{other}}", escaped(&wording.say("language-other"))),
        ("{{developer}}", escaped(&wording.say("page-developer"))),
        ("{{label-code}}", escaped(&wording.say("label-code"))),
        ("{{label-benefit}}", escaped(&wording.say("label-benefit"))),
        (
            "{{label-validity}}",
            escaped(&wording.say("label-validity")),
        ),
        ("{{no-script}}", escaped(&wording.say("page-script-off"))),
        ("{{sentences}}", sentences),
    ];
    let mut document = DOCUMENT.to_owned();
    for (place, value) in values {
        document = document.replace(place, &value);
    }
    document
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_document_is_filled_in_both_languages() {
        for language in Language::ALL {
            let document = document(language, "https://res.wx.qq.com/x.js?a=1&b=2");
            assert!(!document.contains("{{"), "{document}");
            assert!(document.contains("x.js?a=1&amp;b=2"), "{document}");
            let tag = format!("<html lang=\"{}\"", language.tag());
            assert!(document.contains(&tag), "{document}");
        }
    }

    #[test]
    fn the_script_says_only_sentences_that_it_is_given() {
        let mut said: Vec<&str> = SCRIPT
            .split("\"page-")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        said.sort_unstable();
        said.dedup();
        assert!(said.len() > 10, "{said:?}");
        for key in said {
            let key = format!("page-{key}");
            assert!(SENTENCES.contains(&key.as_str()), "{key}");
        }
    }
}
