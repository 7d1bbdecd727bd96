//! Where the records of a file begin: behind those that stand in an archive, or with the first one ever.

use rusqlite::{Connection, OptionalExtension};

use super::chain::Position;
use super::failure::Failure;
use super::fault::Fault;
use super::schema::Version;
use super::store::{signed, stored_hash};

/// The place before a file's first record. The chain proves it: the first record's hash is made of this one's.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Base {
    /// The last record that stands elsewhere; the default where none does.
    pub before: Position,
    /// Whether this is an archive, which never grows.
    pub is_archive: bool,
}

impl Base {
    /// Reads it.
    pub(super) fn of(connection: &Connection) -> Result<Self, Failure> {
        if !Version::of(connection)?.has_base() {
            return Ok(Self::default());
        }
        let sql = "SELECT seq, hash, is_archive FROM base";
        let row = connection
            .query_row(sql, [], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get::<_, bool>(2)?,
                ))
            })
            .optional()?;
        let Some((seq, hash, is_archive)) = row else {
            return Ok(Self::default());
        };
        let seq = u64::try_from(seq).map_err(|_negative| Fault::BeforeFirst)?;
        let hash = stored_hash(&hash, seq)?;
        Ok(Self {
            before: Position { seq, hash },
            is_archive,
        })
    }

    /// What is wrong where the records do not begin here, or where a journal begins behind a place that none of its own
    /// records calls sealed: whoever takes records away would have to forge one.
    pub(super) fn fault(&self, connection: &Connection) -> Result<Option<Fault>, rusqlite::Error> {
        let first = "SELECT min(seq) FROM record";
        let first: Option<i64> = connection.query_row(first, [], |row| row.get(0))?;
        let wanted = self.before.seq.saturating_add(1);
        if first.is_some_and(|first| first > signed(wanted)) {
            return Ok(Some(Fault::Missing(wanted)));
        }
        if self.is_archive || self.before.seq == 0 {
            return Ok(None);
        }
        let sql = "SELECT 1 FROM record WHERE kind = 'sealed' AND body ->> '$.through' = ?1 AND body ->> '$.hash' = ?2";
        let told = (signed(self.before.seq), self.before.hash.to_string());
        let is_told = connection.prepare(sql)?.exists(told)?;
        Ok((!is_told).then_some(Fault::Unsealed(self.before.seq)))
    }
}
