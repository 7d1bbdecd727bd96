//! The demo's online half: the real one, on this machine's loopback, with a desk of its own and made-up tickets.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use crate::config::{self, HttpUrl};
use crate::kiosk::clock::Clock;
use crate::online::line::Settings;
use crate::online::{Online, Parts, listen};
use crate::redemption::Rules;
use crate::weixin::Client;
use crate::weixin::recording::Player;
use crate::wording::Language;
use crate::worker::Worker;

/// As long as this runs, customers can hand over what they choose.
pub(super) struct DemoOnline {
    _served: Worker,
    address: SocketAddr,
    key_file: PathBuf,
}

impl DemoOnline {
    /// Serves, and keeps in `folder` what has to be in files.
    pub(super) fn start(folder: &Path, language: Language) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let key = uuid::Uuid::new_v4().simple().to_string();
        let (key_file, desks_file) = (folder.join("desk-key"), folder.join("desks"));
        std::fs::write(&key_file, &key)?;
        std::fs::write(&desks_file, format!("demo: {key}\n"))?;
        let parts = Parts {
            site: site(address, folder, desks_file.clone())?,
            rules: Rules {
                timeout: Duration::from_secs(10),
                doubt: Duration::from_secs(30),
                custom_code: Vec::new(),
                honoured: Vec::new(),
                desk: Some("online".to_owned()),
            },
            weixin: Client::recorded(Player::new([])?),
            clock: Clock::System,
            secret_file: None,
            language,
        };
        let served = Worker::start_waiting("online", move || async move {
            let served = async {
                let online = Online::new(parts, Some(&desks_file))?;
                let listener = tokio::net::TcpListener::from_std(listener)?;
                anyhow::Ok(listen::serve(online, listener, None).await?)
            };
            if let Err(error) = served.await {
                tracing::error!(%error, "the demo's page is not served");
            }
        });
        Ok(Self {
            _served: served.context("the demo's online half cannot be started")?,
            address,
            key_file,
        })
    }

    /// Where the page is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the demo's desk holds its line by.
    pub(super) fn line(&self) -> Settings {
        Settings {
            url: format!("http://{}", self.address),
            key_file: self.key_file.clone(),
            proxy: None,
            ca_file: None,
        }
    }
}

/// As small as a site can be.
fn site(address: SocketAddr, folder: &Path, desks_file: PathBuf) -> anyhow::Result<config::Online> {
    let here = HttpUrl::of_loopback(address.port()).context("no address")?;
    Ok(config::Online {
        public_url: here.clone(),
        listen: address,
        certificate: None,
        trusted_proxies: Vec::new(),
        requests_per_minute: 600,
        appid: "wxdemo0000000000".to_owned(),
        self_redeem: Vec::new(),
        shop_id: String::new(),
        card_type: String::new(),
        card_id: String::new(),
        // Nothing of a demo leaves this machine: in a browser its page says that it belongs into Weixin.
        jweixin_url: here,
        journal: folder.join("online.sqlite"),
        desks_file: Some(desks_file),
    })
}
