"""figures.py PROGRAM SHOWN ROUNDS: processor and texts of the program and of GStreamer's zbar, before the same phones.

SHOWN/0 holds the empty counter, SHOWN/1 and so on the phones, in the order of /share/expected."""

import os
import re
import subprocess
import sys
import time

from rig import Program, cpu_seconds, wait_until

PROGRAM, SHOWN, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
# So long a phone is held up, and so long nobody stands there.
HELD, GONE = 2.0, 0.5
with open("/share/expected") as expected:
    EXPECTED = [line.split(" ", 1)[1].strip() for line in expected]
GSTREAMER = (
    "gst-launch-1.0 -m v4l2src device=/dev/video0 ! image/jpeg,width=1280,height=720,framerate=30/1 ! jpegdec "
    "! videoconvert ! zbar ! fakesink").split()


def show(number):
    fifo = os.open(os.environ["CAMVM_FIFO"], os.O_WRONLY | os.O_NONBLOCK)
    os.write(fifo, f"dir {SHOWN}/{number}\n".encode())
    os.close(fifo)


def watched(pid, texts):
    """The share of a core meanwhile, and the numbers of the phones that were read while they were held up."""
    show(0)
    time.sleep(2)
    before, begun, read = cpu_seconds(pid), time.monotonic(), set()
    for number, text in enumerate(EXPECTED, 1):
        show(number)
        time.sleep(HELD)
        show(0)
        time.sleep(GONE)
        if text in texts():
            read.add(number)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begun), read


def memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


def ours():
    program = Program(PROGRAM, log="/share/figures.log")
    program.wait_state("live", 10)
    found = watched(program.process.pid, lambda: program.texts_since(0))
    used = memory(program.process.pid)
    program.end()
    return *found, used


def theirs():
    out = open("/share/gstreamer.out", "w+")
    process = subprocess.Popen(GSTREAMER, stdout=out, stderr=subprocess.STDOUT)

    def told():
        with open(out.name) as file:
            return file.read()

    wait_until("GStreamer", 15, lambda: "PLAYING" in told())
    found = watched(process.pid, lambda: set(re.findall(r'symbol=\(string\)"?([^",;]+)', told())))
    used = memory(process.pid)
    process.terminate()
    process.wait(10)
    return *found, used


for round_ in range(1, ROUNDS + 1):
    both = {}
    for name, run in (("coupon-kiosk", ours), ("GStreamer zbar", theirs)):
        share, both[name], used = run()
        print(f"figures: {name}, round {round_}: {share:.2f} of a core, {len(both[name])} of {len(EXPECTED)} read, "
              f"{used} MiB", flush=True)
    mine, other = both.values()
    print(f"figures: round {round_}: {len(mine - other)} read by coupon-kiosk alone, {len(other - mine)} by zbar alone: "
          f"{sorted(other - mine)}", flush=True)
with open("/share/figures.log") as log:
    told = [line.strip().split("INFO ")[-1] for line in log if "from lens to agreed text" in line]
print("figures:", *told[-1:])
