"""phones.py list SET EVERY: every EVERYth picture of a set that has one code, a line each with its text.
phones.py split FRAMES OUT: of the rig's frames, each in a folder of its own: OUT/0, OUT/1, ..."""

import csv
import os
import sys

SIZE = "1280x720"


def listed(folder, every):
    with open(f"{folder}/manifest.csv", newline="") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["texts"]]
    for row in rows[::every]:
        print(row["path"], row["texts"])


def split(frames, out):
    with open(f"{frames}/{SIZE}.mjpg", "rb") as file:
        parts = [part + b"\xff\xd9" for part in file.read().split(b"\xff\xd9") if part]
    for number, part in enumerate(parts):
        os.makedirs(f"{out}/{number}")
        with open(f"{out}/{number}/{SIZE}.mjpg", "wb") as file:
            file.write(part)


if sys.argv[1] == "list":
    listed(sys.argv[2], int(sys.argv[3]))
else:
    split(sys.argv[2], sys.argv[3])
