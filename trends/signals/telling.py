"""From findings to rows: what a signal says on the day it is told."""

from datetime import date

from trends.signals.judging import QUARTERS_A_YEAR, Finding
from trends.signals.models import Signal, SignalKind
from trends.signals.panel import Company
from trends.signals.quarters import chance
from trends.signals.scan import UP
from trends.signals.series import Series, Subject, Value
from trends.signals.standing_out import StandingOut
from trends.signals.words import sentence, standing_out_sentence, title

STANDS_OUT = "stands_out|"  # before the series' own key: it may change beside
_RAREST_P = 1e-12


def signal_of(company: Company, finding: Finding, *, today: date) -> Signal:
    """The row of a change, not yet saved."""
    change, series = finding.change, company.book.series[finding.place]
    words = sentence(company, series, finding.kind, finding.direction, change)
    return Signal(
        **_about(company, finding.place),
        kind=SignalKind(finding.kind.value),
        direction=finding.direction,
        onset=company.weeks.monday(change.onset),
        seen_until=company.weeks.last_day,
        hits=change.hits,
        deals=change.deals,
        hits_before=change.hits_before,
        deals_before=change.deals_before,
        weeks_before=change.weeks_before,
        strength=finding.strength,
        p_value=finding.score,
        once_in_quarters=finding.once_in_quarters,
        any_once_in_quarters=finding.any_once_in_quarters,
        series_watched=len(company.book.series),
        likewise=[title(company.book.series[place], company.name) for place in finding.likewise],
        sentence=f"{words}; {chance(finding.once_in_quarters)}.",
        raised_on=today,
    )


def standing_out_signal(company: Company, found: StandingOut, *, today: date) -> Signal:
    """The row of what stands out; its figures before are those of the next."""
    once = 1 / max(found.p_value, _RAREST_P)
    about = _about(company, found.place)
    about["series"] = STANDS_OUT + about["series"]
    return Signal(
        **about,
        kind=SignalKind.STANDS_OUT,
        direction=UP,
        onset=company.weeks.monday(found.onset),
        seen_until=company.weeks.last_day,
        hits=found.hits,
        deals=found.deals,
        hits_before=found.next_hits,
        deals_before=found.deals,
        weeks_before=found.week - found.onset,
        strength=found.p_value,
        p_value=found.p_value,
        once_in_quarters=once * QUARTERS_A_YEAR,
        any_once_in_quarters=once * QUARTERS_A_YEAR,
        series_watched=len(company.book.series),
        sentence=f"{standing_out_sentence(company, found)}.",
        raised_on=today,
    )


def title_of(signal: Signal) -> str:
    """What a signal is about, by the names of the day it was told."""
    of = Value(Subject(signal.dimension), signal.value)
    names = {of: signal.name}
    within = None
    if signal.within_dimension:
        within = Value(Subject(signal.within_dimension), signal.within_value)
        names[within] = signal.within_name
    return title(Series(of, within), lambda value: names[value])


def _about(company: Company, place: int) -> dict[str, str]:
    series = company.book.series[place]
    within = series.within
    return {
        "series": series.key,
        "dimension": series.of.subject.value,
        "value": series.of.id,
        "name": company.name(series.of),
        "within_dimension": within.subject.value if within else "",
        "within_value": within.id if within else "",
        "within_name": company.name(within) if within else "",
    }
