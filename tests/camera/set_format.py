"""set_format.py DEVICE FOURCC: leaves a camera in a format, as another program might have."""

import fcntl
import os
import struct
import sys

VIDIOC_S_FMT = 0xC0D05605
VIDEO_CAPTURE = 1

device, letters = sys.argv[1:3]
node = os.open(device, os.O_RDWR)
# struct v4l2_format: the type, padding to 8, then width, height, pixelformat and field of v4l2_pix_format.
wanted = struct.pack("=II", VIDEO_CAPTURE, 0) + struct.pack("=II4sI", 1280, 720, letters.encode(), 1)
given = fcntl.ioctl(node, VIDIOC_S_FMT, wanted.ljust(208, b"\0"))
taken = given[16:20].decode()
os.close(node)
if taken != letters:
    sys.exit(f"{device} took {taken}")
