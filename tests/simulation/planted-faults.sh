#!/bin/sh
# Plants each fault of tests/simulation/faults in a copy of the product, and tells after how many seeds it is caught.
#
# usage: planted-faults.sh TARGET_FOLDER [NAME...]
set -eu

cd "$(dirname "$0")/../.."
target=$1
shift
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM
# Far more than a minute's worth.
seeds=100000
missed=0
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)

if [ $# -eq 0 ]; then
    for patch in tests/simulation/faults/*.patch; do
        set -- "$@" "$(basename "$patch" .patch)"
    done
fi
printf '%-28s %8s %10s  %s\n' 'planted fault' seeds seconds 'broken promise'
for fault in "$@"; do
    rm -rf "${copy:?}/product"
    mkdir "$copy/product"
    tar -cf - --exclude=./target --exclude=./fuzz/target --exclude=./.git . | tar -xf - -C "$copy/product"
    # Under a version of its own, or cargo would take what is built here for the product's own tests.
    sed -i "0,/^version = /s/^version = .*/version = \"$version-planted\"/" "$copy/product/Cargo.toml"
    sed -i "/^name = \"coupon-kiosk\"\$/{n;s/.*/version = \"$version-planted\"/}" "$copy/product/Cargo.lock"
    git -C "$copy/product" apply "tests/simulation/faults/$fault.patch"
    binary=$(
        cd "$copy/product"
        cargo test --locked --quiet --lib --no-run --target-dir "$target" --message-format=json 2>"$copy/log" |
            sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1
    ) || true
    if [ -z "$binary" ]; then
        cat "$copy/log" >&2
        printf '%s does not build\n' "$fault" >&2
        exit 2
    fi
    begun=$(date +%s.%N)
    # Each seed once, since the story of a planted fault is known.
    if told=$(SEEDS=$seeds timeout 60 "$binary" simulation::whatever 2>&1); then
        told=''
    fi
    seconds=$(printf '%s %s\n' "$begun" "$(date +%s.%N)" | awk '{ printf "%.1f", $2 - $1 }')
    caught=$(printf '%s\n' "$told" | sed -n 's/^seed \([0-9]*\): \(.*\)/\1 \2/p' | head -1)
    if [ -n "$caught" ]; then
        printf '%-28s %8s %10s  %.60s\n' "$fault" "${caught%% *}" "$seconds" "${caught#* }"
    else
        printf '%-28s %8s %10s  %s\n' "$fault" - "$seconds" 'NOT CAUGHT'
        missed=1
    fi
done
exit $missed
