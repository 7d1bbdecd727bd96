//! The pages of the first start, in their order.

/// Who says what the kiosk needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    /// Head office, by the code on its screen.
    Code,
    /// Whoever stands here.
    Hand,
}

/// How access tokens come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// Of Weixin, by the account's secret.
    Account,
    /// Of the merchant's token service.
    Service,
}

/// A page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Language,
    How,
    Scan,
    Store,
    Camera,
    Way,
    Public,
    Secret,
    Test,
}

impl Step {
    fn of(by: By) -> &'static [Self] {
        match by {
            By::Code => &[Self::Language, Self::How, Self::Scan, Self::Test],
            By::Hand => &[
                Self::Language,
                Self::How,
                Self::Store,
                Self::Camera,
                Self::Way,
                Self::Public,
                Self::Secret,
                Self::Test,
            ],
        }
    }

    /// So many pages further on, or back; at either end it stays.
    pub(super) fn moved(self, by: By, steps: isize) -> Self {
        let all = Self::of(by);
        let at = all.iter().position(|step| *step == self);
        let next = at.and_then(|at| all.get(at.checked_add_signed(steps)?));
        next.copied().unwrap_or(self)
    }

    /// Its title in the wording, and with `.do` what to do there.
    pub(super) fn key(self, way: Source) -> &'static str {
        match (self, way) {
            (Self::Language, _) => "first-language",
            (Self::How, _) => "first-how",
            (Self::Scan, _) => "first-scan",
            (Self::Store, _) => "first-store",
            (Self::Camera, _) => "first-camera",
            (Self::Way, _) => "first-way",
            (Self::Public, Source::Account) => "first-appid",
            (Self::Public, Source::Service) => "first-url",
            (Self::Secret, Source::Account) => "first-secret",
            (Self::Secret, Source::Service) => "first-bearer",
            (Self::Test, _) => "first-test",
        }
    }
}
