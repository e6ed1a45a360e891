"""Signals for other programs."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from common.api import REFUSALS, ApiRefused, Text
from people.api import caller
from trends.signals.figures import deals_url
from trends.signals.models import Direction, Signal, SignalState
from trends.signals.queries import steps_of
from trends.signals.telling import title_of

router = Router(tags=["Trends"])

MOST = 200
ALL = "all"
STANDING = "standing"


class ValueOut(Schema):
    """A value of a dimension, by the id that `GET /trends` takes as a filter."""

    dimension: str
    id: str
    name: str


class SignalStepOut(Schema):
    state: str
    at: datetime
    by: str = Field(description="Empty for the job, and to partners.")
    note: str


class SignalOut(Schema):
    """One change beyond chance; figures are those of the day it was told.

    Of a value that stands out, `hits_before` is the count of the next value.
    """

    id: int
    title: str
    sentence: str
    of: ValueOut
    within: ValueOut | None
    kind: str
    direction: str
    state: str
    onset: date
    seen_until: date
    hits: int
    deals: int
    hits_before: int
    deals_before: int
    weeks_before: int
    p_value: float
    once_in_quarters: float = Field(description="How rarely chance does this to this series.")
    any_once_in_quarters: float = Field(
        description="How rarely chance shows any signal as strong, over all series watched."
    )
    series_watched: int
    likewise: list[str]
    raised_on: date
    ended_on: date | None
    ended_because: str
    deals_path: str = Field(description="The page of the deals behind it.")
    history: list[SignalStepOut]


class SignalsOut(Schema):
    signals: list[SignalOut]


@router.get("/signals", response={200: SignalsOut, **REFUSALS}, url_name="signals")
def signals(request: HttpRequest, state: Text = STANDING) -> SignalsOut:
    """What changed beyond chance, newest first: `state` is one of new, watched, explained,
    acted_on, over, `standing` (all but over) or `all`. At most 200."""
    person = caller(request)
    found = Signal.objects.prefetch_related("steps__by").order_by("-raised_on", "-pk")
    if state == STANDING:
        found = found.standing()
    elif state in set(SignalState.values):
        found = found.filter(state=state)
    elif state != ALL:
        known = ", ".join([*SignalState.values, STANDING, ALL])
        raise ApiRefused(422, "state", f"“{state}” is no state.", f"Choose from {known}.")
    return SignalsOut(signals=[_out(each, in_sales=person.in_sales) for each in found[:MOST]])


def _out(signal: Signal, *, in_sales: bool) -> SignalOut:
    within = (
        ValueOut(dimension=signal.within_dimension, id=signal.within_value, name=signal.within_name)
        if signal.within_dimension
        else None
    )
    return SignalOut(
        id=signal.pk,
        title=title_of(signal),
        sentence=signal.sentence,
        of=ValueOut(dimension=signal.dimension, id=signal.value, name=signal.name),
        within=within,
        kind=signal.kind,
        direction=Direction(signal.direction).name.lower(),
        state=signal.state,
        onset=signal.onset,
        seen_until=signal.seen_until,
        hits=signal.hits,
        deals=signal.deals,
        hits_before=signal.hits_before,
        deals_before=signal.deals_before,
        weeks_before=signal.weeks_before,
        p_value=signal.p_value,
        once_in_quarters=signal.once_in_quarters,
        any_once_in_quarters=signal.any_once_in_quarters,
        series_watched=signal.series_watched,
        likewise=signal.likewise,
        raised_on=signal.raised_on,
        ended_on=signal.ended_on,
        ended_because=signal.ended_because,
        deals_path=deals_url(signal),
        history=[
            SignalStepOut(state=each.code, at=each.at, by=each.by, note=each.note)
            for each in steps_of(signal, in_sales=in_sales)
        ],
    )
