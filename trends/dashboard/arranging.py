"""The list in which the overview is arranged: what stands on it first, in order, then the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trends.dashboard.catalogue import WIDGETS
from trends.dashboard.catalogue.overview import OVERVIEW

UP, DOWN = "up", "down"


@dataclass(frozen=True)
class ArrangedLine:
    """One figure of the list. `focus` names its button that takes the focus: it was just moved."""

    key: str
    title: str
    chosen: bool
    is_first: bool
    is_last: bool
    focus: str = ""


def lines_of(chosen: Sequence[str] | None, *, move: str = "") -> list[ArrangedLine]:
    """All figures; without an arrangement the standard overview's are the chosen ones.

    `move` is what was just done, as `moved` takes it.
    """
    standard = [each.key for each in OVERVIEW.widgets]
    shown = [key for key in (standard if chosen is None else chosen) if key in WIDGETS]
    rest = [key for key in WIDGETS if key not in shown]
    way, _, moved_key = move.partition(":")
    lines = [
        ArrangedLine(
            key,
            WIDGETS[key].title,
            chosen=place < len(shown),
            is_first=place == 0,
            is_last=place == len(shown) - 1,
        )
        for place, key in enumerate([*shown, *rest])
    ]
    return [
        replace(line, focus=_focus(line, way)) if line.key == moved_key else line for line in lines
    ]


def _focus(line: ArrangedLine, way: str) -> str:
    """The button that was pressed, or its fellow where the line can't go on that way."""
    if way == UP:
        return DOWN if line.is_first else UP
    return UP if line.is_last else DOWN


def moved(keys: Sequence[str], move: str) -> list[str]:
    """The keys with one of them a place further up or down, as `up:KEY` or `down:KEY` says."""
    way, _, key = move.partition(":")
    found = list(dict.fromkeys(keys))
    if key not in found or way not in (UP, DOWN):
        return found
    place = found.index(key)
    other = place - 1 if way == UP else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
