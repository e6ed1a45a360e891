"""Reports as PDF and PNG, set by typst in this process: no browser, no network, fonts from here."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from trends.printing.report import Report

HERE = Path(__file__).parent
PIXELS_PER_INCH = 144


def pdf(report: Report) -> bytes:
    """A4 pages with their numbers; fonts are embedded, text can be copied and read aloud."""
    return _set(report, "pdf", "a4")


def png(report: Report) -> bytes:
    """One picture of the whole page, 1,190 pixels wide and as high as it needs."""
    return _set(report, "png", "one")


@cache
def _fonts() -> typst.Fonts:
    """Ours, and typst's own for what ours don't have. The machine's stay out: a page is the same everywhere."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")]
    )


def _set(report: Report, kind: Literal["pdf", "png"], paper: str) -> bytes:
    """A compiler for each call, since one keeps the input of the last, and threads share processes."""
    compiler = typst.Compiler(
        input=(HERE / "report.typ").read_bytes(),
        root=str(HERE),
        font_paths=_fonts(),
        sys_inputs={"report": json.dumps(report.as_data()), "paper": paper},
    )
    made = compiler.compile(format=kind, ppi=PIXELS_PER_INCH)
    if not isinstance(made, bytes):
        raise TypeError(f"a {kind} of one piece was wanted")
    return made
