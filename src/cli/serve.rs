//! `serve`: the online half.

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;

use super::{Context, Exit, set_up};
use crate::kiosk::clock::Clock;
use crate::online::{Fault, Online, Parts, listen};
use crate::redemption::Rules;
use crate::wording::Wording;

pub(super) fn run(context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let config = set_up::configuration(context)?;
    let language = set_up::language(context, Some(&config));
    let Some(site) = config.online.clone() else {
        bail!(
            "the configuration has no [online]: write under it at least public_url = \"https://coupons.example\""
        );
    };
    let tls = match &site.certificate {
        Some((certificate, key)) => Some(listen::tls(certificate, key)?),
        None => None,
    };
    let parts = Parts {
        rules: Rules {
            desk: Some("online".to_owned()),
            ..set_up::rules(&config)
        },
        weixin: set_up::client(&config, None)?,
        clock: Clock::System,
        secret_file: config
            .weixin
            .token
            .secret_file()
            .map(std::path::Path::to_path_buf),
        language,
        site: site.clone(),
    };
    set_up::runtime()?.block_on(async {
        let listener = TcpListener::bind(site.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", site.listen))?;
        let online = match Online::new(parts, site.desks_file.as_deref()) {
            Ok(online) => online,
            Err(Fault::Held(_)) => return set_up::held(&Wording::new(language), &site.journal),
            Err(fault) => return Err(fault.into()),
        };
        // Whoever asked for port 0 has to be told which one it is.
        let address = listener.local_addr()?;
        if context.json {
            let told = serde_json::json!({ "event": "listening", "address": address.to_string() });
            writeln!(context.out, "{told}")?;
        } else {
            writeln!(context.out, "{} on {address}", site.public_url)?;
        }
        context.out.flush()?;
        listen::serve(online, listener, tls).await?;
        Ok(Exit::Done)
    })
}
