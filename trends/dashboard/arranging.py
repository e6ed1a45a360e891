"""The list in which the overview is arranged: what stands on it first, in order, then the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from trends.dashboard.catalogue import WIDGETS
from trends.dashboard.catalogue.overview import OVERVIEW

UP, DOWN = "up", "down"


@dataclass(frozen=True)
class ArrangedLine:
    """One figure of the list. `has_moved` is the one that was just moved, which takes the focus."""

    key: str
    title: str
    chosen: bool
    is_first: bool
    is_last: bool
    has_moved: bool


def lines_of(chosen: Sequence[str] | None, *, moved_key: str = "") -> list[ArrangedLine]:
    """All figures; without an arrangement the standard overview's are the chosen ones."""
    standard = [each.key for each in OVERVIEW.widgets]
    shown = [key for key in (standard if chosen is None else chosen) if key in WIDGETS]
    rest = [key for key in WIDGETS if key not in shown]
    return [
        ArrangedLine(
            key,
            WIDGETS[key].title,
            chosen=place < len(shown),
            is_first=place == 0,
            is_last=place == len(shown) - 1,
            has_moved=key == moved_key,
        )
        for place, key in enumerate([*shown, *rest])
    ]


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
