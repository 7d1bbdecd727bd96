# For the scripts of the camera rig: what they need of this machine. Source it after setting `rig`.
# shellcheck shell=bash

# needs NAME TOOL...: ends the script with 77 and the reason where the rig's guest cannot run here.
needs() {
    local name=$1 tool
    shift
    for tool in modprobe bc /usr/bin/python3 "$@"; do
        command -v "$tool" >/dev/null || { echo "$name: SKIPPED, $tool is missing"; exit 77; }
    done
    /usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null ||
        { echo "$name: SKIPPED, python3-numpy or python3-pil is missing"; exit 77; }
    "$rig/run-in-vm.sh" -q -c none -t 60 -- true >/dev/null 2>&1 ||
        { echo "$name: SKIPPED, the rig's guest does not start on this machine"; exit 77; }
}
