"""What still waits for somebody: half-written debriefs, and differences to decide on."""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from deals.facts import BY_API, by_person
from deals.models import Closing, DealConflict, Outcome
from deals.services.conflicts import encode, shown
from debriefs.models import DebriefRequest, Draft
from debriefs.services.drafts import begin_debrief
from people.models import User
from reflection.demo.company import LOGINS, NORVIK
from reflection.demo.stories import DEADLY_STAGE

DRAFTS = 6
WRITER = "demo"
CONFLICTS = 4

HALF_WRITTEN_LOSS = {
    "reasons.1.reason": "no_access",
    "reasons.1.basis": "inferred",
    "answers.pain_points.rating": "yes",
    "answers.pain_points.text": "They walked us through it on site, that part was good.",
    "answers.decision_makers.rating": "no",
    "answers.decision_makers.text": "Finance came in at the very end and I had nobody there. I think the",
}
HALF_WRITTEN_WIN = {
    "answers.pain_points.rating": "yes",
    "answers.value_roi.rating": "partly",
    "answers.value_roi.text": "The figure from the pilot did it. We could have had it four weeks earlier if",
}


def write_drafts(people: dict[str, User]) -> None:
    """The rep who can sign in has one of the fresh debriefs half written; so have some others."""
    rep = people[LOGINS[0].name]
    waiting = DebriefRequest.objects.open().select_related("closing", "person")
    mine = waiting.of(rep).exclude(closing__outcome=Outcome.WON).order_by("due_at")[:1]
    others = waiting.exclude(person=rep).order_by("closing__deal__external_id")[: DRAFTS - 1]
    for request in [*mine, *others]:
        _write_draft(request)


def _write_draft(request: DebriefRequest) -> None:
    debrief = begin_debrief(request.closing, author=request.person)
    typed = HALF_WRITTEN_LOSS if request.closing.is_lost else HALF_WRITTEN_WIN
    Draft.objects.filter(debrief=debrief).update(
        fields={name: [value, n, WRITER] for n, (name, value) in enumerate(typed.items(), start=1)},
        revision=len(typed),
        sequences={WRITER: len(typed)},
        active_seconds=95,
        saved_at=timezone.now() - timedelta(hours=2),
    )


@dataclass(frozen=True)
class _Difference:
    field: str
    theirs: Any


def write_conflicts() -> None:
    """On some deals the CRM says otherwise than the owner did; the owner's value stands."""
    rng = random.Random(WRITER)
    lost = Closing.objects.current().filter(outcome=Outcome.LOST_TO_COMPETITOR, amount__gt=0)
    told = lost.exclude(winner__name=NORVIK).exclude(stage__name=DEADLY_STAGE)
    closings = told.with_facts().order_by("-closed_on", "-pk")[3 : 3 + CONFLICTS]
    for place, closing in enumerate(closings):
        _write_conflict(closing, _difference(closing, place, rng))


def _difference(closing: Closing, place: int, rng: random.Random) -> _Difference:
    amount = closing.amount or Decimal(0)
    choices = (
        _Difference("amount", amount + rng.randint(2, 9) * 500),
        _Difference("closed_on", closing.closed_on - timedelta(days=3)),
        _Difference("outcome", Outcome.NO_DECISION),
        _Difference("amount", amount * 2),
    )
    return choices[place % len(choices)]


def _write_conflict(closing: Closing, difference: _Difference) -> None:
    deal, name = closing.deal, difference.field
    ours = Outcome(closing.outcome) if name == "outcome" else getattr(closing, name)
    if deal.owner is not None:
        deal.provenance[name] = by_person(deal.owner)
        deal.save(update_fields=["provenance"])
    DealConflict.objects.create(
        deal=deal,
        field=name,
        ours=shown(name, ours),
        theirs=shown(name, difference.theirs),
        value=encode(difference.theirs),
        source=BY_API,
    )
