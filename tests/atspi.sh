#!/usr/bin/env bash
# tests/atspi.sh TARGET: the real window, walked by a real AT-SPI client, as a screen reader sees and presses it.
#
# Every story of the demo, and a code typed on the keypad, by names and actions alone; every key has to have a name, to
# take the focus and to be 12 mm wide, and every outcome has to be announced. Ends with 77 and a reason where it cannot run.
set -euo pipefail

target=$(realpath "$1")
cd "$(dirname "$0")/.."
program=$target/debug/coupon-kiosk
skip() {
    echo "atspi: SKIPPED. $*" >&2
    exit 77
}

python=/usr/bin/python3
"$python" -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null ||
    skip 'There is no AT-SPI client (python3-gi, gir1.2-atspi-2.0).'
command -v dbus-run-session >/dev/null || skip 'There is no dbus-run-session (dbus).'
launcher=$(find /usr/libexec /usr/lib/at-spi2-core /usr/lib -maxdepth 1 -name at-spi-bus-launcher 2>/dev/null | head -n 1) || true
[[ -n $launcher ]] || skip 'There is no accessibility bus (at-spi2-core).'

# A session bus of its own: nothing on this machine's is touched.
if [[ ${2:-} != in-session ]]; then
    exec dbus-run-session -- "$0" "$target" in-session
fi
work=$(mktemp -d)
log=$work/log
display='' kiosk='' bus=''
trap 'kill $kiosk $bus $display 2>/dev/null || true; rm -rf "$work"' EXIT
export NO_COLOR=1 RUST_LOG=coupon_kiosk=debug LIBGL_ALWAYS_SOFTWARE=1
export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/runtime
mkdir -m 700 "$work/runtime"
: >"$log"
# shellcheck source=tests/window.sh
. tests/window.sh

open_display 1920x1080
"$launcher" --launch-immediately --a11y=1 >/dev/null 2>&1 &
bus=$!
is_enabled() {
    dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set \
        string:org.a11y.Status string:IsEnabled variant:boolean:true >/dev/null 2>&1
}
wait_for 'accessibility bus' is_enabled

"$program" --lang en demo 2>"$log" >"$work/out" &
kiosk=$!
marked=0
shown Idle
place_window 1920x1080
"$program" demo --story list >"$work/stories"
"$python" tests/atspi.py "$work/stories" assets/locale/en.ftl
