//! What runs without a configuration, and what does not.

use crate::support::{Ended, program};

#[test]
fn a_live_command_without_a_configuration_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::of(
        &program()
            .env("HOME", folder.path())
            .args(["redeem", "--code", "1"])
            .output()
            .unwrap(),
    );
    assert_eq!(ended.exit, 2, "{}", ended.stderr);
}
