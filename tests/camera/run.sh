#!/usr/bin/env bash
# tests/camera/run.sh RIG PROGRAM [short|full] [SEED] [CASES]: the real program before real camera devices, in the rig's guest.
#
# RIG is the folder of the camera rig. The short round takes two to three minutes, the full one (every case, twenty random
# sequences, a hundred unplugs) about a quarter of an hour. Exit 0 only if everything holds; 77 where it cannot run
# here, with the reason. CASES is a regular expression of the names of those that are wanted.
set -euo pipefail

rig=$(realpath "$1") program=$(realpath "$2") round=${3:-short} seed=${4:-$((RANDOM * 32768 + RANDOM))}
cd "$(dirname "$0")/../.."
here=$PWD/tests/camera

skip() { echo "camera: SKIPPED, $1"; exit 77; }
for tool in modprobe bc gcc setpriv gst-launch-1.0 /usr/bin/python3; do
    command -v "$tool" >/dev/null || skip "$tool is missing (kmod, bc, gcc, util-linux, gstreamer1.0-tools, python3)"
done
/usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null || skip 'python3-numpy or python3-pil is missing'
gst-inspect-1.0 --exists v4l2src 2>/dev/null || skip 'gstreamer1.0-plugins-good is missing'
[[ -x $rig/run-in-vm.sh && -e $rig/out/linux-uml ]] || skip "$rig is no built camera rig"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
# A build that goes on meanwhile does no harm.
cp "$program" "$work/coupon-kiosk"
for scene in a=redeemed b=next_customer; do
    "$rig/mkframes.py" "$work/${scene%%=*}" "fixtures/codes/${scene#*=}.png" --sizes 1280x720 --each 5
done
/usr/bin/python3 "$here/frames.py" "$work"

# shellcheck source=tests/camera/simulator.sh
. tests/camera/simulator.sh
guid="{'Y','U','Y','2',"
plain='return (uint32_t)m->w\*m->h\*2;'
simulator plain
simulator uyvy -e "s/$guid/{'U','Y','V','Y',/"
simulator short -e 's/if(corrupt&&lm->mj)fl=/if(corrupt)fl=/'
if [[ $round == full ]]; then
    simulator grey -e "s/$guid/{'Y','8','0','0',/" -e "s/$plain/return (uint32_t)m->w*m->h;/" -e 's/p8(16);p8(1);p8(0);p8(0);p8(0);p8(0);/p8(8);p8(1);p8(0);p8(0);p8(0);p8(0);/'
    simulator nv12 -e "s/$guid/{'N','V','1','2',/" -e "s/$plain/return (uint32_t)m->w*m->h*3\/2;/" -e 's/p8(16);p8(1);p8(0);p8(0);p8(0);p8(0);/p8(12);p8(1);p8(0);p8(0);p8(0);p8(0);/'
fi

limit=300
[[ $round == full ]] && limit=1800
code=0
"$rig/run-in-vm.sh" -q -c none -t $limit -s "$work/share" -- \
    /usr/bin/python3 -B "$here/guest.py" "$work/coupon-kiosk" "$work" "$round" "$seed" "${5:-}" || code=$?
if [[ $code != 0 ]]; then
    echo "camera: ended with $code; the last lines of the program's log:"
    tail -n 15 "$work/share/log" 2>/dev/null || true
fi
[[ $code == 0 ]] || exit 1
