"""A small company's losses week by week, in the database and in the tally."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from deals.models import Closing, Competitor, Deal, Outcome
from tests.factories import AccountFactory, CompetitorFactory, StageFactory, UserFactory
from trends.services import rebuild

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday: last week is over and ripe
LAST_WEEK = date(2026, 11, 16)
WEEKS = 90
A_WEEK = 10
SINCE_WEEKS = 12


def monday(weeks_ago: int) -> date:
    """Of the week that is so many weeks before the last ripe one."""
    return LAST_WEEK - timedelta(weeks=weeks_ago)


def rising(weeks_ago: int) -> int:
    """One in two weeks, then four a week."""
    return 4 if weeks_ago < SINCE_WEEKS else weeks_ago % 2


def level(weeks_ago: int) -> int:
    return weeks_ago % 2


def company_losing(to_rival: Callable[[int], int], *, weeks: int = WEEKS) -> Competitor:
    """Ten losses a week at two stages in turn, so many of them to Norvik; the tally of them."""
    rival: Competitor = CompetitorFactory.create(name="Norvik", reviewed_at=NOW)
    place = {
        "account": AccountFactory.create(segment="Mid-market"),
        "owner": UserFactory.create(username="seller"),
        "source": "crm",
        "opened_on": monday(weeks),
    }
    stages = [StageFactory.create(name=name) for name in ("Demo", "Proposal")]
    days = [
        (monday(ago) + timedelta(days=n % 5), n < to_rival(ago), stages[n % 2])
        for ago in range(weeks)
        for n in range(A_WEEK)
    ]
    deals = Deal.objects.bulk_create(
        Deal(name=f"Lost {n}", external_id=f"L-{n}", **place) for n in range(len(days))
    )
    Closing.objects.bulk_create(
        Closing(
            deal=deal,
            number=1,
            closed_on=day,
            outcome=Outcome.LOST_TO_COMPETITOR,
            stage=stage,
            winner=rival if is_theirs else None,
        )
        for deal, (day, is_theirs, stage) in zip(deals, days, strict=True)
    )
    rebuild()
    return rival
