#!/usr/bin/env bash
# tests/gallery.sh TARGET [SIZE...]: pictures of every screen of the real window, into TARGET/gallery.
#
# The window stands under Xvfb and is touched by xdotool where its own log says that a key is (RUST_LOG below). Every
# story of the demo is walked in both languages, at every size; then the pages behind the counter, the light colours, the
# first start, and the live kiosk without camera and network, with its training. At the end all of it on contact sheets.
set -euo pipefail

target=$(realpath "$1")
shift
sizes=("$@")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(1920x1080 1080x1920 1024x600)
cd "$(dirname "$0")/.."
program=$target/debug/coupon-kiosk
gallery=$target/gallery
work=$(mktemp -d)
log=$work/log
display='' kiosk=''
trap 'kill $kiosk $display 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$gallery"
export NO_COLOR=1 RUST_LOG=coupon_kiosk=debug LIBGL_ALWAYS_SOFTWARE=1
# Memory as the package has it handed out; a word a variable.
# shellcheck disable=SC2046
export $(sed -n 's/^Environment=\(MALLOC_.*\)/\1/p' packaging/systemd/coupon-kiosk@.service)
# A journal and settings of nobody's.
export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
: >"$log"
# shellcheck source=tests/window.sh
. tests/window.sh

# Not before it has been drawn.
is_there() { wait_for "key $1" since "name=\"$1\""; }

picture() { import -window root "$gallery/$size-$language-$1.png"; }

start() {
    : >"$log"
    "$program" --lang "$language" "$@" 2>>"$log" >"$work/out" &
    kiosk=$!
    marked=0
    shown Idle
    place_window "$size"
    # The first frames in the new size.
    sleep 1.5
}

# Milliseconds from a text that two frames agreed on to the review or outcome on the screen, for every story.
times() {
    awk '
        function millis(t) { split(substr(t, 12), part, /[:Z]/); return ((part[1] * 60 + part[2]) * 60 + part[3]) * 1000 }
        / taken$/ { taken = millis($1) }
        / shown stage=(Review|Finished)/ && taken { printf "%.0f\n", millis($1) - taken; taken = 0 }
    ' "$log" >>"$gallery/$size-millis.txt"
}

# What the demo holds after its stories.
memory() { awk -v size="$size" -v language="$language" '/^VmRSS/ {
    printf "gallery: %s %s: %.0f MiB resident after every story\n", size, language, $2 / 1024 }' "/proc/$kiosk/status"; }

finish() {
    times
    kill "$kiosk"
    wait "$kiosk" 2>/dev/null || true
    kiosk=''
}

# The last look at a phone before its code is read: out of the display's memory, since a picture by way of the server
# takes longer than the reading.
held() {
    until since 'shown stage=Review'; do
        cp "$work/Xvfb_screen0" "$work/seen"
        since 'shown stage=Review' || mv "$work/seen" "$work/held"
    done
    convert "xwd:$work/held" "$gallery/$size-$language-$1-0-held.png"
}

walk() {
    local story=$1 phones=1
    [[ $story != lost_for_good ]] || phones=2
    for phone in $(seq "$phones"); do
        local name=$story
        [[ $phone == 1 ]] || name=$story-next
        mark
        tap "$story"
        [[ $story != redeemed ]] || held "$story"
        if [[ $story == two_phones ]]; then
            wait_for 'outlines to choose from' since 'name="sight-2"'
            sleep 0.7
            picture "$story-0-several"
            tap sight-2
        fi
        if [[ $story == hand_off ]]; then
            # The customer's own phone: the page's key, then his coupon.
            wait_for "the page on the phone" since 'name="handset-0"'
            picture "$story-0-phone"
            tap handset-0
            sleep 1
            picture "$story-0-list"
            tap handset-0
        fi
        wait_for "review or outcome of $story" since 'shown stage=\(Review\|Finished\)'
        if since 'shown stage=Review'; then
            is_there confirm
            sleep 0.3
            picture "$name-1-review"
            mark
            tap confirm
            shown Finished
        fi
        picture "$name-2-outcome"
        if [[ $story == answer_lost ]]; then
            wait_for 'the answer by query' since 'settled'
            sleep 0.5
            picture "$name-3-found"
        fi
        is_there back
        mark
        tap back
        shown Idle
        if [[ $name == lost_for_good ]]; then
            picture "$name-3-idle"
            tap doubts-open
            sleep 0.7
            picture "$name-4-doubts"
            override
            tap doubts-close
            sleep 0.7
        fi
    done
}

# A manager's word on what is in doubt, as far as it can be taken back.
override() {
    local asked
    asked=$(grep -o 'name="override [0-9a-f-]\{36\}"' "$log" | tail -n 1 | cut -d '"' -f 2)
    touch_all "$asked"
    picture doubts-0-override
    touch_all goods-yes 'ground 4' override-words 'layer abc' 'type a'
    picture doubts-1-words
    touch_all override-words-keep
    picture doubts-2-decided
    touch_all override-close
}

# press NAME: a finger that stays for three seconds.
press() {
    tap "$1" # moves there; a short touch opens nothing
    xdotool mousedown 1
    sleep 3
    xdotool mouseup 1
    pace
}

# What draws by software beside other work is slow: time for the answer to a touch.
pace() { sleep "$(awk '{ printf "%.1f", 0.8 + $1 / 12 }' /proc/loadavg)"; }

touch_all() {
    local key
    for key in "$@"; do
        tap "$key"
        pace
    done
}

# The pages behind the counter, and two people on the list of staff.
behind() {
    local line
    touch_all day-open
    picture day-0-list
    line=$(grep -o 'name="line [0-9a-f-]\{36\}"' "$log" | tail -n 1 | cut -d '"' -f 2)
    touch_all "$line"
    picture day-1-story
    touch_all remark-open 'type 1' 'type 7'
    picture day-2-remark
    touch_all remark-keep
    picture day-3-remarked
    touch_all mistake-open
    picture day-4-mistake
    touch_all mistake-no story-close 'search 9'
    picture day-5-search
    touch_all day-close
    press service
    picture service-0-menu
    touch_all service-sound
    picture service-1-sound
    touch_all service-back service-lock
    picture service-1-lock
    touch_all service-back service-camera
    picture service-1-camera
    touch_all service-back service-store 'layer abc' 'type a'
    picture service-2-store
    touch_all service-back
    mark
    tap service-doctor
    wait_for "the doctor's word" since 'key.*name="checkup-again"'
    sleep 1
    picture service-2-doctor
    touch_all checkup-back service-staff
    local name pin digit
    for name in a:8253 b:7104; do
        pin=${name#*:}
        name=${name%:*}
        touch_all service-keep 'layer abc' "type $name"
        picture "service-3-name-$name"
        touch_all service-keep
        for _ in 1 2; do
            for digit in $(grep -o . <<<"$pin"); do touch_all "pin $digit"; done
            picture "service-4-pin-$name"
            touch_all pin-ok
        done
        sleep 1
    done
    picture service-5-staff
    touch_all service-back day-close
    picture staff-0-idle
    touch_all sign-out
    picture staff-1-sign-in
    touch_all 'person b' 'pin 1' 'pin 1' 'pin 1' 'pin 1' pin-ok
    sleep 1
    picture staff-2-wrong
    touch_all 'pin 7' 'pin 1' 'pin 0' 'pin 4' pin-ok
    sleep 1
    picture staff-3-idle
    press service
    picture staff-4-manager
}

# The same in the sun.
light() {
    start demo --light
    picture light-0-idle
    mark
    tap redeemed
    shown Review
    is_there confirm
    sleep 0.3
    picture light-1-review
    mark
    tap confirm
    shown Finished
    picture light-2-outcome
    sleep 0.5
    mark
    tap details-open
    is_there details-close
    sleep 0.5
    picture light-3-details
    mark
    tap details-close
    is_there back
    mark
    tap back
    shown Idle
    sleep 0.5
    press service
    picture light-4-menu
    finish
}

# A kiosk that nobody has configured.
first_start() {
    : >"$log"
    "$program" --lang "$language" run 2>>"$log" >"$work/out" &
    kiosk=$!
    marked=0
    is_there 'first zh'
    place_window "$size"
    sleep 1.5
    picture first-0-language
    touch_all "first $language"
    picture first-1-how
    touch_all first-how-code
    sleep 1
    picture first-2-code
    touch_all first-back first-how-hand
    picture first-3-store
    touch_all first-next
    picture first-4-camera
    touch_all first-camera-any
    picture first-5-way
    touch_all first-way-account 'layer abc'
    picture first-6-appid
    touch_all 'type w' 'type x' first-next 'layer abc' 'type s'
    picture first-7-secret
    touch_all first-next
    picture first-8-test
    touch_all first-try
    sleep 2
    picture first-9-tested
    kill "$kiosk"
    wait "$kiosk" 2>/dev/null || true
    kiosk=''
}

live() {
    echo 'TOKEN' >"$work/token"
    cat >"$work/kiosk.toml" <<TOML
[weixin]
base_url = "http://127.0.0.1:9"
[weixin.token]
source = "static"
token_file = "$work/token"
[store]
name = "Corner Store"
desk = "front"
[journal]
path = "$work/state/journal.sqlite"
[ui]
fullscreen = false
TOML
    chmod 600 "$work/token"
    start --config "$work/kiosk.toml" run
    picture live-0-no-camera
    tap keypad-open
    sleep 0.7
    for digit in 4 0 9 6 3 2 4 5; do tap $digit; done
    sleep 0.7
    picture live-1-keypad
    tap keypad-other
    sleep 0.7
    picture live-2-letters
    mark
    tap keypad-look-up
    shown Finished
    picture live-3-no-network
    is_there back
    mark
    tap back
    shown Idle
    picture live-4-attention
    press service
    picture live-5-menu
    mark
    tap service-training
    is_there training-end
    sleep 1
    picture training-0-idle
    mark
    tap lost_for_good
    shown Review
    is_there confirm
    sleep 0.3
    picture training-1-review
    mark
    tap confirm
    shown Finished
    picture training-2-lost
    is_there back
    mark
    tap back
    shown Idle
    sleep 0.5
    mark
    tap training-end
    is_there day-open
    sleep 0.5
    picture training-3-over
    finish
}

for size in "${sizes[@]}"; do
    : >"$gallery/$size-millis.txt"
    open_display "$size" -fbdir "$work"
    for language in en zh; do
        start demo
        picture idle
        for story in $("$program" demo --story list); do walk "$story"; done
        behind
        memory
        finish
        light
        first_start
        live
        echo "gallery: $size $language done"
    done
    kill "$display"
    wait "$display" 2>/dev/null || true
    display=''
    sort -n "$gallery/$size-millis.txt" | awk -v size="$size" '
        { all[NR] = $1 }
        END { print "gallery: " size ": from agreed text to drawn screen: median " all[int((NR + 1) / 2)] " ms, longest " all[NR] " ms of " NR }'
done
# sheet SIZE COLUMNS GAP OUT PICTURE...: made small while they are read, or ImageMagick's limits do not bear so many.
sheet() {
    local small=$1 columns=$2 gap=$3 out=$4
    shift 4
    montage "${@/%/[$small]}" -tile "${columns}x" -geometry "+$gap+$gap" -background '#808080' "$out"
}

# Contact sheets: everything at one size in one language, for whoever looks at it; and a choice of it for the README, as
# it stands in assets/screens.
for size in "${sizes[@]}"; do
    for language in en zh; do
        sheet 480x480 6 6 jpg:"$gallery/sheet-$size-$language.jpg" "$gallery/$size-$language"-*.png
    done
done
wide=1920x1080 tall=1080x1920
if [[ -e $gallery/$wide-zh-training-3-over.png && -e $gallery/$tall-zh-training-3-over.png ]]; then
    chosen=()
    for name in $wide-en-redeemed-0-held $wide-zh-redeemed-1-review $wide-en-redeemed-2-outcome $wide-zh-expired-2-outcome \
        $wide-en-payment_code-2-outcome $wide-zh-lost_for_good-2-outcome $wide-en-lost_for_good-4-doubts $wide-zh-no_network-2-outcome \
        $wide-en-light-1-review $wide-zh-day-0-list $wide-en-day-3-remarked $wide-zh-live-1-keypad \
        $wide-en-service-0-menu $wide-zh-staff-1-sign-in $wide-en-training-0-idle $wide-zh-first-5-way; do
        chosen+=("$gallery/$name.png")
    done
    mkdir -p "$gallery/small"
    sheet 320x180 4 4 miff:- "${chosen[@]}" |
        convert - -dither None -colors 48 -strip "$gallery/small/gallery.png"
    chosen=()
    for name in idle redeemed-1-review redeemed-2-outcome live-1-keypad day-0-list training-2-lost; do
        chosen+=("$gallery/$tall-zh-$name.png")
    done
    sheet 180x320 6 4 miff:- "${chosen[@]}" |
        convert - -dither None -colors 48 -strip "$gallery/small/upright.png"
    while read -r name picture; do
        convert "$gallery/$wide-$name.png" -resize 640x360 -colors 128 -strip "$gallery/small/$picture.png"
    done <<'NAMES'
en-redeemed-0-held viewfinder
en-redeemed-1-review review
en-redeemed-2-outcome redeemed
zh-lost_for_good-2-outcome in-doubt-zh
NAMES
fi
echo "gallery: $(find "$gallery" -name '*.png' | wc -l) pictures in $gallery"
