"""What stands on a dashboard page beside the figures of the tally, in one statement.

By hand, since every such page asks it: writing three querysets' statements takes longer than
answering them. A test holds it equal to them.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from common.periods import Period
from people.models import User
from trends.access import may_lead
from trends.dashboard.marks import Event, Marks
from trends.models import AnnotationKind

CHANGES_SHOWN = 3

_BESIDE = """
SELECT
    (SELECT jsonb_agg(jsonb_build_array(day, kind, words) ORDER BY day, id)
        FROM trends_annotation WHERE day BETWEEN %(since)s AND %(until)s),
    (SELECT jsonb_agg(jsonb_build_array(id, sentence) ORDER BY place) FROM (
        SELECT id, sentence, row_number() OVER (
            ORDER BY state <> 'new', raised_on DESC, strength, id
        ) AS place
        FROM trends_signal WHERE state <> 'over' AND %(overview)s
    ) standing WHERE place <= %(most)s),
    (SELECT widgets FROM trends_arrangement WHERE person_id = %(arranger)s)
"""


@dataclass(frozen=True)
class Changed:
    """A signal in the strip of the newest ones."""

    pk: int
    sentence: str


@dataclass(frozen=True)
class Beside:
    """The annotations of the period; on the overview the newest signals, and its widgets in the
    reader's own order, None for the standard one."""

    marks: Marks = field(default_factory=Marks)
    changed: tuple[Changed, ...] = ()
    arranged: tuple[str, ...] | None = None


def beside_figures(period: Period, viewer: User, *, overview: bool = False) -> Beside:
    asked: dict[str, Any] = {
        "since": period.since,
        "until": period.until,
        "overview": overview,
        "most": CHANGES_SHOWN,
        "arranger": viewer.pk if overview and may_lead(viewer) else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, asked)
        marked, changed, arranged = map(_read, cursor.fetchone())
    return Beside(
        Marks(tuple(_event(*each) for each in marked)),
        tuple(Changed(*each) for each in changed),
        tuple(arranged) or None,
    )


def _read(column: str | None) -> list[Any]:
    """Django has PostgreSQL's JSON come as text."""
    return json.loads(column) if column else []


def _event(day: str, kind: str, words: str) -> Event:
    return Event(date.fromisoformat(day), AnnotationKind(kind).label, words)
