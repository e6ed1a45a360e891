"""Reminders for 300 people in 5 time zones over a simulated month, with holidays and deaths."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

import pytest
from pytest_django import Settings

from tests.debriefs.month import LATEST, TICK, Month, Postman

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., tuple[Month, dict[tuple[int, date], datetime]]]


@pytest.fixture
def run(transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    settings.EMAIL_BACKEND = "tests.debriefs.month.Postman"

    def run_month(*, deaths: float) -> tuple[Month, dict[tuple[int, date], datetime]]:
        """The month, and when each person got the digest of each local day."""
        monkeypatch.setattr(Postman, "sent", [])
        monkeypatch.setattr(Postman, "deaths", deaths)
        monkeypatch.setattr(Postman, "in_doubt", [])
        month = Month(random.Random(2026))
        month.populate()
        month.run()
        days = [month.key_of(at, to) for at, to, _ in Postman.sent]
        assert [key for key, n in Counter(days).items() if n > 1] == []
        assert len({message_id for _, _, message_id in Postman.sent}) == len(days)
        return month, dict(zip(days, (at for at, _, _ in Postman.sent), strict=True))

    return run_month


def test_each_gets_one_digest_a_day_at_their_hour_exactly_when_something_is_open(run: Run) -> None:
    month, got = run(deaths=0)
    assert got == month.expected()
    assert len(got) > 1000


def test_none_twice_when_workers_die_in_the_middle(run: Run) -> None:
    """Lost are those alone of which nobody can know; what a death delays comes within four hours,
    unless nothing is open any more by then."""
    month, got = run(deaths=0.01)
    expected = month.expected()
    assert len(month.killed_at) > 30
    assert set(got) - set(expected) == set()
    assert all(expected[key] <= at < expected[key] + LATEST for key, at in got.items())
    late_or_lost = {key for key, at in expected.items() if got.get(key) != at}
    hit = {key for key, at in expected.items() if _may_be_hit(at, month.killed_at)}
    assert late_or_lost <= hit
    lost = set(expected) - set(got)
    in_doubt = {month.key_of(at, to) for at, to in Postman.in_doubt}
    assert in_doubt <= lost
    assert in_doubt
    assert all(_ended_meanwhile(month, key, expected[key]) for key in lost - in_doubt)


def _ended_meanwhile(month: Month, key: tuple[int, date], at: datetime) -> bool:
    return not all(month.waits(key[0], at + hours * TICK) for hours in (1, 2, 3))


def _may_be_hit(at: datetime, killed_at: list[datetime]) -> bool:
    return any(at <= killed < at + LATEST for killed in killed_at)
