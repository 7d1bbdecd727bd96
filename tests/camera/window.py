"""window.py PROGRAM WORK: `run` in its window before the guest's camera; pictures and log go into /share.

A second camera shows a light left half and a dark right one. A chequered board is before the first one's lens: so many
steps from dark to light in every row of the viewfinder mean that the lens's picture is seen, and few that it is not."""

import ctypes
import json
import os
import re
import subprocess
import sys
import time

from PIL import Image

from rig import Camera, Failed, Table, nodes, wait_for_node, wait_until

PROGRAM, WORK = sys.argv[1:3]
LOG, HOME = "/share/log", "/tmp/desk"
DISPLAY = ":9"
SIMULATOR, MODES = f"{WORK}/uvcsim-plain", "mjpg:1280x720:30"
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
        FIRST.tell(cause)
        wait_state("stalled" if state == "damaged" else state, 5)
        gone = shows(state, False)
        begun = time.monotonic()
        FIRST.tell(cure)
        wait_state("live", 4)
        healed = time.monotonic() - begun
        told.append(f"{state} ({gone:.1f}), live after {healed:.2f} s ({shows('live-again', True):.1f})")
    return "; ".join(told)


def logged(words, mark=0):
    with open(LOG) as log:
        return [line for line in log.read()[mark:].splitlines() if words in line]


def end_of_log():
    return os.path.getsize(LOG)


def key(name):
    """Where a key of this name stood last."""
    found = [line for line in logged("key x=") if line.rstrip().endswith(f'name="{name}"')]
    if not found:
        raise Failed(f"there is no key {name}")
    return re.search(r"x=(-?\d+) y=(-?\d+)", found[-1]).groups()


def touch(name, seconds=0.1):
    wait_until(f"the key {name}", 20, lambda: [line for line in logged("key x=") if f'name="{name}"' in line])
    time.sleep(0.7)
    subprocess.run(["xdotool", "mousemove", *key(name), "mousedown", "1", "sleep", str(seconds), "mouseup", "1"], check=True)


def wait_live(device, mark, seconds=20):
    """Live since `mark`, with this device."""
    lines = lambda: [line for line in logged('camera state="live"', mark) if device in line]
    wait_until(f"{device}, live", seconds, lines)
    return lines()[-1]


def kept():
    with open(f"{HOME}/settings.toml") as settings:
        return settings.read()


def brightness(name, place, expected, seconds=20):
    """The window has until then to follow; `place` in the display's fractions."""
    limit = time.monotonic() + seconds
    while True:
        picture(name)
        shown = Image.open(f"/share/{name}.png").convert("L")
        seen = shown.getpixel((int(shown.width * place[0]), int(shown.height * place[1])))
        if expected(seen):
            return seen
        if time.monotonic() > limit:
            raise Failed(f"{name}: the display is {seen} bright at {place}")
        time.sleep(0.3)


def choose():
    """The camera's page: one camera after the other is opened at a touch, and stays chosen under another number."""
    second = Camera(SIMULATOR, f"{WORK}/halves", "Second Cam", MODES, "second")
    wait_for_node("Second Cam")
    first = FIRST.name
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "coupon-kiosk"], capture_output=True, text=True)
    for number in window.stdout.split()[-1:]:
        subprocess.run(["xdotool", "windowmove", number, "0", "0", "windowsize", number, "1280", "800"], check=True)
    touch("service", 3)
    mark = end_of_log()
    touch("service-camera")
    wait_until("the list", 20, lambda: logged('name="camera 1"', mark))
    told = []
    order = sorted(nodes(), key=lambda name: nodes()[name][0])
    for device in ("Second Cam", first, "Second Cam"):
        mark, begun = end_of_log(), time.monotonic()
        touch(f"camera {order.index(device)}")
        wait_live(device, mark)
        told.append(f"{device} {time.monotonic() - begun:.1f} s after the touch")
        if f"{device} @ usb-" not in kept():
            raise Failed(f"kept is {kept()}")
    # The picture is on the page's right side: of its halves the left one is light.
    left, right = (0.6, 0.6), (0.9, 0.6)
    light, dark = (lambda seen: seen > 150), (lambda seen: seen < 90)
    brightness("chosen", left, light)
    brightness("chosen", right, dark)
    for name, line in (("aim mirror", "mirror = true"), ("aim turn", "rotate = 90"), ("aim turn", "rotate = 180"),
                       ("aim zoom", "zoom = 125"), ("aim region", "region = [20, 20, 60, 60]")):
        mark = end_of_log()
        touch(name)
        wait_live("Second Cam", mark)
        if line not in kept():
            raise Failed(f"after {name} kept is {kept()}")
        if name == "aim mirror":
            brightness("mirrored", left, dark)
            brightness("mirrored", right, light)
    # Mirrored and turned upside down.
    brightness("aimed", left, light)
    brightness("aimed", right, dark)
    touch("service-back")
    touch("day-close")
    # Both are pulled, and the chosen one comes back first, under the other one's number.
    before = nodes()["Second Cam"][0]
    FIRST.tell("unplug")
    second.tell("unplug")
    wait_until("the devices' end", 10, lambda: not nodes())
    mark, begun = end_of_log(), time.monotonic()
    second.tell("plug")
    line = wait_live("Second Cam", mark)
    healed = time.monotonic() - begun
    FIRST.tell("plug")
    wait_for_node(first)
    after = nodes()["Second Cam"][0]
    if after == before or f"/dev/video{after}" not in line:
        raise Failed(f"it was /dev/video{before} and is /dev/video{after}: {line}")
    time.sleep(2)
    if len(logged('camera state="live"', mark)) != 1:
        raise Failed("another one was taken when it came back")
    second.quit()
    return f"{', '.join(told)}; /dev/video{before} is known again as /dev/video{after} after {healed:.1f} s"


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
        code = KIOSK.wait(20)
    except subprocess.TimeoutExpired:
        raise Failed("the window is closed, and the program runs on") from None
    if code != 0:
        raise Failed(f"it ended with {code}")
    return f"ended {time.monotonic() - begun:.2f} s after the window was closed"


def doctor():
    """What the kiosk that ran here has left for the doctor of how long its pictures took."""
    command = [PROGRAM, "--config", f"{HOME}/kiosk.toml", "--lang", "en", "doctor", "--no-window"]
    told = subprocess.run([*command, "--json"], capture_output=True, text=True).stdout
    found = {finding.get("check"): finding for finding in map(json.loads, told.splitlines())}
    if "latency_picture" not in found:
        raise Failed(f"it tells of {', '.join(map(str, found))}")
    facts = found["latency_picture"]["facts"]
    if facts["count"] < 100 or sum(count for _upper, count in facts["steps"]) != facts["count"]:
        raise Failed(f"it tells {facts}")
    return found["latency_picture"]["says"]


for module in ("vhci-hcd", "uvcvideo"):
    subprocess.run(["modprobe", module], check=True)
FIRST = Camera(SIMULATOR, f"{WORK}/frames", "First Cam", MODES)
wait_for_node(FIRST.name)
os.makedirs(HOME, exist_ok=True)
with open(f"{HOME}/token", "w") as token:
    token.write("a-token-of-nobody\n")
os.chmod(f"{HOME}/token", 0o600)
with open(f"{HOME}/kiosk.toml", "w") as config:
    config.write(CONFIG)
display = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1280x800x24"], stderr=subprocess.DEVNULL)
os.environ.update(DISPLAY=DISPLAY, HOME=HOME, LIBGL_ALWAYS_SOFTWARE="1", RUST_LOG="coupon_kiosk=debug", NO_COLOR="1")
wait_until("the display", 20, lambda: os.path.exists(f"/tmp/.X11-unix/X{DISPLAY[1:]}"))
log = open(LOG, "w")
KIOSK = subprocess.Popen([PROGRAM, "--config", f"{HOME}/kiosk.toml", "--lang", "en", "run"], stdout=log, stderr=log)
table = Table(keeps=True)
try:
    table.case("window", lambda: f"opened, and live after {wait_state('live', 30):.1f} s")
    table.case("window, the camera's states", walk)
    table.case("window, another camera", choose)
    table.case("window, ended", close)
    table.case("window, the doctor afterwards", doctor)
finally:
    KIOSK.kill()
    display.terminate()
sys.exit(1 if table.failed else 0)
