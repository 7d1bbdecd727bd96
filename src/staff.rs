//! Who may stand at the desk: clerks and managers, each with a PIN of his own.
//!
//! They stand in `staff.json` beside the journal, for its owner's eyes only, each PIN as an Argon2id hash. Without the file
//! nobody signs in and every touch is a clerk's. A file that cannot be read locks the desk: it was made to guard it.
//!
//! A PIN is short, so guessing has to be slow: from the fifth wrong one on each next try waits, twice as long each time.
//! The count is written before the PIN is looked at, so that pulling the plug does not set it back. Whoever can read the
//! file can guess at leisure, elsewhere: it is the mode that keeps it.

mod book;
mod pin;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::office::{Person, Pin, Role, StaffFault};
use book::{Book, Member};

/// So many wrong PINs in a row are slips of a finger.
const SLIPS: u32 = 5;
/// The first wait.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// No wait is longer: a clerk has to work again after a prank.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// Names have to fit a key.
const LONGEST_NAME: usize = 24;

/// The staff of a desk.
#[derive(Debug)]
pub struct Staff {
    book: Book,
    is_damaged: bool,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// That was not his PIN; so many tries are left before he has to wait.
    Wrong {
        /// Tries.
        left: u32,
    },
    /// Too many wrong ones: not before this moment.
    Wait(Timestamp),
}

impl Staff {
    /// Reads the staff of the desk with this journal.
    pub fn open(journal: &Path) -> Self {
        match Book::read(journal) {
            Ok(book) => Self {
                book,
                is_damaged: false,
            },
            Err(error) => {
                tracing::error!(%error, "the list of staff cannot be read: nobody can sign in");
                Self {
                    book: Book::empty(journal),
                    is_damaged: true,
                }
            }
        }
    }

    /// The list is there and cannot be read: the desk stays locked.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Who there is, managers first.
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.book.people.iter().map(Member::person).collect();
        people.sort_by_key(|person| (person.role == Role::Clerk, person.name.clone()));
        people
    }

    /// Looks at a PIN.
    pub fn check(&mut self, name: &str, pin: &Pin, now: Timestamp) -> Result<Role, Refused> {
        let Some(member) = self.book.people.iter_mut().find(|one| one.name == name) else {
            return Err(Refused::Wrong { left: SLIPS });
        };
        if let Some(until) = member.wait_until
            && now < until
        {
            // A clock that was set back must not lock anybody out for years.
            let until = until.min(now + LONGEST_WAIT);
            member.wait_until = Some(until);
            return Err(Refused::Wait(until));
        }
        member.wrong = member.wrong.saturating_add(1);
        member.wait_until = wait(member.wrong).map(|wait| now + wait);
        let (wrong, wait_until) = (member.wrong, member.wait_until);
        let (hash, role) = (member.pin.clone(), member.role);
        self.keep();
        if !pin::fits(pin, &hash) {
            tracing::warn!(wrong, "a wrong PIN");
            return Err(match wait_until {
                Some(until) => Refused::Wait(until),
                None => Refused::Wrong {
                    left: SLIPS.saturating_sub(wrong),
                },
            });
        }
        if let Some(member) = self.book.people.iter_mut().find(|one| one.name == name) {
            member.wrong = 0;
            member.wait_until = None;
        }
        self.keep();
        Ok(role)
    }

    /// Takes somebody on. The first one has to be a manager.
    pub fn add(&mut self, person: &Person, pin: &Pin) -> Result<(), StaffFault> {
        let name = person.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(StaffFault::Name);
        }
        if self.book.people.iter().any(|one| one.name == name) {
            return Err(StaffFault::Taken);
        }
        if self.book.people.is_empty() && person.role != Role::Manager {
            return Err(StaffFault::ManagerFirst);
        }
        let member = Member {
            name: name.to_owned(),
            role: person.role,
            pin: pin::hashed(pin)?,
            wrong: 0,
            wait_until: None,
        };
        let before = self.book.people.clone();
        self.book.people.push(member);
        self.keep_or(before)
    }

    /// Gives somebody a new PIN, and his tries back.
    pub fn change_pin(&mut self, name: &str, pin: &Pin) -> Result<(), StaffFault> {
        let hashed = pin::hashed(pin)?;
        let before = self.book.people.clone();
        let Some(member) = self.book.people.iter_mut().find(|one| one.name == name) else {
            return Err(StaffFault::Name);
        };
        member.pin = hashed;
        member.wrong = 0;
        member.wait_until = None;
        self.keep_or(before)
    }

    /// Takes somebody off the list. The last manager goes last.
    pub fn remove(&mut self, name: &str) -> Result<(), StaffFault> {
        let before = self.book.people.clone();
        self.book.people.retain(|one| one.name != name);
        let has_manager = self.book.people.iter().any(|one| one.role == Role::Manager);
        if !self.book.people.is_empty() && !has_manager {
            self.book.people = before;
            return Err(StaffFault::LastManager);
        }
        self.keep_or(before)
    }

    fn keep_or(&mut self, before: Vec<Member>) -> Result<(), StaffFault> {
        self.book.write().map_err(|error| {
            tracing::error!(%error, "the list of staff cannot be written");
            self.book.people = before;
            StaffFault::NotKept
        })
    }

    /// Where nothing can be written, the count lives as long as the program.
    fn keep(&self) {
        if let Err(error) = self.book.write() {
            tracing::error!(%error, "the count of wrong PINs cannot be written");
        }
    }
}

/// How long to wait after so many wrong PINs.
fn wait(wrong: u32) -> Option<SignedDuration> {
    let beyond = wrong.checked_sub(SLIPS)?;
    let times = 1_i32.checked_shl(beyond.min(20)).unwrap_or(i32::MAX);
    Some(FIRST_WAIT.saturating_mul(times).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn now(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_404_000 + seconds).unwrap()
    }

    fn pin(digits: &str) -> Pin {
        Pin::new(digits)
    }

    fn person(name: &str, role: Role) -> Person {
        Person {
            name: name.to_owned(),
            role,
        }
    }

    fn desk() -> (tempfile::TempDir, std::path::PathBuf, Staff) {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        let mut staff = Staff::open(&journal);
        staff
            .add(&person("Li Na", Role::Manager), &pin("8253"))
            .unwrap();
        staff
            .add(&person("王芳", Role::Clerk), &pin("7104"))
            .unwrap();
        (folder, journal, staff)
    }

    #[test]
    fn a_pin_lets_its_owner_in_and_stands_nowhere_in_the_file() {
        let (_folder, journal, mut staff) = desk();
        assert_eq!(staff.check("王芳", &pin("7104"), now(0)), Ok(Role::Clerk));
        assert_eq!(
            staff.check("Li Na", &pin("8253"), now(0)),
            Ok(Role::Manager)
        );
        assert_eq!(
            staff.check("王芳", &pin("8253"), now(0)),
            Err(Refused::Wrong { left: 4 })
        );
        let path = journal.with_file_name("staff.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("$argon2id$") && !text.contains("7104") && !text.contains("8253"));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn from_the_fifth_wrong_pin_on_each_wait_is_twice_as_long_and_survives_a_restart() {
        let (_folder, journal, mut staff) = desk();
        for left in (1..=4).rev() {
            let wrong = staff.check("王芳", &pin("0000"), now(0));
            assert_eq!(wrong, Err(Refused::Wrong { left }));
        }
        let until = |seconds| Err(Refused::Wait(now(seconds)));
        assert_eq!(staff.check("王芳", &pin("0000"), now(0)), until(30));
        let mut staff = Staff::open(&journal);
        // The right one waits too.
        assert_eq!(staff.check("王芳", &pin("7104"), now(29)), until(30));
        assert_eq!(staff.check("王芳", &pin("0000"), now(30)), until(90));
        assert_eq!(staff.check("王芳", &pin("0000"), now(90)), until(210));
        assert_eq!(
            staff.check("Li Na", &pin("8253"), now(91)),
            Ok(Role::Manager)
        );
        assert_eq!(staff.check("王芳", &pin("7104"), now(210)), Ok(Role::Clerk));
        assert_eq!(
            staff.check("王芳", &pin("0000"), now(211)),
            Err(Refused::Wrong { left: 4 })
        );
        assert_eq!(wait(60), Some(LONGEST_WAIT));
        // A clock set back by a year.
        let mut staff = Staff::open(&journal);
        for _again in 0..5 {
            staff.check("王芳", &pin("0000"), now(0)).unwrap_err();
        }
        let earlier = now(-31_536_000);
        let waits = staff.check("王芳", &pin("7104"), earlier);
        assert_eq!(waits, Err(Refused::Wait(earlier + LONGEST_WAIT)));
    }

    #[test]
    fn a_manager_is_first_and_last() {
        let folder = tempfile::tempdir().unwrap();
        let mut staff = Staff::open(&folder.path().join("journal.sqlite"));
        let clerk = person("王芳", Role::Clerk);
        assert_eq!(
            staff.add(&clerk, &pin("7104")),
            Err(StaffFault::ManagerFirst)
        );
        let manager = person(" Li Na ", Role::Manager);
        assert_eq!(staff.add(&manager, &pin("1234")), Err(StaffFault::WeakPin));
        assert_eq!(staff.add(&manager, &pin("8253")), Ok(()));
        assert_eq!(staff.add(&manager, &pin("8253")), Err(StaffFault::Taken));
        assert_eq!(staff.add(&clerk, &pin("7104")), Ok(()));
        assert_eq!(staff.remove("Li Na"), Err(StaffFault::LastManager));
        assert_eq!(staff.change_pin("王芳", &pin("9051")), Ok(()));
        assert_eq!(staff.check("王芳", &pin("9051"), now(0)), Ok(Role::Clerk));
        assert_eq!(staff.remove("王芳"), Ok(()));
        assert_eq!(staff.remove("Li Na"), Ok(()));
        assert_eq!(staff.people(), []);
    }

    #[test]
    fn a_list_that_cannot_be_read_lets_nobody_in() {
        let (_folder, journal, _staff) = desk();
        std::fs::write(journal.with_file_name("staff.json"), "{").unwrap();
        let mut staff = Staff::open(&journal);
        assert!(staff.is_damaged());
        assert!(staff.check("Li Na", &pin("8253"), now(0)).is_err());
        // Nor is it written over.
        let text = std::fs::read_to_string(journal.with_file_name("staff.json")).unwrap();
        assert_eq!(text, "{");
    }
}
