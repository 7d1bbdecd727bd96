//! How long frames take from the lens, in Prometheus' words: within what so great a share of all so far came. A gauge, for
//! which the label `quantile` is not allowed.

use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{Registry, Unit};

use super::{Decimal, Labels};
use crate::frame::{Came, Delays};

#[derive(Default)]
pub(super) struct LensDelay(Family<Labels, Decimal>);

impl LensDelay {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "lens_delay",
            "So many of all frames came from the lens to the drawn picture, or to the agreed text, within this",
            Unit::Seconds,
            self.0.clone(),
        );
    }

    /// Takes how it is now. What was not measured yet is not told.
    pub(super) fn take(&self, delays: &Delays) {
        for (to, came) in [("picture", Came::Drawn), ("text", Came::Read)] {
            let all = delays.of(came);
            for (share, hundredths) in [("0.5", 50), ("0.99", 99)] {
                if let Some(took) = all.within(hundredths) {
                    let labels = vec![("to", to.to_owned()), ("share", share.to_owned())];
                    self.0.get_or_create(&labels).set(took.as_secs_f64());
                }
            }
        }
    }
}
