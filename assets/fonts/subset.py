#!/usr/bin/env python3
"""Makes the fonts of the window anew: `./dev fonts`.

The window carries its own Chinese glyphs, since a bare desk has none and a system's fallback may show Japanese forms.
They are cut out of Noto Sans CJK (Debian: fonts-noto-cjk), whose face number 2 holds the forms of Simplified Chinese.

The regular weight holds all of GB 2312, the bold one its first level, the 3,755 most used characters: a rarer character
in a bold line is drawn from the regular weight. Hinting and layout tables are left out: egui does not use them.

The SIL Open Font License 1.1 (OFL.txt beside this) reserves the name "Source" and lets a cut-out go under a name of its
own, so it gets one.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = pathlib.Path(__file__).resolve().parent
FROM = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/noto")
SIMPLIFIED_CHINESE = 2
FAMILY = "Kiosk Sans SC"


def gb2312(first_row, last_row):
    """The characters of these rows of the standard: 16 to 55 are the first level, 56 to 87 the second."""
    for row in range(first_row, last_row + 1):
        for cell in range(1, 95):
            try:
                yield bytes([row + 0xA0, cell + 0xA0]).decode("gb2312")
            except UnicodeDecodeError:
                pass  # an empty cell


LATIN = {chr(c) for c in [*range(0x20, 0x7F), *range(0xA0, 0x100)]}
# Dashes, quotes, dots, bullets; the yuan sign of either width; arrows.
MARKS = set("‐–—‘’“”•…′″¥￥€×÷·←↑→↓、。《》〈〉「」『』【】（）！？：；，％＋－／＝～")


def locale():
    return {c for file in (HERE.parent / "locale").glob("*.ftl") for c in file.read_text("utf-8") if c >= " "}


def make(face, name, characters):
    font = TTCollection(FROM / face).fonts[SIMPLIFIED_CHINESE]
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[ord(c) for c in characters])
    cut.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = FAMILY
        if record.nameID == 6:
            record.string = FAMILY.replace(" ", "") + "-" + name
    cff = font["CFF "].cff
    cff.fontNames = [FAMILY.replace(" ", "") + "-" + name]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = FAMILY
    font["head"].modified = font["head"].created  # the same bytes every time
    font.recalcTimestamp = False
    path = HERE / f"KioskSansSC-{name}.otf"
    font.save(path)
    print(f"{path.name}: {len(characters)} characters asked for, {path.stat().st_size} bytes")


shared = LATIN | MARKS | locale()
make("NotoSansCJK-Regular.ttc", "Regular", shared | set(gb2312(1, 87)))
make("NotoSansCJK-Bold.ttc", "Bold", shared | set(gb2312(16, 55)))
