"""Places in a sorted list. A page begins after one, so that the deepest costs as the first."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

LARGEST = 2**63 - 1


class Sort(models.TextChoices):
    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    AMOUNT = "amount", "Largest first"

    @property
    def column(self) -> str:
        return "amount_rank" if self == Sort.AMOUNT else "closed_on"

    @property
    def is_descending(self) -> bool:
        return self != Sort.OLDEST


@dataclass(frozen=True)
class Cursor:
    """The last entry of a page: its sort value, then its debrief's id."""

    value: date | int
    debrief_id: int

    @classmethod
    def parse(cls, text: str, sort: Sort) -> "Cursor":
        """Reads `2026-03-10~812`. ValueError when it is no place in a list so sorted."""
        value, _, debrief_id = text.partition("~")
        try:
            place = _whole(value) if sort == Sort.AMOUNT else date.fromisoformat(value)
            return cls(place, _whole(debrief_id))
        except ValueError:
            raise ValueError(
                "This page of the list can't be found; start from the first."
            ) from None

    def __str__(self) -> str:
        return f"{self.value}~{self.debrief_id}"

    def beyond(self, sort: Sort, *, backwards: bool) -> Q:
        """Entries that come after this place, or before it."""
        step = "lt" if sort.is_descending != backwards else "gt"
        column = sort.column
        return Q(**{f"{column}__{step}e": self.value}) & (
            Q(**{f"{column}__{step}": self.value}) | Q(**{f"debrief__{step}": self.debrief_id})
        )


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(f"{number} is no id or amount")
    return number


def ordering(sort: Sort, *, backwards: bool) -> tuple[str, str]:
    sign = "-" if sort.is_descending != backwards else ""
    return f"{sign}{sort.column}", f"{sign}debrief"
