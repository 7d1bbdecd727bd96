#!/usr/bin/env bash
# tests/touch.sh TARGET: the real window under real touches, as a touch screen's driver sends them, and a scanner's keys.
#
# Xorg with its dummy video driver and its inputtest driver stands in for the panel. Five stories are walked by touch
# alone; then come the touches that must do nothing: a slip, the second tap, a palm, a second finger, and the finger
# that lay on the glass before the screen came. Last, how long it takes from a touch until the pressed key is seen.
# Ends with 77 and a reason where it cannot run.
set -euo pipefail

target=$(realpath "$1")
cd "$(dirname "$0")/.."
program=$target/debug/coupon-kiosk
work=$(mktemp -d)
log=$work/log
display='' kiosk='' fingers=''
trap 'kill $kiosk $fingers $display 2>/dev/null || true; rm -rf "$work"' EXIT
export NO_COLOR=1 RUST_LOG=coupon_kiosk=debug LIBGL_ALWAYS_SOFTWARE=1
export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
: >"$log"
# shellcheck source=tests/window.sh
. tests/window.sh

skip() {
    echo "touch: SKIPPED. $*" >&2
    exit 77
}

modules=$({ find /usr/lib*/xorg/modules -name inputtest_drv.so -o -name dummy_drv.so; } 2>/dev/null | wc -l) || true
[[ $modules -ge 2 ]] || skip 'Xorg has no inputtest or no dummy driver (xserver-xorg-core, xserver-xorg-video-dummy).'
python=/usr/bin/python3
[[ -x $python ]] || skip 'There is no python3 to move the fingers.'

# A server of its own. Only root may start one without a console.
sed "s|SOCKET|$work/glass|" tests/touch/xorg.conf >"$work/xorg.conf"
: >"$work/number"
Xorg -displayfd 3 -config "$work/xorg.conf" -logfile "$work/xorg.log" -noreset -nolisten tcp \
    3>"$work/number" >/dev/null 2>"$work/xorg.err" &
display=$!
for _ in $(seq 100); do
    [[ ! -s $work/number ]] || break
    kill -0 "$display" 2>/dev/null || break
    sleep 0.1
done
if [[ ! -s $work/number ]]; then
    grep -h '(EE)' "$work/xorg.log" "$work/xorg.err" 2>/dev/null | head -n 5 >&2 || true
    skip 'Xorg does not start here (it wants root, or a console).'
fi
DISPLAY=:$(cat "$work/number")
export DISPLAY

mkfifo "$work/orders" "$work/answers"
"$python" tests/touch/finger.py "$work/glass" 1920 1080 <"$work/orders" >"$work/answers" &
fingers=$!
exec 4>"$work/orders" 5<"$work/answers"

# finger COMMAND...: one movement of a finger; what it answers is in `answer`.
finger() {
    echo "$*" >&4
    read -r -t 30 answer <&5 || fail "no answer to: finger $*"
}

# Where a key stood last, as `at`.
find_key() {
    at=$(grep -F 'key x=' "$log" | grep -F "name=\"$1\"" | tail -n 1 | sed 's/.*x=\([0-9-]*\) y=\([0-9-]*\) .*/\1 \2/')
    [[ -n $at ]] || fail "there is no key $1"
}

touch_down() { find_key "$2" && finger down "$1" $at; }
lift() { finger up "$1"; }
tap() {
    touch_down 1 "$1"
    finger wait 60
    lift 1
}
rest() { finger wait "$1"; }
is_there() { wait_for "key $1" since "name=\"$1\""; }
nothing_since() {
    rest 600
    ! since "$1" || fail "$2"
    echo "touch: $3"
}

start() {
    : >"$log"
    "$program" --lang en "$@" 2>>"$log" >"$work/out" &
    kiosk=$!
    marked=0
    shown Idle
    place_window 1920x1080
    sleep 1.5
}

# back: away from an outcome.
back() {
    is_there back
    mark
    tap back
    shown Idle
    rest 300
}
# hold STORY STAGE: holds up a phone and waits for the review or the outcome.
hold() {
    mark
    tap "$1"
    shown "$2"
}

start demo

# --- Five stories by touch alone ---
for story in redeemed custom_code answer_lost; do
    hold $story Review
    is_there confirm
    mark
    tap confirm
    shown Finished
    back
done
for story in expired no_network; do
    hold $story Finished
    back
done
echo 'touch: five stories walked by touch alone'

# --- A slip ---
mark
touch_down 1 keypad-open
read -r x y <<<"$at"
finger move 1 $((x + 8)) $((y + 6))
rest 40
lift 1
is_there keypad-close
echo 'touch: a finger that slips by 2 mm has tapped'
mark
touch_down 1 5
read -r x y <<<"$at"
for step in 30 60 90 120 150; do finger move 1 $((x + step)) "$y"; done
lift 1
tap keypad-close
is_there keypad-open
echo 'touch: a finger that slips off its key has not'

# --- The second tap of two ---
hold redeemed Review
is_there confirm
mark
tap confirm
rest 90
find_key confirm
finger down 1 $at
finger wait 40
lift 1
shown Finished
nothing_since 'shown stage=Idle' 'the second tap dismissed the outcome' 'a double tap confirms once and dismisses nothing'
sent=$(tail -n "+$((marked + 1))" "$log" | grep -c 'ask=Consume' || true)
[[ $sent -le 1 ]] || fail "$sent consumes were sent"
back

# --- A palm, two fingers, and one that rests ---
hold redeemed Review
is_there confirm
mark
find_key confirm
read -r x y <<<"$at"
for id in 1 2 3 4; do finger down $id $((x + 20 * id - 50)) $((y + 10 * id - 25)); done
rest 120
for id in 1 2 3 4; do lift $id; done
nothing_since 'shown stage=\(Working\|Finished\)' 'a palm confirmed' 'a palm on the key confirms nothing'
finger down 1 400 500
rest 300
touch_down 2 confirm
rest 60
lift 2
rest 60
lift 1
nothing_since 'shown stage=\(Working\|Finished\)' 'a second finger confirmed' 'a second finger confirms nothing'
finger down 1 $((x)) $((y))
rest 1500
lift 1
nothing_since 'shown stage=\(Working\|Finished\)' 'a finger that rested confirmed' 'a finger that rests for more than a second confirms nothing'
tap confirm
shown Finished
echo 'touch: a finger alone confirms after all that'
back
mark
finger down 1 500 300
rest 300
touch_down 2 keypad-open
rest 60
lift 2
is_there keypad-close
lift 1
tap keypad-close
is_there keypad-open
echo 'touch: a hand that rests on the glass leaves the other keys to the finger that taps'

# --- The finger that was there before ---
# Where the confirm key will be, nothing reacts before the viewfinder: a finger lies there while the review comes.
finger wait 200
mark
touch_down 2 redeemed
rest 60
lift 2
finger down 1 "$x" "$y"
shown Review
is_there confirm
lift 1
nothing_since 'shown stage=\(Working\|Finished\)' 'the finger that was there before confirmed' 'a finger that was there before the review confirms nothing'
# While the key is not armed yet, and lifted when it is. It stands where it stood.
mark
tap cancel
shown Idle
rest 300
hold redeemed Review
touch_down 1 confirm
is_there confirm
rest 300
lift 1
nothing_since 'shown stage=\(Working\|Finished\)' 'a finger that came too early confirmed' 'a finger that came before the key was armed confirms nothing'
mark
tap cancel
shown Idle
rest 300

# --- A scanner gun, key by key through the display's server ---
# scan DELAY TEXT: types a text with so many milliseconds between keys, and Enter.
scan() {
    xdotool type --delay "$1" "$2"
    xdotool key --delay "$1" Return
}
for delay in 1 50; do
    tap redeemed
    shown Review
    tap cancel
    shown Idle
    tap keypad-open
    is_there keypad-close
    tap 7
    mark
    scan $delay 409632457895
    shown Review
    is_there confirm
    mark
    scan $delay 123456789012
    shown Finished
    since 'shown stage=Review' && fail 'the second code was taken for the first'
    back
    rest 300
done
mark
echo 'touch: a scanner of 1 ms and of 50 ms a key is heard over the keypad and over a review'

# --- From touch to pressed ---
# Other work on this machine is no property of the kiosk: these come before it, where the system lets them.
renice -n -15 -p "$kiosk" "$display" "$fingers" >/dev/null 2>&1 || true
tap keypad-open
is_there keypad-close
rest 500
: >"$work/millis"
for round in 1 2 3 4 5 6 7 8 9 10; do
    for key in 1 2 3 5 8; do
        find_key $key
        read -r x y <<<"$at"
        # Beside the digit.
        finger watch $((x + 40)) $((y + 20))
        finger down 1 "$x" "$y"
        finger pixel-change $((x + 40)) $((y + 20))
        echo "$answer" >>"$work/millis"
        finger wait 40
        lift 1
        finger wait 120
    done
done
sort -n "$work/millis" >"$work/sorted"
median=$(sed -n 25p "$work/sorted") late=$(sed -n 50p "$work/sorted") load=$(cut -d. -f1 /proc/loadavg)
echo "touch: from touch to the pressed key on the display: median $median ms, longest $late ms of 50 (load $load on $(nproc) cores)"
if [[ $load -le $(nproc) ]]; then
    [[ $late -le 100 ]] || fail 'a pressed key is seen too late'
elif [[ $late -gt 100 ]]; then
    echo 'touch: the machine is too busy to judge the longest'
fi
echo 'touch: all passed'
