#!/usr/bin/env bash
# tests/rig/main_job_guest.sh PROGRAM PLATFORM WORK RIG: the walk `main_job` of tests/rig/walk.sh, inside of the guest.
# shellcheck source=tests/rig/guest.sh
. tests/rig/guest.sh

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
RUST_LOG=coupon_kiosk=debug "$program" --lang en --config "$share/kiosk.toml" run 2>"$log" >/dev/null &
kiosk=$!
shown Idle
place_window "$size"
wait_for 'live picture' since 'camera state="live"'
sleep 1
picture viewfinder

mark
from=$(seconds)
camera "dir $work/phone"
shown Review
tell "from the phone before the lens to the review: $(echo "scale=2; ($(seconds) - $from) / 1" | bc) s"
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

tell "resident, with the camera: $(awk '/^VmRSS/ { printf "%.0f MiB", $2 / 1024 }' "/proc/$kiosk/status")"
kill "$kiosk"
wait "$kiosk" || true
listed=$("$program" --config "$share/kiosk.toml" journal list --json |
    sed 's/.*"kind":"\([a-z]*\)".*"outcome":"\([a-z_]*\)","settled_by":\([a-z"]*\).*/\1 \2 \3/' | tr '\n' ';')
must_be 'the journal' "$listed" 'query queried null;attempt redeemed "reply";query already_redeemed null;'
"$program" --config "$share/kiosk.toml" journal verify >/dev/null || fail 'the journal does not verify'
