#!/usr/bin/env bash
# tests/rig/walk.sh NAME RIG PROGRAM PLATFORM [PICTURES]: a walk before a real /dev/video0, in the real window.
#
# `main_job`: a phone is held before the lens, the review comes, the clerk touches confirm, it is redeemed at a server
# over HTTP; the same code again is refused without a second consume; the camera is pulled and put back. `new_desk`: a kiosk
# that nobody has configured reads head office's code, and redeems its first coupon. tests/rig/NAME_guest.sh has the walk.
# PROGRAM is coupon-kiosk, PLATFORM the stand-in for Weixin (tests/rig/platform.rs); pictures of every step go into PICTURES.
# Exit 0 only if everything holds; 77 where it cannot run here, with the reason.
set -euo pipefail

walk=$1 rig=$(realpath "$2") program=$(realpath "$3") platform=$(realpath "$4") pictures=${5:-}
name="${walk/_/ } in the rig"
cd "$(dirname "$0")/../.."
# shellcheck source=tests/rig/needs.sh
. tests/rig/needs.sh
needs "$name" Xvfb xdotool import

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 -c "from PIL import Image; Image.new('RGB', (64, 48), (150, 148, 140)).save('$work/counter.png')"
"$rig/mkframes.py" "$work/counter" "$work/counter.png" --sizes 1280x720 --each 5
"$rig/mkframes.py" "$work/phone" fixtures/codes/redeemed.png --sizes 1280x720 --each 5

code=0
"$rig/run-in-vm.sh" -q -f "$work/counter" -t 180 -s "$work/share" -m mjpg:1280x720:30 -- \
    bash "tests/rig/${walk}_guest.sh" "$program" "$platform" "$work" "$rig" >"$work/out" 2>&1 || code=$?
if [[ -n $pictures ]]; then
    mkdir -p "$pictures"
    find "$work/share" -maxdepth 1 -name '*.png' -exec cp {} "$pictures" \;
fi
grep "^${walk/_/ }: " "$work/out" || true
if [[ $code != 0 ]]; then
    cat "$work/out"
    echo "$name: FAILED with $code"
    exit 1
fi
echo "$name: as it should be"
