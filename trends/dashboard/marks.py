"""What happened meanwhile: annotations as marks on the time axis of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.charts import Annotation
from trends.dashboard.scores import place_of
from trends.dashboard.words import day
from trends.results import Key


@dataclass(frozen=True)
class Event:
    """Something that happened on a day: the kind in a word, and what in a sentence."""

    day: date
    kind: str
    words: str


@dataclass(frozen=True)
class Marks:
    """The events that a page marks, the earliest first."""

    events: tuple[Event, ...] = ()

    def among(self, time: str, periods: Sequence[Key]) -> list[Annotation]:
        """Those that lie within these periods of a time dimension."""
        placed = ((event, place_of(event.day, time, periods)) for event in self.events)
        return [
            Annotation(place, event.kind, f"{event.kind} on {day(event.day)}: {event.words}")
            for event, place in placed
            if place is not None
        ]
