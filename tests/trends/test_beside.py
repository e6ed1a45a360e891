"""What stands beside the figures: as the models say it, in one statement."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from common.periods import Period
from people.models import User
from tests.factories import SignalFactory
from trends.dashboard.beside import CHANGES_SHOWN, Beside, beside_figures
from trends.dashboard.services import arrange_overview
from trends.models import Annotation, AnnotationKind
from trends.signals.models import Signal

pytestmark = pytest.mark.django_db

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def test_the_newest_signals_are_those_of_the_list_of_signals(rep: User) -> None:
    told = ("2026-11-02", 1.0), ("2026-11-02", 0.5), ("2026-11-09", 2.0), ("2026-10-05", 3.0)
    for state in ("watched", "new", "over", "explained"):
        for raised_on, strength in told:
            ended = {"ended_on": date(2026, 11, 20)} if state == "over" else {}
            SignalFactory.create(state=state, raised_on=raised_on, strength=strength, **ended)
    for _ in range(4):
        newest = Signal.objects.standing().latest_first()[:CHANGES_SHOWN]
        changed = beside_figures(YEAR, rep, overview=True).changed
        assert [(each.pk, each.sentence) for each in changed] == [
            (each.pk, each.sentence) for each in newest
        ]
        Signal.objects.filter(pk__in=[each.pk for each in newest]).delete()


def test_the_annotations_are_those_of_the_period_the_earliest_first(rep: User) -> None:
    days = ("2026-12-31", "2026-01-01", "2025-12-31", "2027-01-01", "2026-12-31")
    for number, day in enumerate(days):
        Annotation.objects.create(day=day, kind="price", words=f"“{number}” %s\n{{}}")
    within = Annotation.objects.within(YEAR).order_by("day", "pk")
    assert [(e.day, e.kind, e.words) for e in beside_figures(YEAR, rep).marks.events] == [
        (each.day, AnnotationKind.PRICE.label, each.words) for each in within
    ]


def test_the_order_is_the_readers_own_and_only_for_who_may_arrange(
    manager: User, other_manager: User
) -> None:
    arrange_overview(["stages", "top-reasons"], by=manager)
    assert beside_figures(YEAR, manager, overview=True).arranged == ("stages", "top-reasons")
    assert beside_figures(YEAR, other_manager, overview=True).arranged is None
    manager.role = "rep"
    assert beside_figures(YEAR, manager, overview=True).arranged is None


def test_other_pages_than_the_overview_have_marks_alone(
    manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SignalFactory.create()
    arrange_overview(["stages"], by=manager)
    with django_assert_num_queries(1):
        assert beside_figures(YEAR, manager) == Beside()
