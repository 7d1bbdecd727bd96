#!/usr/bin/env bash
# tests/camera/window.sh RIG PROGRAM PICTURES: the whole kiosk, in its window under Xvfb in the rig's guest, while its
# camera is pulled and frozen, and while a manager chooses another one, turns it and cuts it. A picture of each state goes into the folder PICTURES. Exit 77 where it cannot run.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2")
mkdir -p "$3"
pictures=$(realpath "$3")
cd "$(dirname "$0")/../.."
here=$PWD/tests/camera

for tool in Xvfb import xdotool modprobe bc gcc; do
    command -v "$tool" >/dev/null || { echo "camera window: SKIPPED, $tool is missing"; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/coupon-kiosk"
/usr/bin/python3 - "$work" <<'BOARD'
import sys
from PIL import Image
board = Image.new("L", (32, 18))
board.putdata([255 * ((x + y) % 2) for y in range(18) for x in range(32)])
board.resize((1280, 720), Image.NEAREST).save(f"{sys.argv[1]}/board.png")
halves = Image.new("L", (1280, 720), 200)
halves.paste(40, (640, 0, 1280, 720))
halves.save(f"{sys.argv[1]}/halves.png")
BOARD
"$rig/mkframes.py" "$work/frames" "$work/board.png" --sizes 1280x720 --each 5
"$rig/mkframes.py" "$work/halves" "$work/halves.png" --sizes 1280x720 --each 5
# shellcheck source=tests/camera/simulator.sh
. tests/camera/simulator.sh
simulator plain
code=0
"$rig/run-in-vm.sh" -q -c none -t 500 -s "$work/share" -- \
    /usr/bin/python3 -B "$here/window.py" "$work/coupon-kiosk" "$work" || code=$?
cp "$work"/share/*.png "$pictures" 2>/dev/null || true
[[ $code == 0 ]] || { tail -n 20 "$work/share/log" 2>/dev/null || true; exit 1; }
