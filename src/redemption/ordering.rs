//! How the machine orders what it wants done.

use std::time::Duration;

use super::attempt::Record;
use super::reply::Ask;
use super::state::State;
use super::{Command, Redemption};
use crate::event::{ExchangeId, WriteId};

impl Redemption {
    /// A consume that had to wait for a token left later than it was ordered: what hangs on its age counts from then.
    pub(super) fn note_late_send(&mut self, exchange: ExchangeId, late: Option<Duration>) {
        let Some(late) = late else {
            return;
        };
        if let State::Consuming(consuming) = &mut self.state
            && consuming.exchange == exchange
        {
            consuming.sent_at += late;
        }
        self.doubts.sent_after(exchange, late);
    }

    pub(super) fn exchange(&mut self, ask: Ask, limit: Duration) -> ExchangeId {
        let exchange = ExchangeId(self.count());
        self.commands.push_back(Command::Exchange {
            exchange,
            ask,
            limit,
        });
        exchange
    }

    pub(super) fn journal(&mut self, record: Record) -> WriteId {
        let write = WriteId(self.count());
        self.commands.push_back(Command::Journal {
            write,
            record: Box::new(record),
        });
        write
    }

    pub(super) fn count(&mut self) -> u64 {
        self.counted += 1;
        self.counted
    }
}
