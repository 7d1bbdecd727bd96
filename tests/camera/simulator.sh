# shellcheck shell=bash
# Simulated cameras as the rig has none, and all of them without the rig's fault: damage that begins within a frame makes
# it read behind the frames' end, and it dies (nobody reads its commands any more then, and whoever writes one waits for
# ever). Sourced; wants $rig and $work.

overrun='size_t left=fl-fo;'
grep -qF "$overrun" "$rig/src/uvcsim.c" || { echo 'camera: the rig has another simulator than is known here'; exit 1; }

# simulator NAME [SED OPTION...]: $work/uvcsim-NAME, with these changes to its source.
simulator() {
    local name=$1
    shift
    sed -e "s/$overrun/size_t left=fl>fo?fl-fo:0;/" "$@" "$rig/src/uvcsim.c" >"$work/$name.c"
    gcc -O2 -static -w -o "$work/uvcsim-$name" "$work/$name.c"
}
