#!/usr/bin/env bash
# tests/camera/figures.sh RIG PROGRAM SETS [EVERY] [ROUNDS]: what watching a camera costs and how much is read, beside
# GStreamer's zbar element before the same frames in the same guest, one after the other. RIG is the camera rig, SETS the
# folder of picture sets. Of the phone set, every EVERYth picture that has a code is shown (default: all of them).
#
# As at a counter, a phone comes, stays for two seconds, and goes: 1280x720 at 30 frames a second, as JPEG.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2") sets=$(realpath "$3") every=${4:-1} rounds=${5:-1}
cd "$(dirname "$0")/../.."
here=$PWD/tests/camera
gst-inspect-1.0 --exists zbar 2>/dev/null || { echo 'figures: SKIPPED, gstreamer1.0-plugins-bad is missing'; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/coupon-kiosk"
mkdir -p "$work/share"
/usr/bin/python3 -B "$here/phones.py" list "$sets/phone" "$every" >"$work/share/expected"
mapfile -t pictures < <(cut -d' ' -f1 "$work/share/expected")
/usr/bin/python3 -c "from PIL import Image; Image.new('RGB', (64, 36), (150, 148, 140)).save('$work/counter.png')"
"$rig/mkframes.py" "$work/all" "$work/counter.png" "${pictures[@]/#/$sets/phone/}" --sizes 1280x720 --each 1
rm "$work/all/1280x720.yuyv"
/usr/bin/python3 -B "$here/phones.py" split "$work/all" "$work/shown"
"$rig/run-in-vm.sh" -q -f "$work/shown/0" -t 1700 -s "$work/share" -m mjpg:1280x720:30 -- \
    /usr/bin/python3 -B "$here/figures.py" "$work/coupon-kiosk" "$work/shown" "$rounds"
