#!/usr/bin/env bash
# tests/rig/camera.sh RIG PROGRAM: the short round of tests/camera/run.sh. RIG is the folder of the camera rig. Exit 0
# only if everything holds; 77 where it cannot run here, with the reason.
set -euo pipefail

exec "$(dirname "$0")/../camera/run.sh" "$1" "$2" short
