#!/usr/bin/env python3
"""Copy the third-party assets that pages use into `static/vendor/`, from pinned packages.

Run by hand after a version changes here: `python3 scripts/vendor_assets.py`. Each package is fetched with
`npm pack`, compared with its SHA-512, and only the named files are copied, with their licence. The icon
sprite is built from the names below and our own logo. The result is committed, so nobody else needs npm.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "icons" / "sprite.svg"
LOGO = ROOT / "static" / "icons" / "logo.svg"
AXE = ROOT / "tests" / "vendor"
SOURCE_MAP_LINE = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*")


@dataclass(frozen=True)
class Package:
    """One npm package: its exact version, the SHA-512 of its archive, and where its files go."""

    name: str
    version: str
    sha512: str
    files: dict[str, Path]


LUCIDE = Package(
    "lucide-static",
    "1.62.0",
    "WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
    {"LICENSE": VENDOR / "lucide" / "LICENSE.txt"},
)

PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        {
            "dist/css/bootstrap.min.css": VENDOR / "bootstrap" / "bootstrap.min.css",
            "LICENSE": VENDOR / "bootstrap" / "LICENSE.txt",
        },
    ),
    Package(
        "htmx.org",
        "4.0.1",
        "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
        {
            "dist/htmx.min.js": VENDOR / "htmx" / "htmx.min.js",
            "dist/ext/hx-csp.min.js": VENDOR / "htmx" / "hx-csp.min.js",
            "LICENSE": VENDOR / "htmx" / "LICENSE.txt",
        },
    ),
    Package(
        "sortablejs",
        "1.15.7",
        "Kk8wLQPlS+yi1ZEf48a4+fzHa4yxjC30M/Sr2AnQu+f/MPwvvX9XjZ6OWejiz8crBsLwSq8GHqaxaET7u6ux0A==",
        {
            "modular/sortable.esm.js": VENDOR / "sortablejs" / "sortable.esm.js",
            "LICENSE": VENDOR / "sortablejs" / "LICENSE.txt",
        },
    ),
    Package(
        "@fontsource-variable/fraunces",
        "5.3.0",
        "9BYGySn4AHEJdgp9Z28tQ3X+laJMEOITXkQarZXeloWQZDq5oOvXJ3kDA8c7MGIfpogIaZfjrQBqmda8POOCKA==",
        {
            "files/fraunces-latin-wght-normal.woff2": VENDOR / "fonts" / "fraunces.woff2",
            "LICENSE": VENDOR / "fonts" / "fraunces-LICENSE.txt",
        },
    ),
    Package(
        "@fontsource-variable/instrument-sans",
        "5.3.0",
        "u4gKbDBTNFGkg997tfQn3eHOhHuquWUFTRT/rwzuKtrxX5P2ekfs2x+LgBPP4P32+cC+vUwF1Cr+IdRoPQbrGw==",
        {
            "files/instrument-sans-latin-wght-normal.woff2": VENDOR
            / "fonts"
            / "instrument-sans.woff2",
            "LICENSE": VENDOR / "fonts" / "instrument-sans-LICENSE.txt",
        },
    ),
    Package(
        "axe-core",
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        {"axe.min.js": AXE / "axe.min.js", "LICENSE": AXE / "axe-LICENSE.txt"},
    ),
)

ICONS = (
    "arrow-down arrow-left arrow-right arrow-up book-open building-2 calendar chart-column check chevron-down"
    " chevron-left chevron-right circle-alert circle-check circle-question-mark clock copy download external-link"
    " eye file-text flag funnel globe grip-vertical handshake history house inbox info key-round lightbulb list-checks"
    " loader-circle lock log-out mail menu message-square minus package pencil plus printer quote refresh-cw search"
    " settings shield-check sun-moon swords tag target trash-2 trending-up triangle-alert trophy upload user users x"
).split()


def fetch(package: Package, directory: Path) -> tarfile.TarFile:
    """The opened archive of `package`; stops the script when its hash isn't the pinned one."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True)
    archive = directory / done.stdout.split()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.sha512:
        sys.exit(f"{package.name} {package.version}: SHA-512 is {digest}, not the pinned one")
    return tarfile.open(archive)


def read(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        sys.exit(f"package/{path} is not in the archive")
    return member.read()


def copy_files(package: Package, archive: tarfile.TarFile) -> None:
    """Write the named files without their source map lines, which would name files that aren't here."""
    for source, target in package.files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(SOURCE_MAP_LINE.sub(b"", read(archive, source)))


def symbol(name: str, svg: str, attributes: str) -> str:
    """One `<symbol>` holding the drawing of a stand-alone SVG."""
    drawing = re.sub(
        r"\s+", " ", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    ).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24" {attributes}>{drawing.replace("> <", "><")}</symbol>'


def write_sprite(archive: tarfile.TarFile) -> None:
    """Write the sprite: every icon draws in the colour of the text around it."""
    stroke = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    symbols = [symbol(name, read(archive, f"icons/{name}.svg").decode(), stroke) for name in ICONS]
    logo = LOGO.read_text().replace("#a8321a", "currentColor")
    symbols.append(symbol("logo", logo, stroke))
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        for package in PACKAGES:
            with fetch(package, Path(directory)) as archive:
                copy_files(package, archive)
        with fetch(LUCIDE, Path(directory)) as archive:
            copy_files(LUCIDE, archive)
            write_sprite(archive)


if __name__ == "__main__":
    main()
