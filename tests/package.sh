#!/usr/bin/env bash
# tests/package.sh ROOT DEB PICTURES [PLATFORM]: a fresh root, the package in it, and the demo's coupon redeemed under cage.
#
# ROOT is made by debootstrap where it is not there yet (as root, with the mirror of this machine's apt). The compositor
# stands inside Xvfb and is touched by xdotool; nothing of this machine's own programs is used in the root. It tells how long
# it took from the compositor's start to the first picture, and kills the kiosk as often as KILLS says (default 3).
set -euo pipefail

root=$1
deb=$(realpath "$2")
mkdir -p "$3"
pictures=$(realpath "$3")
platform=''
[[ $# -lt 4 ]] || platform=$(realpath "$4")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
log=$work/log
: >"$log"
marked=0
display='' session='' weixin=''
# shellcheck source=tests/window.sh
. tests/window.sh

leave() {
    if [[ -n $session ]]; then
        kill "$session" 2>/dev/null || true
        wait "$session" 2>/dev/null || true
    fi
    [[ -z $weixin ]] || kill "$weixin" 2>/dev/null || true
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
    mirror=$(grep -hoE '^(URIs: |deb )[a-z]+://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 | sed 's/.* //' || true)
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
[[ -n $platform ]] || exit 0

kill "$session" 2>/dev/null || true
wait "$session" || true
session=''
state=/var/lib/coupon-kiosk

# refused WORDS COMMAND...: a command that has to fail, saying this.
refused() {
    local words=$1
    shift
    if "$@" >"$work/said" 2>&1; then fail "it was not refused: $*"; fi
    grep -F "$words" "$work/said" || { cat "$work/said" >&2; fail "it was refused without: $words"; }
}
# another VERSION SCHEMA: the same package under another version, made for a journal of this schema.
another() {
    dpkg-deb -R "$deb" "$work/another"
    sed -i "s/^Version: .*/Version: $1/" "$work/another/DEBIAN/control"
    sed -i "s/^schema=.*/schema=$2/" "$work/another/DEBIAN/preinst"
    dpkg-deb -Zgzip -z1 -b "$work/another" "$root/tmp/$1.deb" >/dev/null
    rm -rf "$work/another"
}
install_deb() { inside apt-get install -y -qq --no-install-recommends --allow-downgrades "/tmp/$1.deb"; }

# A journal with an attempt in doubt, made by the installed program as the kiosk's user.
"$platform" 700000000001 700000000002 < <(echo fail hang_before; exec sleep 600) >"$work/told" &
weixin=$!
wait_for platform grep -q consumes= "$work/told"
cat >"$root/tmp/desk.toml" <<TOML
[weixin]
base_url = "http://$(head -n 1 "$work/told")"
timeout_secs = 1
[weixin.token]
source = "static"
token_file = "$state/token"
[journal]
path = "$state/journal.sqlite"
TOML
inside runuser -u coupon-kiosk -- sh -c "umask 077; echo TOKENofTheAccount1 >$state/token"
redeem() { inside runuser -u coupon-kiosk -- coupon-kiosk --config /tmp/desk.toml redeem --yes --code "$1" --for 0; }
ended=0
redeem 700000000001 || ended=$?
[[ $ended == 3 ]] || fail "an attempt without an answer ended with $ended"
kept() { sha256sum "$root$state/journal.sqlite"; }
before=$(kept)

schema=$(sed -n 's/^schema=//p' <(dpkg-deb -I "$deb" preinst))
version=$(dpkg-deb -f "$deb" Version)
another 9.0-1 "$schema"
another 0.0-1 $((schema - 1))
cp "$deb" "$root/tmp/$version.deb"

echo '== an update while a redemption is in flight'
inside sh -c 'mkdir -p /run/coupon-kiosk; exec flock --no-fork --shared /run/coupon-kiosk/update.lock sleep 600' &
lock=$!
wait_for lock bash -c "! flock --nonblock --exclusive '$root/run/coupon-kiosk/update.lock' true"
refused 'a redemption is in flight' install_deb 9.0-1
pkill -P "$lock" 2>/dev/null || kill "$lock"
wait "$lock" 2>/dev/null || true
wait_for 'end of the lock' flock --nonblock --exclusive "$root/run/coupon-kiosk/update.lock" true
echo '== the update, and back to the version before'
install_deb 9.0-1 >/dev/null
inside dpkg-query -W coupon-kiosk
install_deb "$version" >/dev/null
echo '== an older package, which does not know this journal'
refused 'has schema' install_deb 0.0-1
inside coupon-kiosk --version
[[ $(kept) == "$before" ]] || fail 'the journal was changed'
echo '== removal keeps the journal'
inside apt-get remove -y -qq coupon-kiosk >/dev/null
[[ $(kept) == "$before" ]] || fail 'the journal was changed'
echo '== purge with an attempt in doubt'
refused 'has redemptions in doubt' inside apt-get purge -y -qq coupon-kiosk
[[ $(kept) == "$before" ]] || fail 'the journal was changed'
echo '== released by a manager'
echo 'the manager' >"$root$state/purge-released-by"
inside apt-get purge -y -qq coupon-kiosk >/dev/null
[[ ! -e $root$state ]] || fail 'the state is still there'
echo '== purged'
