#!/usr/bin/env python3
"""Make the fonts of reports, `trends/printing/fonts/*.ttf`, from the packages that pages use.

The typesetter reads no WOFF2, and charts name weights, so each weight becomes a file of its own: Latin and
Latin Extended of Instrument Sans and Fraunces (both OFL 1.1, whose licences lie beside them). Run by hand
after a version changes in `vendor_assets.py`: `uv run --with fonttools==4.60.1 --with brotli scripts/print_fonts.py`.
The result is committed.
"""

import io
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-not-found]
from fontTools.varLib.instancer import (  # type: ignore[import-not-found]
    instantiateVariableFont,
)
from vendor_assets import PACKAGES, Package, fetch, read

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "trends" / "printing" / "fonts"
EXTENDED = "Ext"  # a family of its own, to fall back on for letters beyond Latin-1

WEIGHTS = {
    "instrument-sans": ("Instrument Sans", (400, 600)),
    "fraunces": ("Fraunces", (560,)),
}


def main() -> None:
    """Two subsets of each weight."""
    FONTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        for package in PACKAGES:
            key = package.name.rpartition("/")[2]
            if key in WEIGHTS:
                make(package, key, Path(directory))


def make(package: Package, key: str, directory: Path) -> None:
    family, weights = WEIGHTS[key]
    with fetch(package, directory) as archive:
        (FONTS / f"{key}-LICENSE.txt").write_bytes(read(archive, "LICENSE"))
        for subset, name in (("latin", family), ("latin-ext", f"{family} {EXTENDED}")):
            source = read(archive, f"files/{key}-{subset}-wght-normal.woff2")
            for weight in weights:
                font = instance(source, name, weight)
                font.save(FONTS / f"{key}-{subset}-{weight}.ttf")


def instance(source: bytes, family: str, weight: int) -> TTFont:
    """One weight as a plain TrueType font. What is not quite 400 or 600 goes by the nearer name."""
    font = instantiateVariableFont(TTFont(io.BytesIO(source)), {"wght": weight})
    font.flavor = None
    called = 400 if weight < 500 else 600
    style = "Regular" if called == 400 else "SemiBold"
    font["OS/2"].usWeightClass = called
    names = {1: family, 2: style, 4: f"{family} {style}", 16: family, 17: style}
    names[6] = f"{family} {style}".replace(" ", "")
    font["name"].names = [each for each in font["name"].names if each.nameID in (0, 13, 14)]
    for place, words in names.items():
        font["name"].setName(words, place, 3, 1, 0x409)
    return font


if __name__ == "__main__":
    main()
