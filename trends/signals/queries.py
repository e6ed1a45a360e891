"""What the pages and the API say of signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString

from common.clock import company_today
from people.models import User
from trends import engine
from trends.dashboard.words import day
from trends.errors import TrendError
from trends.queries import DealRow, deals_behind
from trends.query import TrendQuery
from trends.signals.figures import deals_cell, deals_query, deals_url, over_time
from trends.signals.models import Direction, Signal, SignalKind, SignalMute, SignalState
from trends.signals.telling import title_of
from trends.signals.typical import TypicalWords, typical_words

MOST_OVER = 50
DEALS_SHOWN = 8
WORDS_FROM = 300
TOGETHER = timedelta(weeks=8)


@dataclass(frozen=True)
class Listed:
    """A signal in a list."""

    signal: Signal
    since: str

    @property
    def badge(self) -> str:
        """What kind of change it is, in two words."""
        if self.signal.kind in (SignalKind.NEW, SignalKind.STANDS_OUT):
            return SignalKind(self.signal.kind).label
        way = "up" if self.signal.direction == Direction.UP else "down"
        return f"Drift {way}" if self.signal.kind == SignalKind.DRIFT else f"Level {way}"

    @property
    def tone(self) -> str:
        """How its state is shown: what nobody has looked at stands out."""
        return {SignalState.NEW: "caution", SignalState.OVER: ""}.get(
            SignalState(self.signal.state), "note"
        )

    @property
    def title(self) -> str:
        """What it is about, such as “Losses to Norvik in Mid-market”."""
        return title_of(self.signal)


@dataclass(frozen=True)
class SignalList:
    """The page. `told` is None for who isn't told of signals in any case."""

    standing: list[Listed]
    over: list[Listed]
    told: bool | None


@dataclass(frozen=True)
class Step:
    """One step of a signal's history. To partners without who and why, which are for sales."""

    code: str
    at: datetime
    by: str
    note: str

    @property
    def state(self) -> str:
        return SignalState(self.code).label


@dataclass(frozen=True)
class SignalPage:
    """One signal. `chart` is empty where what it is about can't be asked for any more."""

    listed: Listed
    chart: SafeString
    deals: tuple[DealRow, ...]
    deals_total: int
    deals_open: int
    deals_url: str
    words: TypicalWords | None
    together: list[Listed]
    likewise: list[str]
    steps: list[Step]
    may_take_up: bool


def signal_list(viewer: User) -> SignalList:
    """Signals are aggregates of no team and no person: everybody who may sign in reads them."""
    standing = Signal.objects.standing().latest_first()
    over = Signal.objects.over().order_by("-ended_on", "-pk")[:MOST_OVER]
    return SignalList(
        [_listed(each) for each in standing], [_listed(each) for each in over], told_of(viewer)
    )


def told_of(viewer: User) -> bool | None:
    if not (viewer.is_manager or viewer.is_admin):
        return None
    return not SignalMute.objects.filter(person=viewer).exists()


def signal_page(signal: Signal, viewer: User) -> SignalPage:
    """A signal with all that is known of it, as far as it is the viewer's to see."""
    chart, rows, total, opened, words = _evidence(signal, viewer)
    return SignalPage(
        listed=_listed(signal),
        chart=chart,
        deals=rows,
        deals_total=total,
        deals_open=opened,
        deals_url=deals_url(signal) if chart else "",
        words=words,
        together=[_listed(each) for each in _together(signal)],
        likewise=list(signal.likewise),
        steps=steps_of(signal, in_sales=viewer.in_sales),
        may_take_up=may_take_up(viewer),
    )


def may_take_up(viewer: User) -> bool:
    return viewer.is_manager or viewer.is_admin


def _evidence(
    signal: Signal, viewer: User
) -> tuple[SafeString, tuple[DealRow, ...], int, int, TypicalWords | None]:
    """Chart, deals and words; nothing of them where the value was merged away since."""
    try:
        chart = over_time(signal, viewer, today=company_today())
        behind = deals_behind(deals_query(signal), deals_cell(signal), viewer)
        words = _words(signal, viewer)
    except TrendError:
        return SafeString(), (), 0, 0, None
    return chart, behind.rows[:DEALS_SHOWN], behind.total, behind.open_to_viewer, words


def _words(signal: Signal, viewer: User) -> TypicalWords:
    """Of the latest of its deals against other losses of the same time and of the year before it."""
    mine = engine.drill(deals_query(signal), deals_cell(signal), viewer, limit=WORDS_FROM)
    since = signal.onset - timedelta(days=365)
    others = TrendQuery(measure="lost", since=since, until=signal.seen_until)
    all_losses = engine.drill(others, {}, viewer, limit=4 * WORDS_FROM)
    own = set(mine.closing_ids)
    rest = [pk for pk in all_losses.closing_ids if pk not in own]
    return typical_words(mine.closing_ids, rest, viewer)


def _together(signal: Signal) -> Sequence[Signal]:
    """Other signals that began within eight weeks of this one."""
    began = (signal.onset - TOGETHER, signal.onset + TOGETHER)
    others = Signal.objects.filter(onset__range=began).exclude(pk=signal.pk)
    if signal.kind == SignalKind.STANDS_OUT:
        return []
    return list(others.exclude(kind=SignalKind.STANDS_OUT).latest_first()[:DEALS_SHOWN])


def steps_of(signal: Signal, *, in_sales: bool) -> list[Step]:
    """The history, first step first."""
    steps = signal.steps.all()
    if not in_sales:
        return [Step(each.state, each.at, "", "") for each in steps]
    return [Step(each.state, each.at, str(each.by) if each.by else "", each.note) for each in steps]


def _listed(signal: Signal) -> Listed:
    return Listed(signal, day(signal.onset))
