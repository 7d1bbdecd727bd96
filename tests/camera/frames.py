"""frames.py OUT: the frames that the cases of guest.py show, made of those that the rig's mkframes.py made of a and b."""

import io
import os
import sys

from PIL import Image

out = sys.argv[1]
SIZE = "1280x720"


def jpegs(name):
    with open(f"{out}/{name}/{SIZE}.mjpg", "rb") as file:
        data = file.read()
    return [part + b"\xff\xd9" for part in data.split(b"\xff\xd9") if part]


def write(name, frames, extension="mjpg"):
    os.makedirs(f"{out}/{name}", exist_ok=True)
    with open(f"{out}/{name}/{SIZE}.{extension}", "wb") as file:
        file.write(b"".join(frames))


whole = jpegs("a")
# Cut off after a third, and ended as if nothing were missing.
write("cut", [frame[: len(frame) // 3] + b"\xff\xd9" for frame in whole])
small = io.BytesIO()
Image.open(io.BytesIO(whole[0])).resize((640, 360)).save(small, "JPEG", quality=85)
write("other-size", [small.getvalue()])
write("no-picture", [bytes(range(200)) * 50 + b"\xff\xd9"])
# The simulators for these formats play the file that the YUYV one plays.
picture = Image.open(io.BytesIO(whole[0])).convert("L")
grey = picture.tobytes()
write("grey", [grey], "yuyv")
write("nv12", [grey + b"\x80" * (len(grey) // 2)], "yuyv")
