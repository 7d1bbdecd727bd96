#!/usr/bin/env bash
# tests/kiosk.sh TARGET: kiosk mode cannot be left, closed, zoomed or typed out of. The real window on an Xvfb of its own, and
# everything that a keyboard, a mouse and a window manager's messages can do to it, by xdotool.
set -euo pipefail

target=$(realpath "$1")
cd "$(dirname "$0")/.."
program=$target/debug/coupon-kiosk
work=$(mktemp -d)
log=$work/log
display='' kiosk=''
trap 'kill $kiosk $display 2>/dev/null || true; rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 RUST_LOG=coupon_kiosk=debug LIBGL_ALWAYS_SOFTWARE=1
export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
: >"$log"
# shellcheck source=tests/window.sh
. tests/window.sh

size=1280x800
open_display "$size"
# Nobody answers there: nothing of this is about Weixin.
printf 'secret-of-nobody\n' >"$work/secret"
chmod 600 "$work/secret"
cat >"$work/kiosk.toml" <<TOML
[weixin]
base_url = "http://127.0.0.1:9"
[weixin.token]
source = "stable_token"
appid = "wx0123456789abcdef"
secret_file = "$work/secret"
[journal]
path = "$work/journal.sqlite"
[ui]
fullscreen = true
language = "en"
TOML
mark
"$program" --config "$work/kiosk.toml" run 2>"$log" >"$work/out" &
kiosk=$!
shown Idle
place_window "$size"
window=$(xdotool search --onlyvisible --name coupon-kiosk | tail -n 1)
windows() { xdotool search --onlyvisible --name '.*' 2>/dev/null | wc -l; }
before=$(windows)

# stays WHAT: the kiosk is there, alone, as large as the display, and asks for a phone or shows a page of its own.
tries=0
stays() {
    tries=$((tries + 1))
    sleep 0.15
    kill -0 "$kiosk" 2>/dev/null || fail "$1 ended the kiosk"
    xdotool getwindowgeometry --shell "$window" >"$work/place" 2>/dev/null || fail "$1 took the window away"
    grep -qx 'WIDTH=1280' "$work/place" && grep -qx 'HEIGHT=800' "$work/place" || fail "$1 changed the window's size"
    [[ $(windows) -le $before ]] || fail "$1 opened another window"
    ! grep -q 'panicked' "$log" || fail "$1 made it panic"
}

for keys in alt+F4 ctrl+q ctrl+w ctrl+c ctrl+d ctrl+z ctrl+n ctrl+o ctrl+s ctrl+p ctrl+t ctrl+v ctrl+shift+i ctrl+shift+c \
    F1 F5 F10 F11 F12 Super_L alt+Tab alt+space Menu shift+F10 Escape ctrl+Escape ctrl+plus ctrl+minus ctrl+0 \
    ctrl+shift+Escape alt+Left alt+Home Print Tab shift+Tab Insert shift+Insert Home End Prior Next Pause \
    ctrl+shift+u Multi_key Henkan Zenkaku_Hankaku Hangul Eisu_toggle XF86Back XF86HomePage XF86Search XF86Sleep; do
    xdotool key --window "$window" --clearmodifiers "$keys" 2>/dev/null || continue
    xdotool key --clearmodifiers "$keys" 2>/dev/null || true
    stays "the key $keys"
done

# Buttons of a mouse: the menu's, the paste's, the wheel, back and forward; twice and long.
for button in 2 3 4 5 6 7 8 9; do
    xdotool mousemove 640 400 click "$button"
    xdotool mousemove 640 400 click --repeat 2 --delay 60 "$button"
    stays "the mouse's button $button"
done
xdotool mousemove 640 400 mousedown 1
sleep 3
xdotool mouseup 1
stays 'a long press'
xdotool mousemove 640 400 mousedown 3 mousemove --sync 1279 0 mouseup 3
stays 'a right press drawn to the corner'

# A window manager's messages: close, minimize.
if xdotool help 2>/dev/null | grep -q windowquit; then
    xdotool windowquit "$window"
    stays 'the message to close'
fi
xdotool windowminimize "$window" 2>/dev/null || true
xdotool windowmap "$window"
stays 'minimizing'
xdotool windowsize "$window" 200 100
sleep 0.5
kill -0 "$kiosk" || fail 'making it small ended the kiosk'
place_window "$size"
stays 'another size'

# Real drops, as a file manager makes them: files, a program, texts, what is no list, more than anybody reads.
drop() {
    local what=$1 told
    shift
    told=$(printf "$what" | /usr/bin/python3 tests/drop.py "$window" "$@") || fail "dropping $* was not answered"
    stays "dropping $* ($told)"
}
printf 'code = 409632457895\n' >"$work/dropped.toml"
unread=$(stat -c %x "$work/dropped.toml")
drop "file://$work/dropped.toml\r\nfile:///usr/bin/xterm\r\nfile:///etc/passwd\r\n" text/uri-list
drop "file://elsewhere/share\r\nhttps://elsewhere.example/x.html\r\n" text/uri-list
drop '\377\376%%zz\r\n\000\r\nfile://\r\n' text/uri-list
drop 'file:///tmp/a%%20file\r\n' text/uri-list 20000
drop '409632457895' text/plain
drop '<script>409632457895</script>' text/html
[[ $(stat -c %x "$work/dropped.toml") == "$unread" ]] || fail 'a dropped file was read'

# Compositions, dead keys and other alphabets: what an input method does in the program itself (XIM, Compose).
xdotool key --window "$window" --delay 20 Multi_key o slash Multi_key minus minus minus Multi_key less 3
stays 'compositions'
xdotool key --window "$window" --delay 20 dead_acute e dead_circumflex dead_circumflex dead_diaeresis space
stays 'dead keys'
for layout in us,ru cn ara 'us -variant intl' jp kr il; do
    # shellcheck disable=SC2086
    setxkbmap $layout 2>/dev/null || continue
    xdotool key --window "$window" --delay 20 q w e r t y F12 ISO_Next_Group ISO_Level3_Shift a alt+shift Kanji Hangul
    stays "the layout $layout"
done
setxkbmap us
xdotool key --window "$window" Escape

# A flood of characters, and texts that turn the direction.
xdotool type --window "$window" --delay 1 "$(head -c 3000 /dev/zero | tr '\0' '7')"
stays 'three thousand digits'
xdotool type --window "$window" --delay 5 'עברית العربية ‮abc‬ 核销 ٠١٢' 2>/dev/null || true
stays 'texts of other directions'

# It still does its work: the next text is looked up, and told that nobody answers.
mark
xdotool key --window "$window" Escape
sleep 1
xdotool type --window "$window" --delay 4 '409632457895'
xdotool key --window "$window" --delay 4 Return
shown Finished
echo "kiosk: $tries tries to get out, and it is still there"
