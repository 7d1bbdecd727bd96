#!/usr/bin/env bash
# tests/camera/figures.sh RIG PROGRAM SETS: what watching a camera costs, beside GStreamer's zbar element on the same
# frames in the same guest, one after the other, each twice. RIG is the camera rig, SETS the folder of picture sets.
#
# Every picture of a set stands before the camera for half a second: 1280x720 at 30 frames a second, as JPEG.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2") sets=$(realpath "$3")
cd "$(dirname "$0")/../.."
here=$PWD/tests/camera
gst-inspect-1.0 --exists zbar 2>/dev/null || { echo 'figures: SKIPPED, gstreamer1.0-plugins-bad is missing'; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/coupon-kiosk"
# Every fifth picture, whatever its difficulty, that has a code of its own.
mapfile -t pictures < <(find "$sets/phone" -name '*.jpg' | sort | awk 'NR % 5 == 1' | grep -v negative | head -n 30)
"$rig/mkframes.py" "$work/frames" "${pictures[@]}" --sizes 1280x720 --each 15
mkdir -p "$work/share"
for picture in "${pictures[@]}"; do
    awk -F, -v name="${picture##*/}" '$1 == name { print $4 }' "$sets/phone/manifest.csv"
done >"$work/share/expected"
"$rig/run-in-vm.sh" -q -f "$work/frames" -t 400 -s "$work/share" -m mjpg:1280x720:30 -- \
    /usr/bin/python3 -B "$here/figures.py" "$work/coupon-kiosk" "$((${#pictures[@]} / 2))"
