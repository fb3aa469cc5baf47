"""Makes the static fonts of the letters: see scripts/fonts, which calls this.

usage: fonts.py WOFF2_FOLDER OUT_FOLDER
"""

import os
import sys

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# The web fonts come in pieces by script; each piece is a variable font.
PIECES = ["latin", "latin-ext", "vietnamese"]
WEIGHTS = {"HankenGrotesk-Regular.ttf": (400, "Regular"), "HankenGrotesk-Bold.ttf": (680, "Bold")}
# What a letter needs of a font: outlines, metrics, the character map and kerning.
KEEP = {"GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post", "GPOS"}


def options():
    o = subset.Options()
    o.layout_features = ["kern"]
    o.hinting = False
    o.notdef_outline = True
    o.glyph_names = True
    o.legacy_kern = False
    o.name_IDs = ["*"]
    o.name_languages = ["*"]
    return o


def piece(path, weight, taken):
    """One piece at one weight, without the characters an earlier piece has."""
    font = instancer.instantiateVariableFont(TTFont(path, recalcTimestamp=False), {"wght": weight})
    for tag in list(font.keys()):
        if tag not in KEEP:
            del font[tag]
    want = [c for c in font.getBestCmap() if c not in taken]
    # Combining marks stay: composed letters are made of them and names may hold one alone.
    s = subset.Subsetter(options())
    s.populate(unicodes=want)
    s.subset(font)
    taken.update(want)
    return font


def rename(font, weight, style):
    family = "Hanken Grotesk"
    names = {1: family, 2: style, 3: f"{family} {style} {weight} (letter)", 4: f"{family} {style}",
             6: f"HankenGrotesk-{style}"}
    for record in list(font["name"].names):
        if record.nameID in names or record.nameID > 14:
            font["name"].names.remove(record)
    for i, text in names.items():
        font["name"].setName(text, i, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def make(folder, out, weight, style):
    taken, parts = set(), []
    for name in PIECES:
        part = piece(os.path.join(folder, f"hanken-grotesk-{name}-wght-normal.woff2"), weight, taken)
        path = f"{out}.{name}.tmp"
        part.save(path)
        parts.append(path)
    stamp = TTFont(parts[0])["head"].modified
    font = merge.Merger().merge(parts)
    rename(font, weight, style)
    # The merged font's limits are recomputed; its date stays the source's, so a second run gives the same bytes.
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created = stamp
    font["post"].formatType = 3.0
    font.save(out)
    for path in parts:
        os.remove(path)
    print(os.path.basename(out), len(TTFont(out).getBestCmap()), "characters", os.path.getsize(out), "bytes")


def main():
    folder, out = sys.argv[1:]
    for name, (weight, style) in WEIGHTS.items():
        make(folder, os.path.join(out, name), weight, style)


main()
