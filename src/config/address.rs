//! Web addresses of the configuration: parsed once, TLS wherever a secret would travel.

use std::fmt;

use reqwest::Url;

use super::mistake::Wrong;
use super::reader::Shown;

/// An address of `http` or `https`, without a user and password in it. Printed without its query.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpUrl(Url);

impl HttpUrl {
    /// The address as the HTTP client wants it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The same without a slash at its end, so that paths can be put behind it.
    pub fn as_base(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// A site on this machine itself.
    pub fn of_loopback(port: u16) -> Option<Self> {
        let url = Url::parse(&format!("http://127.0.0.1:{port}"));
        url.ok().map(Self)
    }

    /// Where secrets come from, as a code of head office names it: `https`, or `http` to this machine itself.
    pub fn of_secrets(text: &str) -> Option<Self> {
        Self::guarded(text).ok()
    }

    /// The host's name, for people.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// An address that secrets are sent to: `https`, or `http` to this machine itself.
    pub(super) fn guarded(text: &str) -> Result<Self, Wrong> {
        let address = Self::any(text)?;
        if address.0.scheme() == "http" && !address.is_loopback() {
            return Err(Wrong::new(
                "plain http would send the access token readable to everybody on the way",
                "write https:// (http:// is for this machine itself only: 127.0.0.1, [::1], localhost)",
            ));
        }
        Ok(address)
    }

    /// An address that paths are put behind: guarded, and without a query.
    pub(super) fn base(text: &str) -> Result<Self, Wrong> {
        let address = Self::guarded(text)?;
        if address.0.query().is_some() || address.0.fragment().is_some() {
            let wrong = "it ends in a query or a fragment";
            return Err(Wrong::new(wrong, "write it without ? and #"));
        }
        Ok(address)
    }

    /// The address of a site of the merchant's own, without a path: `https`, or `http` to this machine itself.
    pub(super) fn origin(text: &str) -> Result<Self, Wrong> {
        let address = Self::any(text)?;
        if address.0.scheme() == "http" && !address.is_loopback() {
            return Err(Wrong::new(
                "plain http would show every customer's coupon to everybody on the way",
                "write https:// (http:// is for this machine itself only: 127.0.0.1, [::1], localhost)",
            ));
        }
        if address.0.path() != "/" || address.0.query().is_some() || address.0.fragment().is_some()
        {
            return Err(Wrong::new(
                "something follows the name of the host",
                "write it like https://coupons.example, the page stands at its top",
            ));
        }
        Ok(address)
    }

    /// Any address, such as that of a proxy, which sees only sealed bytes.
    pub(super) fn any(text: &str) -> Result<Self, Wrong> {
        let example = "write it like https://host.example or http://127.0.0.1:8080";
        let url =
            Url::parse(text).map_err(|_syntax| Wrong::new("this is no web address", example))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(Wrong::new("only http and https are known", example));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Wrong::new(
                "there is a user or a password in it, and secrets do not belong in the configuration",
                "write the address without them",
            ));
        }
        Ok(Self(url))
    }

    /// Scheme, host and port, as a browser's `Origin` says them.
    pub fn as_origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether it is sealed on the way.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bare = self.0.clone();
        bare.set_query(self.0.query().map(|_| "***"));
        bare.set_fragment(None);
        let is_bare_host = bare.path() == "/" && bare.query().is_none();
        let text = bare.as_str();
        f.write_str(
            text.strip_suffix('/')
                .filter(|_| is_bare_host)
                .unwrap_or(text),
        )
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpUrl({self})")
    }
}

impl Shown for HttpUrl {
    fn shown(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for fine in [
            "https://api.weixin.qq.com",
            "http://127.0.0.1:8080",
            "http://127.9.9.9/",
            "http://[::1]:80/x",
            "http://localhost:1",
        ] {
            assert!(HttpUrl::base(fine).is_ok(), "{fine}");
        }
        for refused in [
            "http://api.weixin.qq.com",
            "http://10.0.0.1",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "https://",
            "api.weixin.qq.com",
            "https://me:word@api.weixin.qq.com",
            "https://api.weixin.qq.com/?a=b",
        ] {
            assert!(HttpUrl::base(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_query_is_not_printed() {
        let address = HttpUrl::guarded("https://token.example/get?key=abc#d").unwrap();
        assert_eq!(address.to_string(), "https://token.example/get?***");
        assert_eq!(
            format!("{address:?}"),
            "HttpUrl(https://token.example/get?***)"
        );
        assert_eq!(address.as_str(), "https://token.example/get?key=abc#d");
    }
}
