#!/usr/bin/env bash
# The part of tests/rig/main_job.sh that runs inside of the guest: main_job_guest.sh PROGRAM PLATFORM WORK
set -euo pipefail

program=$1 platform=$2 work=$3
share=/share
log=$share/log
: >"$log"
# shellcheck source=tests/window.sh
. tests/window.sh
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
# The guest has one processor, which draws as well.
export NO_COLOR=1 LIBGL_ALWAYS_SOFTWARE=1 HOME=$share

code=409632457895
coproc WEIXIN { "$platform" "$code"; }
read -r address <&"${WEIXIN[0]}"
# books: what the stand-in for Weixin has counted.
books() {
    echo >&"${WEIXIN[1]}"
    read -r counted <&"${WEIXIN[0]}"
    echo "$counted"
}
# must_be WHAT SEEN WANTED
must_be() {
    [[ $2 == "$3" ]] || fail "$1: $2, wanted $3"
    echo "main job: $1: $2"
}
step=0
picture() {
    import -window root "$share/$step-$1.png"
    step=$((step + 1))
}
seconds() { date +%s.%N; }
camera() { echo "$1" >"$CAMVM_FIFO"; }

printf 'TOKENofTheAccount' >"$share/token"
chmod 600 "$share/token"
cat >"$share/kiosk.toml" <<TOML
[weixin]
base_url = "http://$address"
[weixin.token]
source = "static"
token_file = "$share/token"
[store]
name = "Corner Store"
desk = "front"
[journal]
path = "$share/state/journal.sqlite"
TOML
size=1280x720
open_display "$size"
RUST_LOG=coupon_kiosk=debug "$program" --lang en --config "$share/kiosk.toml" run 2>"$log" >/dev/null &
kiosk=$!
marked=0
shown Idle
place_window "$size"
wait_for 'live picture' since 'camera state="live"'
sleep 1
picture viewfinder

mark
from=$(seconds)
camera "dir $work/phone"
shown Review
echo "main job: from the phone before the lens to the review: $(echo "scale=2; ($(seconds) - $from) / 1" | bc) s"
must_be 'after the look-up' "$(books)" "queries=1 consumes=0 $code=NORMAL"
sleep 0.7
picture review
mark
tap confirm
shown Finished
picture redeemed
must_be 'after the confirm' "$(books)" "queries=1 consumes=1 $code=CONSUMED"
# The phone is still held up: it is not read again, and the screen says so.
sleep 0.7
mark
tap back
shown Idle
sleep 1
picture held-on
must_be 'while it is held on' "$(books)" "queries=1 consumes=1 $code=CONSUMED"

camera "dir $work/counter"
sleep 3
mark
camera "dir $work/phone"
shown Finished
picture again
must_be 'the same code again' "$(books)" "queries=2 consumes=1 $code=CONSUMED"

camera "dir $work/counter"
camera unplug
wait_for 'lost camera' since 'camera state="lost"'
mark
tap back
shown Idle
sleep 1
picture unplugged
camera plug
wait_for 'camera again' since 'camera state="live"'
sleep 1
picture plugged-in-again

kill "$kiosk"
wait "$kiosk" || true
listed=$("$program" --config "$share/kiosk.toml" journal list --json |
    sed 's/.*"kind":"\([a-z]*\)".*"outcome":"\([a-z_]*\)","settled_by":\([a-z"]*\).*/\1 \2 \3/' | tr '\n' ';')
must_be 'the journal' "$listed" 'query queried null;attempt redeemed "reply";query already_redeemed null;'
"$program" --config "$share/kiosk.toml" journal verify >/dev/null || fail 'the journal does not verify'
