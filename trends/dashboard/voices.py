"""What debriefs say of the deals in which one competitor was met, in words the reader may see."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models

from debriefs.models import (
    Answer,
    Audience,
    CitedReason,
    Debrief,
    DebriefVersion,
    FactorScore,
    Rating,
    closings_owed_by,
)
from people.models import User
from trends import engine
from trends.dashboard.state import DashboardState
from trends.query import TrendQuery
from trends.snapshot import store

LATEST_DEALS = 300
MOST = 6
# The questions whose yes, on a deal that was won, says what worked against a rival.
STRENGTHS = ("positioning", "value_roi", "objections")


@dataclass(frozen=True)
class Voice:
    """Words from one debrief. `about` is what they were said on."""

    words: str
    about: str
    deal: str
    closed_on: date
    debrief_id: int


@dataclass(frozen=True)
class Voices:
    """Buyers' words on lost deals, and what helped in won ones, the latest first."""

    buyers: tuple[Voice, ...]
    what_worked: tuple[Voice, ...]


def voices_of(state: DashboardState, competitor: int, viewer: User) -> Voices:
    """From the latest deals of the page's period and filters in which they were met.

    Private words are left out, though a coach may read them: this page is shown around.
    """
    met = state.filtered("competitor", (str(competitor),))
    return Voices(
        buyers=tuple(_buyers(_versions(met.asking("lost"), viewer), viewer)),
        what_worked=tuple(_worked(_versions(met.asking("won"), viewer), viewer)),
    )


def basis_of(viewer: User) -> Hashable:
    """What the words depend on beside the tally: the latest version, and what the reader owes."""
    latest = DebriefVersion.objects.aggregate(models.Max("pk"))["pk__max"]
    owed = closings_owed_by(viewer).order_by("closing").values_list("closing", flat=True)
    return latest, tuple(owed)


def _versions(query: TrendQuery, viewer: User) -> list[int]:
    """The current versions of the counting debriefs of the latest deals, as far as readable."""
    closings = engine.drill(query, {}, viewer, limit=LATEST_DEALS).closing_ids
    debriefs = Debrief.objects.visible_to(viewer).counting().filter(closing__in=closings)
    return [pk for pk in debriefs.values_list("current_version", flat=True) if pk]


def _buyers(versions: list[int], viewer: User) -> Iterable[Voice]:
    quoted = CitedReason.objects.visible_to(viewer).filter(version__in=versions).exclude(quote="")
    for each in quoted.select_related("reason", *_DEAL).order_by(*_LATEST, "rank")[:MOST]:
        yield _voice(each, each.quote, each.reason.name)


def _worked(versions: list[int], viewer: User) -> Iterable[Voice]:
    """Notes on factors that helped, then reasons given for a yes to our strengths."""
    labels = store.held.labels
    factors, questions = dict(labels.factors), dict(labels.questions)
    helped = FactorScore.objects.visible_to(viewer).filter(version__in=versions, score__gte=1)
    helped = helped.exclude(audience=Audience.PRIVATE)
    for each in helped.exclude(note="").select_related(*_DEAL).order_by(*_LATEST)[:MOST]:
        yield _voice(each, each.note, factors.get(each.key, each.key))
    answers = Answer.objects.visible_to(viewer).filter(
        version__in=versions, key__in=STRENGTHS, rating=Rating.YES
    )
    answers = answers.exclude(audience=Audience.PRIVATE)
    for answer in answers.exclude(text="").select_related(*_DEAL).order_by(*_LATEST)[:MOST]:
        yield _voice(answer, answer.text, questions.get(answer.key, answer.key))


_DEAL = ("version__debrief__closing__deal",)
_LATEST = ("-version__debrief__closing__closed_on", "-version__debrief")


def _voice(row: CitedReason | FactorScore | Answer, words: str, about: str) -> Voice:
    debrief = row.version.debrief
    closing = debrief.closing
    return Voice(words, about, closing.deal.name, closing.closed_on, debrief.pk)
