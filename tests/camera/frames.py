"""frames.py OUT: the frames that the cases of guest.py show, made of those that the rig's mkframes.py made of a and b."""

import io
import os
import sys

import numpy
from PIL import Image, ImageFilter

out = sys.argv[1]
SIZE = "1280x720"


def jpegs(name):
    with open(f"{out}/{name}/{SIZE}.mjpg", "rb") as file:
        data = file.read()
    return [part + b"\xff\xd9" for part in data.split(b"\xff\xd9") if part]


def write(name, frames, extension="mjpg", size=SIZE):
    os.makedirs(f"{out}/{name}", exist_ok=True)
    with open(f"{out}/{name}/{size}.{extension}", "wb") as file:
        file.write(b"".join(frames))


whole = jpegs("a")
# Cut off after a third, and ended as if nothing were missing.
write("cut", [frame[: len(frame) // 3] + b"\xff\xd9" for frame in whole])
small = io.BytesIO()
Image.open(io.BytesIO(whole[0])).resize((640, 360)).save(small, "JPEG", quality=85)
write("other-size", [small.getvalue()])
write("no-picture", [bytes(range(200)) * 50 + b"\xff\xd9"])
# The empty counter, and a phone far away in a dim shop, before a cheap lens that leaves rows out for its smaller mode: the
# long code has modules of 1.6 pixels in the smaller picture and of 2.4 in the larger one.
phone = Image.open("fixtures/codes/link.png").convert("RGB")
dice = numpy.random.default_rng(1)
LARGE, USUAL = (1920, 1080), (1280, 720)
counter = Image.new("RGB", LARGE, (110, 115, 120))
held = counter.copy()
scale = 0.23 * LARGE[1] / phone.height
small = phone.resize((int(phone.width * scale), int(phone.height * scale)), Image.LANCZOS)
held.paste(small, ((LARGE[0] - small.width) // 2, (LARGE[1] - small.height) // 2))
seen = numpy.asarray(held.filter(ImageFilter.GaussianBlur(0.7))).astype(float)
far = {LARGE: [], USUAL: []}
for _ in range(10):
    noisy = (seen - 128) * 0.5 + 128 + dice.normal(0, 6, seen.shape[:2])[..., None]
    picture = Image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8))
    for size in far:
        frame = io.BytesIO()
        picture.resize(size, Image.NEAREST).save(frame, "JPEG", quality=80, subsampling="4:2:2")
        far[size].append(frame.getvalue())
for size, frames in far.items():
    frame = io.BytesIO()
    counter.resize(size).save(frame, "JPEG")
    write("far", frames, size=f"{size[0]}x{size[1]}")
    write("counter", [frame.getvalue()], size=f"{size[0]}x{size[1]}")
# The same phone as of camera a, in a smaller picture.
half = io.BytesIO()
Image.open(io.BytesIO(whole[0])).resize((640, 480)).save(half, "JPEG", quality=85)
write("a", [half.getvalue()], size="640x480")
# The simulators for these formats play the file that the YUYV one plays.
picture = Image.open(io.BytesIO(whole[0])).convert("L")
grey = picture.tobytes()
write("grey", [grey], "yuyv")
write("nv12", [grey + b"\x80" * (len(grey) // 2)], "yuyv")
