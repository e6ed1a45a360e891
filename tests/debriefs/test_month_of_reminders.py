"""Reminders for 300 people in 5 time zones over a simulated month, with holidays and deaths."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from tests.debriefs.month import LATEST, Month, Postman

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., tuple[Month, dict[tuple[int, date], datetime]]]


@pytest.fixture
def run(transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    settings.EMAIL_BACKEND = "tests.debriefs.month.Postman"

    def run_month(*, deaths: float) -> tuple[Month, dict[tuple[int, date], datetime]]:
        """The month, and when each person got the digest of each local day."""
        monkeypatch.setattr(Postman, "sent", [])
        monkeypatch.setattr(Postman, "deaths", deaths)
        month = Month(random.Random(2026))
        month.populate()
        month.run()
        by_address = {person.email: person for person in month.people.values()}
        mails = [(by_address[to], at) for at, to, _ in Postman.sent]
        days = [(p.pk, at.astimezone(ZoneInfo(p.time_zone)).date()) for p, at in mails]
        assert [key for key, n in Counter(days).items() if n > 1] == []
        assert len({message_id for _, _, message_id in Postman.sent}) == len(mails)
        return month, dict(zip(days, (at for _, at in mails), strict=True))

    return run_month


def test_each_gets_one_digest_a_day_at_their_hour_exactly_when_something_is_open(run: Run) -> None:
    month, got = run(deaths=0)
    assert got == month.expected()
    assert len(got) > 1000


def test_none_twice_when_workers_die_in_the_middle(run: Run) -> None:
    """What a death leaves out is left out for that day; what it delays comes within four hours."""
    month, got = run(deaths=0.01)
    expected = month.expected()
    assert len(month.killed_at) > 30
    assert set(got) - set(expected) == set()
    assert all(expected[key] <= at < expected[key] + LATEST for key, at in got.items())
    late_or_lost = {key for key, at in expected.items() if got.get(key) != at}
    hit = {key for key, at in expected.items() if _may_be_hit(at, month.killed_at)}
    assert late_or_lost <= hit
    lost = len(expected) - len(got)
    assert lost < 2 * len(month.killed_at)


def _may_be_hit(at: datetime, killed_at: list[datetime]) -> bool:
    return any(at <= killed < at + LATEST for killed in killed_at)
