"""Findings as sentences that a manager understands."""

from collections.abc import Callable
from datetime import date

from trends.dashboard.words import day, percent
from trends.signals.judging import Kind
from trends.signals.panel import Company
from trends.signals.scan import UP
from trends.signals.series import Series, Subject, Value
from trends.signals.shape import Change
from trends.signals.standing_out import StandingOut
from trends.statistics import fewest

_WITHIN: dict[Subject, str] = {
    Subject.SEGMENT: " in {}",
    Subject.WINNER: " where we lost to {}",
    Subject.STAGE: " at {}",
}
_COUNTED: dict[Subject, str] = {
    Subject.REASON: "Losses put down to “{}”{}",
    Subject.WINNER: "Losses to {}{}",
    Subject.COMPETITOR: "Deals in which we met {}{}",
    Subject.STAGE: "Losses at {}{}",
    Subject.SEGMENT: "Losses in {}{}",
}
_OF: dict[Subject, str] = {
    Subject.REASON: "debriefed losses",
    Subject.WINNER: "losses",
    Subject.COMPETITOR: "closed deals",
    Subject.STAGE: "losses",
    Subject.SEGMENT: "closed deals there",
}


def title(series: Series, name: Callable[[Value], str]) -> str:
    """What a series is about: “Losses to Norvik in Mid-market”."""
    within = _WITHIN[series.within.subject].format(name(series.within)) if series.within else ""
    return _COUNTED[series.of.subject].format(name(series.of), within)


def sentence(company: Company, series: Series, kind: Kind, direction: int, change: Change) -> str:
    """The change with its figures, without how likely it is."""
    about = title(series, company.name)
    if kind is Kind.NEW:
        return _arrived(company, about, change)
    verb = "rose" if direction == UP else "fell"
    if kind is Kind.DRIFT:
        since = company.weeks.monday(change.onset)
        verb = f"{verb} steadily since {since:%B %Y}"
    shares = _shares(series, change)
    before, after = _whole(change.a_quarter_before), _whole(change.a_quarter)
    if (float(after) - float(before)) * direction > 0:
        return (
            f"{about} {verb} from {before} to {after} a quarter{f' ({shares})' if shares else ''}"
        )
    return f"{about} {verb} as a share ({shares}; {before} and now {after} a quarter)"


def standing_out_sentence(company: Company, found: StandingOut) -> str:
    """Of every ten, how many, and what comes next."""
    series, following = company.book.series[found.place], company.book.series[found.next_place]
    about = title(series, company.name)
    times = found.hits / found.next_hits if found.next_hits else float("inf")
    more = "more than twice as many as" if times > 2 else "half as many again as"
    return (
        f"{about} stand out: {found.hits:,} of {found.deals:,} losses within a year "
        f"({percent(found.hits / found.deals)}), {more} for {company.name(following.of)}, "
        f"the next, with {found.next_hits:,}"
    )


def _arrived(company: Company, about: str, change: Change) -> str:
    since: date = company.weeks.monday(change.onset)
    return (
        f"New: {_lower(about)}. {change.hits:,} of {change.deals:,} since {day(since)}, "
        f"none in the {change.weeks_before} weeks before"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _shares(series: Series, change: Change) -> str:
    """From which to which share; nothing where a share would rest on fewer than five deals."""
    if min(change.deals, change.deals_before) < fewest():
        return ""
    of = _OF[series.of.subject]
    if series.within is not None:
        of = {Subject.SEGMENT: f"{of} there", Subject.WINNER: f"{of} to it"}.get(
            series.within.subject, f"{of} at it"
        )
    return f"{percent(change.share_before)} to {percent(change.share)} of {of}"


def _whole(a_quarter: float) -> str:
    """Deals a quarter: whole from one on, else to a tenth."""
    return f"{a_quarter:.0f}" if a_quarter >= 0.95 or a_quarter == 0 else f"{a_quarter:.1f}"
