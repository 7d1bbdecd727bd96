# For the walks inside of the rig's guest: source it with their arguments, PROGRAM PLATFORM WORK RIG. It starts the stand-in
# for Weixin (at `address`, knowing `code`) and opens a display.
# shellcheck shell=bash
set -euo pipefail

program=$1 platform=$2 work=$3 rig=$4
walk=$(basename "$0" _guest.sh)
share=/share
log=$share/log
: >"$log"
marked=0
# shellcheck source=tests/window.sh
. tests/window.sh
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
# The guest has one processor, which draws as well.
export NO_COLOR=1 LIBGL_ALWAYS_SOFTWARE=1 HOME=$share
# Memory as the package has it handed out; a word a variable.
# shellcheck disable=SC2046
export $(sed -n 's/^Environment=\(MALLOC_.*\)/\1/p' packaging/systemd/coupon-kiosk@.service)

code=409632457895
coproc WEIXIN { "$platform" "$code"; }
read -r address <&"${WEIXIN[0]}"
# books: what the stand-in for Weixin has counted.
books() {
    echo >&"${WEIXIN[1]}"
    read -r counted <&"${WEIXIN[0]}"
    echo "$counted"
}
# tell WORDS: a line of the walk's result.
tell() { echo "${walk/_/ }: $*"; }
# must_be WHAT SEEN WANTED
must_be() {
    [[ $2 == "$3" ]] || fail "$1: $2, wanted $3"
    tell "$1: $2"
}
step=0
picture() {
    import -window root "$share/$step-$1.png"
    step=$((step + 1))
}
seconds() { date +%s.%N; }
camera() { echo "$1" >"$CAMVM_FIFO"; }

size=1280x720
open_display "$size"
