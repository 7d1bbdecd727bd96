#!/usr/bin/env bash
# tests/rig/camera.sh RIG PROGRAM: the real program before a real /dev/video0 that is pulled, frozen and damaged.
#
# RIG is the folder of the camera rig. Exit 0 only if everything holds; 77 where it cannot run here, with the reason.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2")
cd "$(dirname "$0")/../.."

# shellcheck source=tests/rig/needs.sh
. tests/rig/needs.sh
needs 'camera rig'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$rig/mkframes.py" "$work/frames" fixtures/codes/redeemed.png --sizes 1280x720 --each 5

cat >"$work/guest.sh" <<'GUEST'
"$1" scan --device --json --for 30 &
reader=$!
(
    sleep 6; echo unplug >"$CAMVM_FIFO"
    sleep 2; echo plug >"$CAMVM_FIFO"
    sleep 6; echo stall >"$CAMVM_FIFO"
    sleep 4; echo resume >"$CAMVM_FIFO"
    sleep 4; echo 'corrupt 1' >"$CAMVM_FIFO"
    sleep 3; echo 'corrupt 0' >"$CAMVM_FIFO"
)
wait "$reader"
GUEST

failed=0
# check NAME MODES WANTED COMMAND...: the run's events, in their order, have to be WANTED.
check() {
    local name=$1 modes=$2 wanted=$3 seen code=0
    shift 3
    "$rig/run-in-vm.sh" -q -f "$work/frames" -t 60 -s "$work/share" -m "$modes" -- "$@" >"$work/out" 2>&1 || code=$?
    seen=$(grep -o '"state":"[a-z]*"\|"text":"409632457895"' "$work/out" | sed 's/.*:"//; s/"//; s/^409632457895$/code/' | tr '\n' ' ')
    if [[ $seen == "$wanted" && $code == 0 ]]; then
        echo "camera rig: $name: as it should be ($seen)"
    else
        echo "camera rig: $name: FAILED with $code. Wanted: $wanted"
        cat "$work/out"
        failed=1
    fi
}

check 'MJPG, pulled, frozen, damaged' mjpg:1280x720:30 \
    'opening live code lost opening live code stalled live code stalled live code ' bash "$work/guest.sh" "$program"
check 'YUYV' yuyv:1280x720:30 'opening live code ' "$program" scan --device --json --for 6
check 'a rate that is a fraction' yuyv:1280x720:7.5 'opening live code ' "$program" scan --device --json --for 6
exit $failed
