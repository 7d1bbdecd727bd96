#!/usr/bin/env bash
# tests/rig/main_job.sh RIG PROGRAM PLATFORM [PICTURES]: the whole main job before a real /dev/video0, in the real window.
#
# A phone is held before the lens, the review comes, the clerk touches confirm, it is redeemed at a server over HTTP; the
# same code again is refused without a second consume; the camera is pulled and put back. PROGRAM is coupon-kiosk,
# PLATFORM the stand-in for Weixin (tests/rig/platform.rs); pictures of every step go into PICTURES.
# Exit 0 only if everything holds; 77 where it cannot run here, with the reason.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2") platform=$(realpath "$3") pictures=${4:-}
cd "$(dirname "$0")/../.."
# shellcheck source=tests/rig/needs.sh
. tests/rig/needs.sh
needs 'main job in the rig' Xvfb xdotool import

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 -c "from PIL import Image; Image.new('RGB', (64, 48), (150, 148, 140)).save('$work/counter.png')"
"$rig/mkframes.py" "$work/counter" "$work/counter.png" --sizes 1280x720 --each 5
"$rig/mkframes.py" "$work/phone" fixtures/codes/redeemed.png --sizes 1280x720 --each 5

code=0
"$rig/run-in-vm.sh" -q -f "$work/counter" -t 180 -s "$work/share" -m mjpg:1280x720:30 -- \
    bash tests/rig/main_job_guest.sh "$program" "$platform" "$work" >"$work/out" 2>&1 || code=$?
if [[ -n $pictures ]]; then
    mkdir -p "$pictures"
    find "$work/share" -maxdepth 1 -name '*.png' -exec cp {} "$pictures" \;
fi
grep '^main job: ' "$work/out" || true
if [[ $code != 0 ]]; then
    cat "$work/out"
    echo "main job in the rig: FAILED with $code"
    exit 1
fi
echo 'main job in the rig: as it should be'
