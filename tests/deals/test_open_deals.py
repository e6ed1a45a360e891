"""A deal is open while no closing of it stands, whoever closes, reopens or removes."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.facts import DealFacts, by_import
from deals.models import Closing, Deal, Outcome
from deals.queries import open_deals
from deals.services import (
    Incoming,
    change_closing,
    close_deal,
    create_deal,
    merge_entry,
    record_deal,
    record_deals,
    reopen_deal,
)
from people.models import Role, Team, User
from people.services import merge_people
from tests.factories import (
    AccountFactory,
    ClosingFactory,
    DealFactory,
    ProductFactory,
    UserFactory,
    closed_deal,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
LOST = DealFacts(name="Big deal", outcome=Outcome.NO_DECISION, closed_on=DAY)
fill = import_module("deals.migrations.0006_is_open_of_what_stands")


def brought(facts: DealFacts, deal: str = "D-1") -> None:
    record_deal(facts, source="crm", external_id=deal, by=None, provenance=by_import(1))


def without_a_standing_closing() -> set[int]:
    closed = Closing.objects.filter(reopened_at=None).values("deal")
    return set(Deal.objects.exclude(pk__in=closed).values_list("pk", flat=True))


def told_open() -> set[int]:
    """The column as it is once the transaction ends."""
    connection.check_constraints()
    return set(Deal.objects.open().values_list("pk", flat=True))


def open_names() -> set[str]:
    assert told_open() == without_a_standing_closing()
    return set(Deal.objects.open().values_list("name", flat=True))


def test_a_deal_entered_by_hand_closed_reopened_and_closed_again(rep: User) -> None:
    deal = create_deal(DealFacts(name="Pitch"), by=rep)
    assert open_names() == {"Pitch"}
    close_deal(deal, closed_on=DAY, outcome=Outcome.NO_DECISION, by=rep)
    assert open_names() == set()
    reopen_deal(deal, by=rep)
    assert open_names() == {"Pitch"}
    again = close_deal(deal, closed_on=DAY, outcome=Outcome.WON, by=rep)
    change_closing(again, DealFacts(outcome=Outcome.NO_DECISION), by=rep)
    assert open_names() == set()


def test_an_import_brings_closes_reopens_and_turns_a_loss_into_a_later_win() -> None:
    brought(LOST)
    brought(DealFacts(name="Open"), "D-2")
    assert open_names() == {"Open"}
    brought(replace(LOST, name="Open"), "D-2")
    brought(DealFacts(outcome=None))
    assert open_names() == {"Big deal"}
    brought(LOST)
    brought(DealFacts(outcome=Outcome.WON, closed_on=DAY + timedelta(days=30)))
    assert Closing.objects.filter(deal__name="Big deal").count() == 3
    assert open_names() == set()


@pytest.mark.parametrize("rows", [3, 60])
def test_a_batch_is_written_as_it_stands(rows: int) -> None:
    """Few rows are inserted, many copied."""
    opened, closed = DealFacts(name="Deal", outcome=None), replace(LOST, name="Deal")

    def bring(most_open: bool) -> None:
        """Every third is the other way round."""
        kinds = [opened, closed] if most_open else [closed, opened]
        batch = [Incoming(str(n), kinds[n % 3 == 0]) for n in range(rows)]
        record_deals(batch, source="crm", by=None, provenance=by_import(1))

    for most_open in (False, True, False):
        bring(most_open)
        assert told_open() == without_a_standing_closing()
        assert len(told_open()) == (rows * 2 // 3 if most_open else rows // 3)


def test_merging_accounts_products_and_people_opens_and_closes_nothing(admin: User) -> None:
    wrong, unknown = AccountFactory.create(), UserFactory.create(is_active=False, email=None)
    DealFactory.create(name="Open", account=wrong, owner=unknown)
    closing = closed_deal(name="Closed", account=wrong, owner=unknown)
    merge_entry(wrong, into=AccountFactory.create(), by=admin)
    merge_entry(closing.deal.product, into=ProductFactory.create(), by=admin)
    merge_people(unknown, into=admin, by=admin)
    assert open_names() == {"Open"}


def test_a_closing_that_is_deleted_leaves_its_deal_open_and_a_deleted_deal_nothing() -> None:
    first, second = closed_deal(name="First"), closed_deal(name="Second")
    first.delete()
    second.deal.delete()
    assert open_names() == {"First"}


def test_a_closing_that_moves_to_another_deal_takes_its_end_with_it() -> None:
    closing, other = closed_deal(name="Not this one"), DealFactory.create(name="This one")
    Closing.objects.filter(pk=closing.pk).update(deal=other)
    assert open_names() == {"Not this one"}


def test_saving_a_deal_as_it_was_read_long_ago_does_not_open_it() -> None:
    read_long_ago = DealFactory.create(name="Before")
    ClosingFactory.create(deal=read_long_ago)
    read_long_ago.name = "Renamed"
    read_long_ago.save()
    Deal.objects.update(is_open=True)
    assert Deal.objects.get().name == "Renamed"
    assert open_names() == set()


def test_a_deal_that_comes_in_as_closed_without_a_closing_is_open() -> None:
    DealFactory.create(name="Half written", is_open=False)
    assert open_names() == {"Half written"}


STEPS = ("close", "reopen", "delete closing", "save", "bring open", "bring closed", "delete")
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), max_size=12)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
def test_whatever_happens_in_whatever_order(taken: list[tuple[str, int]]) -> None:
    Closing.objects.all().delete()
    Deal.objects.all().delete()
    by = User.objects.filter(username="acts").first() or UserFactory.create(username="acts")
    held = [create_deal(DealFacts(name=f"{n}"), by=by) for n in range(3)]
    for step, number in taken:
        _take(step, held[number], by)
        assert told_open() == without_a_standing_closing(), (step, number)


def _take(step: str, read_long_ago: Deal, by: User) -> None:
    deal: Any = Deal.objects.filter(pk=read_long_ago.pk).first()
    if step == "bring open":
        brought(DealFacts(name="Brought", outcome=None))
    elif step == "bring closed":
        brought(replace(LOST, closed_on=DAY + timedelta(days=Closing.objects.count())))
    elif deal is None:
        return
    elif step == "save":
        read_long_ago.save()
    elif step == "delete":
        deal.delete()
    elif step == "delete closing":
        deal.closings.all().delete()
    elif step == "close" and deal.is_open:
        close_deal(deal, closed_on=DAY, outcome=Outcome.NO_DECISION, by=by)
    elif step == "reopen" and not deal.is_open:
        reopen_deal(deal, by=by)


def test_the_migration_tells_of_what_is_open_some_ids_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Open", "Never closed"):
        DealFactory.create(name=name)
    closed_deal(name="Closed")
    ClosingFactory.create(deal__name="Reopened", reopened_at="2026-10-01T00:00:00Z")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE deals_deal SET is_open = false")
        cursor.execute("SET LOCAL session_replication_role = origin")
    monkeypatch.setattr(fill, "IDS_AT_A_TIME", 2)
    fill.tell_of_open_deals(None, Mock(connection=connection))
    assert open_names() == {"Open", "Never closed", "Reopened"}


def test_who_sees_open_deals_by_the_list_is_who_sees_them_one_by_one(
    rep: User, teammate: User, outsider: User, manager: User, admin: User, partner: User, team: Team
) -> None:
    DealFactory.create(owner=None)
    for owner in (rep, teammate, outsider, manager):
        DealFactory.create(owner=owner)
        closed_deal(owner=owner)
    for viewer in (rep, teammate, outsider, manager, admin, partner):
        seen = Deal.objects.visible_to(viewer).open().order_by("-pk")
        assert list(Deal.objects.open_to(viewer).order_by("-pk")) == list(seen)
        listed = [line.id for line in open_deals(viewer).lines]
        assert listed == [deal.pk for deal in seen]
    assert len(open_deals(rep).lines) == 1
    assert len(open_deals(manager).lines) == 3
    assert {each.role for each in (rep, manager, admin, partner)} == set(Role)
