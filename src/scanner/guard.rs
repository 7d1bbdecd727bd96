//! Surviving a decoder that panics, without a word on the terminal.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `decode`; `None` if it panicked. The panic is not printed: it is expected of decoders, and the pass that meets
/// it says so in the log.
pub(super) fn survive<T>(decode: impl FnOnce() -> T) -> Option<T> {
    keep_quiet_when_guarded();
    let outer = IS_GUARDED.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    IS_GUARDED.set(outer);
    decoded.ok()
}

/// Puts itself before the hook that logging installed at the start; panics of other threads, and of this one outside of
/// [`survive`], go there as before.
fn keep_quiet_when_guarded() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            if !IS_GUARDED.get() {
                before(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_its_result_and_nothing_else() {
        assert_eq!(survive(|| 7), Some(7));
        assert_eq!(
            survive(|| [0; 3].iter().map(|zero| 1 / zero).sum::<i32>()),
            None
        );
        assert_eq!(
            survive(|| survive(|| 1 / i32::from("".len() > 3))),
            Some(None)
        );
        assert!(!IS_GUARDED.get());
    }
}
