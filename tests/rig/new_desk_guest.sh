#!/usr/bin/env bash
# tests/rig/new_desk_guest.sh PROGRAM PLATFORM WORK RIG: the walk `new_desk` of tests/rig/walk.sh, inside of the guest.
# shellcheck source=tests/rig/guest.sh
. tests/rig/guest.sh

printf 's3cret-of-the-account' >"$share/appsecret"
office=127.0.0.1:8480
"$program" fleet provision --json --desk back --listen "$office" --address "http://$office/desks" \
    --bundle fixtures/fleet/provision-4.toml --public-key "$(cat fixtures/fleet/provision-key.txt)" \
    --secret "weixin.token.secret_file=$share/appsecret" --pictures "$work/codes" >"$share/office" &
handing_out=$!
wait_for "head office's code" grep -q '"event":"code"' "$share/office"
"$rig/mkframes.py" "$work/code" "$work/codes/back.png" --sizes 1280x720 --each 5 --fit 0.7

# is_there NAME: a key that the window has told of since the last mark.
is_there() { wait_for "key $1" since "name=\"$1\""; }
export COUPON_KIOSK__WEIXIN__BASE_URL="http://$address" XDG_STATE_HOME=$share/state XDG_CONFIG_HOME=$share/none
RUST_LOG=coupon_kiosk=debug "$program" --lang en run 2>"$log" >/dev/null &
kiosk=$!
is_there 'first en'
place_window "$size"
sleep 0.5
mark
tap 'first en'
is_there first-how-code
sleep 0.5
picture how
mark
tap first-how-code
wait_for 'live picture' since 'camera state="live"'
sleep 1
picture looking
mark
from=$(seconds)
camera "dir $work/code"
is_there first-try
tell "from the code before the lens to what head office says: $(echo "scale=2; ($(seconds) - $from) / 1" | bc) s"
sleep 0.5
picture provided
camera "dir $work/counter"
tap first-try
is_asked() { [[ $(books) == queries=1* ]]; }
wait_for 'question to Weixin' is_asked
sleep 1
picture tried
[[ ! -e $share/state/coupon-kiosk ]] || fail 'something is kept already'
mark
tap first-begin
wait "$handing_out" || fail 'head office was not told that it is kept'
must_be 'head office' "$(sed -n 's/.*"event":"\(claimed\|kept\)".*/\1/p' "$share/office" | tr '\n' ' ')" 'claimed kept '

# The same process goes on as a kiosk.
shown Idle
place_window "$size"
wait_for 'live picture' since 'camera state="live"'
sleep 1
picture idle
mark
camera "dir $work/phone"
shown Review
sleep 0.7
mark
tap confirm
shown Finished
picture redeemed
must_be 'after the confirm' "$(books)" "queries=2 consumes=1 $code=CONSUMED"
kill "$kiosk"
wait "$kiosk" || true
must_be 'the desk' "$("$program" fleet show --json | sed 's/.*"version":\([0-9]*\).*/version \1/')" 'version 4'
must_be "the secret's file" "$(stat -c %a "$share/state/coupon-kiosk/secret")" 600
! grep -q 's3cret-of-the-account' "$log" "$share/office" || fail 'a secret was told'
