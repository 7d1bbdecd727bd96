"""figures.py PROGRAM SECONDS: processor and texts of the program and of GStreamer's zbar, before the same frames.

SECONDS is one round of all pictures; each watches for one round and a second more."""

import re
import subprocess
import sys
import time

from rig import Program, cpu_seconds, wait_until

PROGRAM, SECONDS = sys.argv[1], int(sys.argv[2])
with open("/share/expected") as expected:
    EXPECTED = expected.read().split()
GSTREAMER = (
    "gst-launch-1.0 -m v4l2src device=/dev/video0 ! image/jpeg,width=1280,height=720,framerate=30/1 ! jpegdec "
    "! videoconvert ! zbar ! fakesink").split()


def watched(pid):
    before, begun = cpu_seconds(pid), time.monotonic()
    time.sleep(SECONDS + 1)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begun)


def ours():
    program = Program(PROGRAM, log="/share/figures.log")
    program.wait_state("live", 10)
    mark = program.mark()
    share = watched(program.process.pid)
    texts = set(program.texts_since(mark))
    _descriptors, _threads, memory = program.facts()
    program.end()
    return share, texts, memory


def theirs():
    out = open("/share/gstreamer.out", "w+")
    process = subprocess.Popen(GSTREAMER, stdout=out, stderr=subprocess.STDOUT)
    wait_until("GStreamer", 15, lambda: "PLAYING" in open(out.name).read())
    share = watched(process.pid)
    with open(f"/proc/{process.pid}/status") as status:
        memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    process.terminate()
    process.wait(10)
    with open(out.name) as told:
        texts = set(re.findall(r'symbol=\(string\)"?([^",;]+)', told.read()))
    return share, texts, memory


for round_ in (1, 2):
    for name, run in (("coupon-kiosk", ours), ("GStreamer zbar", theirs)):
        share, texts, memory = run()
        read = sum(text in texts for text in EXPECTED)
        print(f"figures: {name}, round {round_}: {share:.2f} of a core, {read} of {len(EXPECTED)} pictures read, "
              f"{memory // 1024} MiB", flush=True)
with open("/share/figures.log") as log:
    for line in log:
        if "from lens" in line:
            print("figures:", line.strip().split("INFO ")[-1])
