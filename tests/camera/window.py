"""window.py PROGRAM: `run` in its window before the guest's camera; pictures and log go into /share.

Before the lens is a chequered board: so many steps from dark to light in every row of the viewfinder mean that the
lens's picture is seen, and few that it is not."""

import ctypes
import os
import re
import subprocess
import sys
import time

from PIL import Image

from rig import Failed, Table, wait_until

PROGRAM = sys.argv[1]
LOG, HOME = "/share/log", "/tmp/desk"
DISPLAY = ":9"
FIFO = os.environ["CAMVM_FIFO"]
CONFIG = f"""
[weixin]
base_url = "http://127.0.0.1:9"
[weixin.token]
source = "static"
token_file = "{HOME}/token"
[store]
desk = "front"
[journal]
path = "{HOME}/journal.sqlite"
[ui]
fullscreen = false
"""


def tell(command):
    fifo = os.open(FIFO, os.O_WRONLY | os.O_NONBLOCK)
    os.write(fifo, f"{command}\n".encode())
    os.close(fifo)


def states():
    with open(LOG) as log:
        return re.findall(r'camera state="(\w+)"', log.read())


def wait_state(state, seconds):
    try:
        return wait_until(f"the state {state}", seconds, lambda: states()[-1:] == [state])
    except Failed as failed:
        raise Failed(f"{failed}; it was {states()}") from None


def picture(name):
    """A picture of the whole display, and the brightness of the viewfinder's pixels."""
    path = f"/share/{name}.png"
    subprocess.run(["import", "-window", "root", path], check=True)
    shown = Image.open(path).convert("L")
    width, height = shown.size
    return shown.crop((int(width * 0.05), int(height * 0.25), int(width * 0.55), int(height * 0.9)))


def edges(viewfinder):
    """Steps from dark to light along the rows, in each row's pixels: a board has many, a few words have few."""
    width, height = viewfinder.size
    pixels = viewfinder.load()
    return sum(abs(pixels[x, y] - pixels[x - 1, y]) > 80 for y in range(0, height, 4) for x in range(1, width)) / (height / 4)


def shows(name, is_live, seconds=6):
    """The window has until then to follow."""
    limit = time.monotonic() + seconds
    while True:
        found = edges(picture(name))
        if (found > EDGES) == is_live:
            return found
        if time.monotonic() > limit:
            raise Failed(f"{name}: {found:.1f} steps a row, so the lens's picture is {'not ' if is_live else ''}seen")
        time.sleep(0.3)


EDGES = 16.0


def walk():
    told = [f"live, {shows('live', True, 90):.1f} steps a row"]
    for cause, cure, state in (("unplug", "plug", "lost"), ("stall", "resume", "stalled"), ("corrupt 1", "corrupt 0", "damaged")):
        tell(cause)
        wait_state("stalled" if state == "damaged" else state, 5)
        gone = shows(state, False)
        begun = time.monotonic()
        tell(cure)
        wait_state("live", 4)
        healed = time.monotonic() - begun
        told.append(f"{state} ({gone:.1f}), live after {healed:.2f} s ({shows('live-again', True):.1f})")
    return "; ".join(told)


class Message(ctypes.Structure):
    """Xlib's XClientMessageEvent, as long as its XEvent."""

    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("sent", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("kind", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 12)]


def close():
    """The window is closed as its own key in a frame would close it; the seconds until the program had ended."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "coupon-kiosk"], capture_output=True, text=True)
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    shown = ctypes.c_void_p(x11.XOpenDisplay(None))
    protocols, delete = (x11.XInternAtom(shown, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    begun = time.monotonic()
    for window in map(int, found.stdout.split()):
        message = Message(type=33, window=window, kind=protocols, format=32)
        message.data[0] = delete
        x11.XSendEvent(shown, ctypes.c_ulong(window), 0, 0, ctypes.byref(message))
    x11.XFlush(shown)
    try:
        code = KIOSK.wait(10)
    except subprocess.TimeoutExpired:
        raise Failed("the window is closed, and the program runs on") from None
    if code != 0:
        raise Failed(f"it ended with {code}")
    return f"ended {time.monotonic() - begun:.2f} s after the window was closed"


os.makedirs(HOME, exist_ok=True)
with open(f"{HOME}/token", "w") as token:
    token.write("a-token-of-nobody\n")
os.chmod(f"{HOME}/token", 0o600)
with open(f"{HOME}/kiosk.toml", "w") as config:
    config.write(CONFIG)
display = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1280x800x24"], stderr=subprocess.DEVNULL)
os.environ.update(DISPLAY=DISPLAY, HOME=HOME, LIBGL_ALWAYS_SOFTWARE="1", RUST_LOG="coupon_kiosk=info", NO_COLOR="1")
wait_until("the display", 20, lambda: os.path.exists(f"/tmp/.X11-unix/X{DISPLAY[1:]}"))
log = open(LOG, "w")
KIOSK = subprocess.Popen([PROGRAM, "--config", f"{HOME}/kiosk.toml", "--lang", "en", "run"], stdout=log, stderr=log)
table = Table(keeps=True)
try:
    table.case("window", lambda: f"opened, and live after {wait_state('live', 30):.1f} s")
    table.case("window, the camera's states", walk)
    table.case("window, ended", close)
finally:
    KIOSK.kill()
    display.terminate()
sys.exit(1 if table.failed else 0)
