"""Looking for signals after a tally, and what people make of one."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from common.clock import company_today
from deals.models import Competitor
from outbox.services import record
from people.models import User
from trends.errors import TrendError
from trends.events import SIGNAL_RAISED
from trends.signals.judging import Standing, look
from trends.signals.models import (
    TEXT_LIMIT,
    Ended,
    Signal,
    SignalKind,
    SignalLook,
    SignalMute,
    SignalState,
    SignalStep,
)
from trends.signals.notices import tell, untell
from trends.signals.panel import Company, company_of
from trends.signals.series import Subject, Value
from trends.signals.shape import Change, ending_of
from trends.signals.standing_out import standing_out, still_stands_out
from trends.signals.telling import STANDS_OUT, signal_of, standing_out_signal
from trends.snapshot import Snapshot, store

log = logging.getLogger(__name__)

LOCK = 0x516A1
TAKEN_UP = (SignalState.WATCHED, SignalState.EXPLAINED, SignalState.ACTED_ON)


@dataclass(frozen=True)
class LookReport:
    """What a look did: how many series it watched, what it told, what is over."""

    series: int
    told: tuple[Signal, ...]
    ended: tuple[Signal, ...]


@transaction.atomic
def look_for_signals() -> LookReport | None:
    """Look at today's tally; None where this day and these blocks were looked at before.

    One look at a time. What it tells, whom it tells and the event stand in one transaction, so
    that a look that died told nothing.
    """
    _lock()
    snapshot, today = store.current(), company_today()
    if not snapshot.months:
        return None
    is_first = not SignalLook.objects.exists() and not Signal.objects.exists()
    done, is_new = SignalLook.objects.get_or_create(day=today, tally=_tally_of(snapshot))
    if not is_new:
        return None
    company = company_of(snapshot, today=today, leave_out=_names_to_review())
    ended = _end_those_over(company, today)
    told = _tell_new(company, today, is_first=is_first)
    done.series, done.told, done.ended = len(company.book.series), len(told), len(ended)
    done.save(update_fields=["series", "told", "ended"])
    log.info("looked at %s series: %s told, %s over", done.series, done.told, done.ended)
    return LookReport(done.series, tuple(told), tuple(ended))


def _names_to_review() -> set[Value]:
    """Competitors as somebody wrote them: until they are kept or merged they may be known ones."""
    waiting = Competitor.objects.filter(reviewed_at=None, merged_into=None)
    ids = [str(pk) for pk in waiting.values_list("pk", flat=True)]
    return {Value(each, pk) for pk in ids for each in (Subject.WINNER, Subject.COMPETITOR)}


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _tally_of(snapshot: Snapshot) -> str:
    """Of which blocks: their names and versions."""
    versions = repr(sorted(snapshot.versions.items())).encode()
    return hashlib.sha256(versions).hexdigest()


def _end_those_over(company: Company, today: date) -> list[Signal]:
    ended = []
    for signal in Signal.objects.standing().select_for_update():
        because = _ending(company, signal)
        if because:
            signal.state, signal.ended_on, signal.ended_because = SignalState.OVER, today, because
            signal.save(update_fields=["state", "ended_on", "ended_because"])
            SignalStep.objects.create(
                signal=signal, state=SignalState.OVER, note=f"{because.label}."
            )
            untell(signal)
            ended.append(signal)
    return ended


def _ending(company: Company, signal: Signal) -> Ended | None:
    place = company.place_of(signal.series.removeprefix(STANDS_OUT))
    week = company.weeks.count
    if place is None:
        return Ended.GONE
    if signal.kind == SignalKind.STANDS_OUT:
        stands = still_stands_out(company.book, week, company.book.series[place])
        return None if stands else Ended.BACK
    ending = ending_of(change_of(company, signal), company.book.sums, place, week)
    return Ended(ending.value) if ending else None


def change_of(company: Company, signal: Signal) -> Change:
    """The figures of the day it was told, at the company's weeks of today."""
    return Change(
        onset=max(company.weeks.number(signal.onset), 0),
        week=company.weeks.number(signal.seen_until) + 1,
        hits=signal.hits,
        deals=signal.deals,
        hits_before=signal.hits_before,
        deals_before=signal.deals_before,
        weeks_before=signal.weeks_before,
    )


def _tell_new(company: Company, today: date, *, is_first: bool) -> list[Signal]:
    standing = list(Signal.objects.standing())
    found = look(
        company.book,
        company.weeks.count,
        standing=list(_standing(company, standing)),
        ended=_ended(company),
        is_first=is_first,
    )
    taken = {each.series for each in standing}
    new = [signal_of(company, each, today=today) for each in found]
    new += [
        standing_out_signal(company, each, today=today)
        for each in standing_out(company.book, company.weeks.count)
    ]
    return [_raise(each) for each in new if each.series not in taken]


def _standing(company: Company, signals: Iterable[Signal]) -> Iterable[Standing]:
    for signal in signals:
        place = company.place_of(signal.series)
        if place is not None:
            yield Standing(place, signal.direction)


def _ended(company: Company) -> dict[int, int]:
    """The weeks in which signals of a series were last over."""
    found: dict[int, int] = {}
    for series, day in Signal.objects.over().values_list("series", "ended_on"):
        place = company.place_of(series)
        if place is not None and day is not None:
            found[place] = max(found.get(place, 0), company.weeks.number(day))
    return found


def _raise(signal: Signal) -> Signal:
    signal.save(force_insert=True)
    SignalStep.objects.create(signal=signal, state=SignalState.NEW)
    record(SIGNAL_RAISED, subject=f"signal:{signal.pk}", payload={"signal_id": signal.pk})
    tell(signal, at=timezone.now())
    return signal


@transaction.atomic
def take_up_signal(signal: Signal, *, state: SignalState, note: str = "", by: User) -> Signal:
    """Somebody watches, explains or acted on a signal. TrendError for what can't be chosen.

    One that is over stays over: a note can still be added to it.
    """
    note = note.strip()
    if len(note) > TEXT_LIMIT:
        raise TrendError("note", f"Keep the note to {TEXT_LIMIT:,} characters.")
    signal = Signal.objects.select_for_update().get(pk=signal.pk)
    if signal.is_over:
        state = SignalState.OVER
        if not note:
            raise TrendError("note", "It is over: what can still be added is a note.")
    elif state not in TAKEN_UP:
        raise TrendError("state", "Choose watched, explained or acted on.")
    elif state == SignalState.EXPLAINED and not note:
        raise TrendError("note", "Say what explains it.")
    elif state == signal.state and not note:
        return signal
    SignalStep.objects.create(signal=signal, state=state, by=by, note=note)
    signal.state = state
    signal.save(update_fields=["state"])
    untell(signal)
    return signal


@transaction.atomic
def follow_signals(person: User, *, told: bool) -> None:
    """Whether a person who would be told of signals is."""
    if told:
        SignalMute.objects.filter(person=person).delete()
    else:
        SignalMute.objects.get_or_create(person=person)


def prune_looks(*, today: date) -> None:
    """Forget looks after 90 days, the last one of all apart; signals stay."""
    SignalLook.objects.filter(day__lt=today - timedelta(days=90)).delete()
