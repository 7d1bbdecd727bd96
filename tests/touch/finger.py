#!/usr/bin/env python3
"""Fingers on the glass of an Xorg whose touch screen is the inputtest driver.

finger.py SOCKET WIDTH HEIGHT reads commands, one a line, and answers each with a line when it is done:

    down ID X Y     a finger touches          wait MILLIS
    move ID X Y     it moves                  pixel-change X Y   milliseconds from here until the pixel changes
    up ID           it lifts                  watch X Y          remembers the pixel for pixel-change

The driver takes one connection a run. Its messages are those of xf86-input-inputtest-protocol.h, version 1.1.
"""

import ctypes
import socket
import struct
import sys
import time

CLIENT_VERSION, WAIT_FOR_SYNC, TOUCH = 0, 1, 6
BEGIN, UPDATE, END = 18, 19, 20
VALUATORS = 64
# The driver's axes of a touch go from 0 to this, over the whole screen.
AXIS = 0xFFFF


class Glass:
    def __init__(self, path, width, height):
        self.size = (width, height)
        self.at = {}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.socket.sendall(struct.pack("<IIHH", 12, CLIENT_VERSION, 1, 1))
        self.answer()

    def answer(self):
        length, kind = struct.unpack("<II", self.read(8))
        self.read(length - 8)
        return kind

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise SystemExit("finger: the server closed the connection")
            data += more
        return data

    def touch(self, finger, kind):
        x, y = self.at[finger]
        places = [0.0] * VALUATORS
        places[0] = x / self.size[0] * AXIS
        places[1] = y / self.size[1] * AXIS
        mask = bytes([0b11]) + bytes(VALUATORS // 8 - 1)
        body = struct.pack("<II", finger, kind) + struct.pack("<I", 0) + mask + bytes(4)
        body += struct.pack(f"<{VALUATORS}d", *places) + struct.pack(f"<{VALUATORS}d", *places)
        self.socket.sendall(struct.pack("<II", 8 + len(body), TOUCH) + body)

    def sync(self):
        self.socket.sendall(struct.pack("<II", 8, WAIT_FOR_SYNC))
        self.answer()


class Eye:
    """One pixel of the display, as its server has it."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.x11.XGetImage.restype = ctypes.c_void_p
        self.x11.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_int] * 2 + [ctypes.c_uint] * 2 + [ctypes.c_ulong, ctypes.c_int]
        self.x11.XGetPixel.restype = ctypes.c_ulong
        self.x11.XGetPixel.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
        self.x11.XDestroyImage.argtypes = [ctypes.c_void_p]
        self.display = self.x11.XOpenDisplay(None)
        if not self.display:
            raise SystemExit("finger: there is no display")
        self.root = self.x11.XDefaultRootWindow(self.display)

    def pixel(self, x, y):
        image = self.x11.XGetImage(self.display, self.root, x, y, 1, 1, 0xFFFFFF, 2)
        value = self.x11.XGetPixel(image, 0, 0)
        self.x11.XDestroyImage(image)
        return value


def main():
    glass = Glass(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    eye, before = None, None
    for line in sys.stdin:
        word, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        said = "done"
        if word == "down":
            glass.at[numbers[0]] = tuple(numbers[1:])
            glass.touch(numbers[0], BEGIN)
        elif word == "move":
            glass.at[numbers[0]] = tuple(numbers[1:])
            glass.touch(numbers[0], UPDATE)
        elif word == "up":
            glass.touch(numbers[0], END)
            del glass.at[numbers[0]]
        elif word == "wait":
            time.sleep(numbers[0] / 1000)
        elif word == "watch":
            eye = eye or Eye()
            before = eye.pixel(*numbers)
        elif word == "pixel-change":
            began = time.monotonic()
            while eye.pixel(*numbers) == before and time.monotonic() - began < 2:
                pass
            said = f"{(time.monotonic() - began) * 1000:.0f}"
        else:
            raise SystemExit(f"finger: what is {word}?")
        if word in ("down", "move", "up"):
            glass.sync()
        print(said, flush=True)


main()
