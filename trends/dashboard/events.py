"""The annotations of a period, as marks for its charts."""

from common.periods import Period
from trends.dashboard.marks import Event, Marks
from trends.models import Annotation, AnnotationKind


def marks_within(period: Period) -> Marks:
    """One query, whatever their number."""
    found = Annotation.objects.within(period).order_by("day", "pk")
    return Marks(
        tuple(
            Event(day, AnnotationKind(kind).label, words)
            for day, kind, words in found.values_list("day", "kind", "words")
        )
    )
