#!/usr/bin/env bash
# tests/package.sh ROOT DEB PICTURES: a fresh root, the package in it, and the demo's coupon redeemed under cage.
#
# ROOT is made by debootstrap where it is not there yet (as root, with the mirror of this machine's apt). The compositor
# stands inside Xvfb and is touched by xdotool; nothing of this machine's own programs is used in the root. It tells how long
# it took from the compositor's start to the first picture, and kills the kiosk as often as KILLS says (default 3).
set -euo pipefail

root=$1
deb=$(realpath "$2")
mkdir -p "$3"
pictures=$(realpath "$3")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
log=$work/log
: >"$log"
marked=0
display='' session=''
# shellcheck source=tests/window.sh
. tests/window.sh

leave() {
    if [[ -n $session ]]; then
        kill "$session" 2>/dev/null || true
        wait "$session" 2>/dev/null || true
    fi
    [[ -z $display ]] || kill "$display" 2>/dev/null || true
    sleep 1
    for place in tmp/.X11-unix dev/shm dev/pts dev proc; do
        if mountpoint -q "$root/$place"; then umount "$root/$place"; fi
    done
    rm -rf "$work"
}
trap leave EXIT

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

if [[ ! -e $root/etc/os-release ]]; then
    mirror=$(grep -hoE '^(URIs: |deb )[a-z]+://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 | sed 's/.* //')
    debootstrap --variant=minbase --include=ca-certificates,systemd,dbus bookworm "$root" "$mirror"
fi
rm -f "$root/etc/apt/sources.list"
cp -a /etc/apt/. "$root/etc/apt/"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/shm "$root/dev/shm"
mount --bind /dev/pts "$root/dev/pts"
cp "$deb" "$root/tmp/coupon-kiosk.deb"
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends xwayland >/dev/null
inside apt-get install -y -qq --no-install-recommends /tmp/coupon-kiosk.deb

echo '== installed'
inside coupon-kiosk --version
inside getent passwd coupon-kiosk
inside id coupon-kiosk
inside stat -c '%A %U %n' /var/lib/coupon-kiosk /etc/credstore /etc/coupon-kiosk/kiosk.toml
inside coupon-kiosk check || [[ $? == 2 ]]
inside systemd-analyze verify --man=no /lib/systemd/system/coupon-kiosk@.service
inside runuser -u coupon-kiosk -- coupon-kiosk doctor --json || true

open_display 1280x800
mkdir -p "$root/tmp/.X11-unix" "$root/run/coupon-kiosk"
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
inside chown coupon-kiosk: /run/coupon-kiosk
inside chmod 700 /run/coupon-kiosk

begin() {
    : >"$log"
    marked=0
    begun=$(date +%s%N)
    # exec: the number of the job is that of runuser, which hands a signal on.
    (exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DISPLAY="$DISPLAY" XDG_RUNTIME_DIR=/run/coupon-kiosk \
        WLR_BACKENDS=x11 WLR_RENDERER=pixman LIBGL_ALWAYS_SOFTWARE=1 RUST_LOG=coupon_kiosk=debug NO_COLOR=1 \
        HOME=/var/lib/coupon-kiosk runuser -u coupon-kiosk -- cage -d -- coupon-kiosk demo --lang en) >>"$log" 2>&1 &
    session=$!
    shown Idle
    echo "== from the compositor's start to the first picture: $((($(date +%s%N) - begun) / 1000000)) ms"
}

begin
# The compositor's window has no name that xdotool knows; it is the only one but the root.
output=$(xdotool search --onlyvisible '' 2>/dev/null | tail -n 1)
xdotool windowmove "$output" 0 0 windowsize "$output" 1280 800 windowfocus "$output"
sleep 2
import -window root "$pictures/package-1-viewfinder.png"
mark
tap redeemed
shown Review
sleep 0.7
import -window root "$pictures/package-2-review.png"
mark
tap confirm
shown Finished
sleep 0.7
import -window root "$pictures/package-3-redeemed.png"
echo '== a coupon of the demo is redeemed'

for ((killed = 1; killed <= ${KILLS:-3}; killed++)); do
    # In the root's own process list: by its number alone.
    kiosk=$(pgrep --parent "$(pgrep --parent "$session" cage)" coupon-kiosk)
    kill -9 "$kiosk"
    wait_for "end of the compositor" bash -c "! kill -0 $session 2>/dev/null"
    wait "$session" || true
    begin
done
echo "== killed ${KILLS:-3} times, started as often"
