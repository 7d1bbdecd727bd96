//! The touch screens that the kernel knows. How far beside the finger they are is measured on the screen's own page.

use super::Finding;

/// The kernel's list of input devices.
const INPUTS: &str = "/proc/bus/input/devices";
/// `INPUT_PROP_DIRECT` (linux/input-event-codes.h): what is touched is where it is seen.
const DIRECT: u64 = 1 << 1;

/// What is plugged in.
pub fn examine() -> Finding {
    let inputs = std::fs::read_to_string(INPUTS).unwrap_or_default();
    let names = direct(&inputs);
    if names.is_empty() {
        return Finding::watch("touch", "doctor-touch-none");
    }
    Finding::good("touch", "doctor-touch-there").with("names", names.join(", "))
}

/// The names of the devices that are touched directly.
fn direct(inputs: &str) -> Vec<&str> {
    let is_direct = |device: &&str| {
        device
            .lines()
            .filter_map(|line| line.strip_prefix("B: PROP="))
            .filter_map(|bits| u64::from_str_radix(bits.split(' ').next_back()?, 16).ok())
            .any(|bits| bits & DIRECT != 0)
    };
    inputs
        .split("\n\n")
        .filter(is_direct)
        .filter_map(|device| {
            let line = device
                .lines()
                .find_map(|line| line.strip_prefix("N: Name="));
            line.map(|name| name.trim_matches('"'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_screen_is_told_from_a_mouse_and_a_touch_pad() {
        let inputs = "I: Bus=0003\nN: Name=\"A mouse\"\nB: PROP=0\nB: EV=17\n\n\
                      I: Bus=0018\nN: Name=\"A touch pad\"\nB: PROP=5\n\n\
                      I: Bus=0018\nN: Name=\"ILITEK Multi-Touch\"\nB: PROP=2\nB: EV=1b\n\n";
        assert_eq!(direct(inputs), ["ILITEK Multi-Touch"]);
        assert!(direct("").is_empty());
    }
}
