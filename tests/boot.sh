#!/usr/bin/env bash
# tests/boot.sh DEB PLATFORM FOLDER: the package on a machine of its own, from power-on to redeemed coupons.
#
# As root. FOLDER/root is made by debootstrap where it is not there yet (with the mirror of this machine's apt); the package
# goes into it, and it is booted. Where the processor has KVM, by QEMU with Debian's own kernel; else by systemd-nspawn, with
# this machine's kernel and the compositor in an Xvfb, which has no display and no touch device to pull. BOOT=qemu has
# QEMU translate every instruction instead, which takes many times as long. tests/boot/drive.py then touches the screen, pulls what
# can be pulled and kills what can be killed. PLATFORM is the tests' stand-in for Weixin (tests/rig/platform.rs), which runs
# inside. Pictures go to FOLDER/pictures. KILLS (10) says how often the program is killed, IDLE_SECS (70) how long the screen
# is watched for falling asleep, ONLY names single steps of drive.py. Exit 77 where it cannot run here, with the reason.
set -euo pipefail

deb=$(realpath "$1") platform=$(realpath "$2")
mkdir -p "$3"
folder=$(realpath "$3")
root=$folder/root
cd "$(dirname "$0")/.."

skip() {
    echo "== boot: SKIPPED. $*"
    exit 77
}
[[ $(id -u) == 0 ]] || skip 'It makes a root folder, and this is not root.'
has_kvm() { grep -qwE 'vmx|svm' /proc/cpuinfo; }
kind=${BOOT:-$(has_kvm && echo qemu || echo nspawn)}

leave() {
    for place in dev proc; do
        if mountpoint -q "$root/$place"; then umount "$root/$place"; fi
    done
}
trap leave EXIT

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

if [[ ! -e $root/etc/os-release ]]; then
    mirror=$(grep -hoE '^(URIs: |deb )[a-z]+://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 | sed 's/.* //' || true)
    debootstrap --variant=minbase --include=ca-certificates,systemd,dbus bookworm "$root" "$mirror" >/dev/null
fi
rm -f "$root/etc/apt/sources.list"
cp -a /etc/apt/. "$root/etc/apt/"
# The configuration of the last time is this test's own.
echo 'Dpkg::Options { "--force-confnew"; };' >"$root/etc/apt/apt.conf.d/99boot"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
inside apt-get update -qq
# What a desk has besides the package: an init, a kernel, sound; and what answers the driver of this test.
inside apt-get install -y -qq --no-install-recommends systemd-sysv udev kmod dbus procps >/dev/null
[[ $kind != qemu ]] || inside apt-get install -y -qq --no-install-recommends linux-image-amd64 initramfs-tools zstd alsa-utils \
    qemu-guest-agent >/dev/null
cp "$deb" "$root/tmp/coupon-kiosk.deb"
inside apt-get install -y -qq --no-install-recommends --reinstall --allow-downgrades /tmp/coupon-kiosk.deb >/dev/null
rm "$root/tmp/coupon-kiosk.deb"
inside coupon-kiosk --version

# This desk: its network is the loopback, where the stand-in answers. No login on the serial line, no timers in the figures.
install -m 755 "$platform" "$root/usr/local/bin/platform"
install -m 644 tests/boot/platform.service "$root/etc/systemd/system/platform.service"
mkdir -p "$root/etc/systemd/system/coupon-kiosk@tty1.service.d"
install -m 644 tests/boot/words.conf "$root/etc/systemd/system/coupon-kiosk@tty1.service.d/words.conf"
# A machine whose every instruction is translated is given its time.
slow=$root/etc/systemd/system/coupon-kiosk@tty1.service.d/slow.conf
rm -f "$slow" "${slow%/*}/container.conf" "${slow%/*}/demo.conf"
[[ $kind != qemu ]] || has_kvm || printf '[Service]\nTimeoutStartSec=30min\nWatchdogSec=5min\n' >"$slow"
rm -rf "$root/var/lib/coupon-kiosk" "$root/var/log/journal" "$root/etc/credstore/secret"
inside systemd-tmpfiles --create coupon-kiosk.conf
echo a-secret-of-the-boot-test >"$root/etc/credstore/secret"
chmod 600 "$root/etc/credstore/secret"
cp tests/boot/kiosk.toml "$root/etc/coupon-kiosk/kiosk.toml"
# The display of this machine has no graphics chip.
echo WLR_RENDERER=pixman >"$root/etc/coupon-kiosk/session.env"
echo desk >"$root/etc/hostname"
echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
inside systemctl enable -q coupon-kiosk@tty1.service platform.service
inside systemctl set-default -q graphical.target
leave

drive() {
    exec env PYTHONDONTWRITEBYTECODE=1 python3 tests/boot/drive.py "$folder" "$kind"
}
[[ $kind != nspawn ]] || drive
rm -f "$folder/disk"
truncate -s 4G "$folder/disk"
mkfs.ext4 -q -d "$root" "$folder/disk"
drive
