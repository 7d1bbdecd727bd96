# For scripts that drive the real window: source it after setting `log` to the file that holds the program's stderr,
# started with RUST_LOG=coupon_kiosk=debug and NO_COLOR=1. The window tells there what it shows and where its keys are.
# shellcheck shell=bash

# fail WORDS: ends the script, with the end of the log.
fail() {
    echo "$(basename "$0"): $*" >&2
    tail -n 30 "$log" >&2
    exit 1
}

# wait_for WHAT COMMAND...: until the command succeeds.
wait_for() {
    local what=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [[ $tries -lt 300 ]] || fail "no $what within 30 s"
        sleep 0.1
    done
}

# The log from the last mark on.
mark() { marked=$(wc -l <"$log"); }
since() { tail -n "+$((marked + 1))" "$log" | grep -q "$1"; }
shown() { wait_for "screen $1" since "shown stage=$1"; }

# tap NAME: touches the key where it stood last.
tap() {
    local place
    place=$(grep -F "key x=" "$log" | grep -F "name=\"$1\"" | tail -n 1 | sed 's/.*x=\([0-9-]*\) y=\([0-9-]*\) .*/\1 \2/')
    [[ -n $place ]] || fail "there is no key $1"
    # shellcheck disable=SC2086
    xdotool mousemove $place click 1
}

# open_display SIZE [ARGUMENT...]: an Xvfb of its own; sets `display` to its process and exports DISPLAY.
open_display() {
    local number size=$1
    shift
    number=$(mktemp)
    Xvfb -displayfd 3 -screen 0 "${size}x24" "$@" 3>"$number" >/dev/null 2>&1 &
    display=$!
    wait_for display test -s "$number"
    DISPLAY=:$(cat "$number")
    rm "$number"
    export DISPLAY
}

# place_window SIZE: there is no window manager to do it.
place_window() {
    local window
    wait_for window xdotool search --onlyvisible --name coupon-kiosk >/dev/null
    window=$(xdotool search --onlyvisible --name coupon-kiosk | tail -n 1)
    xdotool windowmove "$window" 0 0 windowsize "$window" "${1%x*}" "${1#*x}" windowfocus "$window"
}
