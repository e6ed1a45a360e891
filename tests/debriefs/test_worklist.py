"""“Your debriefs” looks at the first of each kind, whatever a person has."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from debriefs.queries import worklist
from debriefs.queries.worklist import worklist_of
from people.models import User
from tests.factories import DebriefRequestFactory, closed_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "COUNTED_AT_MOST", 3)
    monkeypatch.setattr(worklist, "LONGEST", 2)


@pytest.mark.parametrize(
    ("deals", "total", "more"), [(2, "2", ""), (3, "3", "1 more"), (5, "3+", "more than 1 more")]
)
@pytest.mark.usefixtures("few_are_counted")
def test_of_closed_deals_without_a_debrief_those_entered_last_are_looked_at(
    rep: User, deals: int, total: str, more: str
) -> None:
    closings = [
        closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 9 - day)})
        for day in range(deals)
    ]
    undone = worklist_of(rep).undone
    expected = closings[-4:][:2]
    assert [item.closing_id for item in undone.items] == [each.pk for each in expected]
    assert (undone.total_words, undone.more) == (total, more)


@pytest.mark.usefixtures("few_are_counted")
def test_of_many_requests_those_due_first_are_looked_at(rep: User, manager: User) -> None:
    due = timezone.now()
    made = [
        DebriefRequestFactory.create(
            closing=closed_deal(owner=rep), due_at=due + timedelta(days=days)
        )
        for days in range(5)
    ]
    own, teams = worklist_of(rep).waiting, worklist_of(manager).teams
    assert teams is not None
    for some in (own, teams):
        assert [item.request_id for item in some.items] == [each.pk for each in made[:2]]
        assert (some.total_words, some.more) == ("3+", "more than 1 more")
