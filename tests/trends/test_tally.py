"""The tally: exact after any change, cheap where little changed, and never in the way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deals.events import CATALOGUE_CHANGED, DEAL_CHANGED, RATE_CHANGED
from deals.models import Currency
from outbox.models import Delivery, Event
from outbox.services import record
from people.events import MEMBERSHIP_CHANGED
from tests.factories import (
    ClosingFactory,
    CompetitorFactory,
    CurrencyFactory,
    LossReasonFactory,
    MembershipFactory,
    ProductFactory,
    RateFactory,
    closed_deal,
    submitted_debrief,
)
from tests.trends import world as worlds
from tests.trends.world import World, build_world
from trends import services, source
from trends.check import check
from trends.engine import run
from trends.models import Block, TallyState
from trends.query import TrendQuery
from trends.services import Touched, bring_up_to_date, catch_up, rebuild
from trends.snapshot import store
from trends.subscribers import touched_by


def contents() -> dict[str, bytes]:
    return {block.name: bytes(block.content) for block in Block.objects.all()}


def lost(**filters: str) -> int:
    return run(TrendQuery(measure="lost").where(**filters), None).total.n


def tell(kind: str, **payload: object) -> None:
    with transaction.atomic():
        record(kind, payload=payload)


@pytest.mark.django_db
def test_an_instance_without_deals_has_an_answer_before_and_after_its_first_tally() -> None:
    assert run(TrendQuery(by=("reason",)), None).rows == ()
    assert run(TrendQuery(), None).as_of is None
    catch_up()
    answer = run(TrendQuery(by=("reason",), measure="mentions"), None)
    assert (answer.rows, answer.total.n, answer.coverage.rate) == ((), 0, None)
    assert answer.as_of is not None


@pytest.mark.django_db
def test_a_deal_counts_in_the_month_it_closed_and_leaves_the_one_it_left() -> None:
    closing = closed_deal(closing={"closed_on": date(2026, 3, 10)})
    catch_up()
    assert lost() == 1
    closing.closed_on = date(2026, 5, 1)
    closing.save()
    report = bring_up_to_date(Touched(deal_ids=frozenset({closing.deal_id})))
    assert (report.months_dropped, report.months_built) == (["2026-03"], ["2026-05"])
    months = [block.name for block in Block.objects.filter(deals__gt=0)]
    assert months == ["2026-05"]


@pytest.mark.django_db
def test_a_reopened_deal_counts_by_its_next_closing_only() -> None:
    closing = closed_deal(closing={"closed_on": date(2026, 3, 10)})
    closing.reopened_at = datetime(2026, 3, 20, tzinfo=UTC)
    closing.save()
    rebuild()
    assert lost() == 0
    ClosingFactory.create(deal=closing.deal, number=2, closed_on=date(2026, 4, 2))
    bring_up_to_date(Touched(deal_ids=frozenset({closing.deal_id})))
    assert lost() == 1
    assert check().differences == []


@pytest.mark.django_db
def test_the_same_event_twice_changes_nothing() -> None:
    closing = closed_deal()
    catch_up()
    before = dict(Block.objects.values_list("name", "version"))
    for _ in range(2):
        tell(DEAL_CHANGED, deal_ids=[closing.deal_id])
        catch_up()
    assert dict(Block.objects.values_list("name", "version")) == before


@pytest.mark.django_db
def test_a_changed_rate_retallies_the_days_it_changes() -> None:
    CurrencyFactory.create(code="EUR")
    rate = RateFactory.create(rate="2", since=date(2020, 1, 1))
    closed_deal(closing={"amount": "10.005", "currency_id": "EUR", "closed_on": date(2026, 3, 10)})
    catch_up()
    amount = TrendQuery(measure="lost_amount")
    assert str(run(amount, None).total.value) == "20.01"
    rate.rate = "3"
    rate.save()
    tell(RATE_CHANGED, currency="EUR", since="2020-01-01", until=None)
    catch_up()
    assert str(run(amount, None).total.value) == "30.02"


@pytest.mark.django_db
def test_half_minor_units_round_to_even_and_unknown_amounts_are_listed() -> None:
    for amount in ("0.005", "0.015", "0", None):
        closed_deal(closing={"amount": amount})
    closed_deal(closing={"amount": "5", "currency_id": CurrencyFactory.create(code="XTS").pk})
    rebuild()
    total = run(TrendQuery(measure="lost_amount"), None).total
    assert (str(total.value), total.n, total.unknown) == ("0.02", 2, 3)


@pytest.mark.django_db
def test_zero_on_a_won_deal_is_zero() -> None:
    closed_deal(closing={"amount": "0", "outcome": "won"})
    rebuild()
    total = run(TrendQuery(measure="won_amount"), None).total
    assert (str(total.value), total.n, total.unknown) == ("0.00", 1, 0)


@pytest.mark.django_db
def test_a_move_dated_in_the_past_moves_the_deals_closed_since() -> None:
    closing = closed_deal(closing={"closed_on": date(2026, 3, 10)})
    membership = MembershipFactory.create(user=closing.deal.owner)
    rebuild()
    other = MembershipFactory._meta.model(user=closing.deal.owner, since=date(2026, 3, 1))
    membership.until = date(2026, 3, 1)
    membership.save()
    other.team = MembershipFactory.create().team
    other.save()
    tell(MEMBERSHIP_CHANGED, user_id=closing.deal.owner_id, since="2026-03-01", until=None)
    catch_up()
    assert lost(team=str(other.team_id)) == 1
    assert lost(team=str(membership.team_id)) == 0


@pytest.mark.django_db
def test_a_merge_touches_no_month_and_is_read_both_ways() -> None:
    old, new = ProductFactory.create(name="GTXPro"), ProductFactory.create(name="GTX Pro")
    for product in (old, new, new):
        closed_deal(product=product)
    rebuild()
    versions = dict(Block.objects.filter(deals__gt=0).values_list("name", "version"))
    old.merged_into = new
    old.save()
    tell(CATALOGUE_CHANGED, catalogue="product", ids=[old.pk])
    catch_up()
    assert dict(Block.objects.filter(deals__gt=0).values_list("name", "version")) == versions
    today = run(TrendQuery(by=("product",)), None)
    recorded = run(TrendQuery.from_params({"by": "product", "list": "recorded"}), None)
    assert [(row.keys[0].label, row.n) for row in today.rows] == [("GTX Pro", 3)]
    assert [(row.keys[0].label, row.n) for row in recorded.rows] == [("GTX Pro", 2), ("GTXPro", 1)]


@pytest.mark.django_db
def test_a_name_that_a_deal_brings_is_known_without_being_told() -> None:
    rebuild()
    rival = CompetitorFactory.create(name="Norvik")
    closing = closed_deal(competitors=[rival])
    reason = LossReasonFactory.create(name="Too slow")
    submitted_debrief(closing=closing, reasons=[reason], factors={"brand_new": -2})
    tell(DEAL_CHANGED, deal_ids=[closing.deal_id])
    catch_up()
    assert lost(competitor="Norvik", reason="Too slow", factor="brand_new") == 1
    assert check().differences == []


@pytest.mark.django_db
def test_another_reporting_currency_rebuilds_by_itself(
    settings: Any,
) -> None:
    CurrencyFactory.create(code="JPY")
    RateFactory.create(currency_id=CurrencyFactory.create(code="USD").pk, rate="150.5")
    closed_deal(closing={"amount": "1.00", "currency_id": "USD"})
    rebuild()
    settings.ENV = settings.ENV.model_copy(update={"reporting_currency": "JPY"})
    catch_up()
    result = run(TrendQuery(measure="lost_amount"), None)
    assert (str(result.total.value), result.currency) == ("150", "JPY")


@pytest.mark.django_db
def test_another_layout_rebuilds_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_deal()
    rebuild()
    TallyState.objects.update(basis="0 USD 2")
    Block.objects.update(layout=0)
    assert run(TrendQuery(), None).total.n == 0
    catch_up()
    assert lost() == 1


@pytest.mark.django_db
def test_a_snapshot_is_asked_for_by_one_query_and_loads_what_changed() -> None:
    kept = closed_deal(closing={"closed_on": date(2026, 1, 5)})
    changed = closed_deal(closing={"closed_on": date(2026, 2, 5)})
    rebuild()
    before = store.current()
    assert store.current() is before
    changed.outcome = "won"
    changed.save()
    bring_up_to_date(Touched(deal_ids=frozenset({kept.deal_id, changed.deal_id})))
    after = store.current()
    assert after.months[0] is before.months[0]
    assert after.months[1] is not before.months[1]


@pytest.mark.django_db
def test_the_check_finds_a_changed_source_and_a_changed_block() -> None:
    closing = closed_deal()
    rebuild()
    assert check().differences == []
    closing.outcome = "no_decision"
    closing.save()
    found = check().differences
    assert [(each.what, each.tally, each.source) for each in found] == [
        ("outcome", "lost_to_competitor", "no_decision")
    ]
    Block.objects.filter(deals__gt=0).delete()
    assert [each.what for each in check().differences] == ["deal"]


@pytest.mark.django_db
def test_events_name_the_deals_they_touch() -> None:
    events = [
        Event(kind=DEAL_CHANGED, payload={"deal_ids": [1, 2]}),
        Event(kind="debrief.submitted", payload={"deal_id": 3, "debrief_id": 9}),
        Event(kind="reason.changed", payload={"reason_ids": [7]}),
    ]
    assert touched_by(events) == Touched(frozenset({1, 2, 3}), labels=True, accounts=False)


def edit(world: World) -> Touched:
    """One random change of the source, and what it touches."""
    random = world.random
    deal = random.choice(world.deals)
    change = random.choice(
        [
            "close",
            "reopen",
            "debrief",
            "date",
            "rate",
            "move",
            "merge",
            "new",
            "owner",
            "list",
            "meant",
        ]
    )
    if change == "rate":
        code = random.choice(["EUR", "JPY", "KWD"])
        since, until = worlds.set_rate(world, code)
        return Touched(frozenset(source.deals_in_currency(code, since, until)))
    if change == "move":
        person = random.choice(world.people)
        since = world.day()
        worlds.move(world, person, since)
        ids = source.deals_owned_by(person.pk, since, None)
        return Touched(frozenset(ids), labels=True)
    if change in ("merge", "reasons"):
        return _names_merged(world) if change == "merge" else _reasons_changed(world)
    if change == "new":
        deal = worlds.add_deal(world, f"W-{len(world.deals)}")
    closing = deal.closings.filter(reopened_at=None).first()
    if change == "close":
        worlds.close(world, deal)
    elif change == "reopen":
        worlds.reopen(deal)
    elif change == "debrief" and closing:
        worlds.debrief(world, closing, random.choice(world.people))
    elif change == "date" and closing:
        closing.closed_on = world.day()
        closing.save()
    elif change == "owner":
        deal.owner = random.choice(world.people)
        deal.save()
    return Touched(frozenset({deal.pk}))


def _names_merged(world: World) -> Touched:
    entries: Any = world.random.choice([world.products, world.accounts, world.competitors])
    worlds.merge(entries[2], entries[3])
    return Touched(labels=True, accounts=True)


def _reasons_changed(world: World) -> Touched:
    worlds.change_reasons(world, 2)
    worlds.say_what_was_meant(world, 2)
    return Touched(frozenset(each.pk for each in world.deals), labels=True)


def together(parts: list[Touched]) -> Touched:
    return Touched(
        frozenset().union(*(each.deal_ids for each in parts)),
        labels=any(each.labels for each in parts),
        accounts=any(each.accounts for each in parts),
    )


@pytest.mark.django_db
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), deals=st.integers(1, 60), edits=st.integers(1, 12))
def test_after_any_changes_a_refresh_is_byte_for_byte_a_rebuild(
    seed: int, deals: int, edits: int
) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=deals)
        rebuild()
        for _ in range(3):
            bring_up_to_date(together([edit(world) for _ in range(edits)]))
            assert check().differences == []
            refreshed = contents()
            rebuild()
            assert refreshed == contents()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [2, 4])
def test_a_rebuild_split_over_workers_is_byte_for_byte_that_of_one(workers: int) -> None:
    with transaction.atomic():
        build_world(7, deals=60)
    rebuild()
    alone = contents()
    Block.objects.all().delete()
    built = rebuild(workers=workers).months_built
    assert sorted(built) == [name for name in sorted(alone) if "-" in name]
    assert contents() == alone


@pytest.mark.django_db(transaction=True)
def test_a_split_rebuild_that_fails_leaves_the_tally_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for month in range(1, 13):
        closed_deal(closing={"closed_on": date(2025, month, 10)})
    rebuild()
    before = contents()

    def fails(*args: object, **named: object) -> None:
        raise RuntimeError("the source can't be read")

    monkeypatch.setattr(source, "rows_of_month", fails)
    with pytest.raises(RuntimeError, match="can't be read"):
        rebuild(workers=2)
    assert contents() == before


@pytest.mark.django_db
def test_a_rebuild_of_what_stands_writes_no_version() -> None:
    build_world(3, deals=20)
    rebuild()
    before = dict(Block.objects.values_list("name", "version"))
    rebuild()
    assert dict(Block.objects.values_list("name", "version")) == before


@pytest.mark.django_db
def test_a_month_touched_by_more_than_a_third_is_built_anew() -> None:
    closings = [
        closed_deal(closing={"closed_on": date(2026, 3, 1) + timedelta(n)}) for n in range(9)
    ]
    rebuild()
    for closing in closings:
        closing.outcome = "postponed"
        closing.save()
    few = bring_up_to_date(Touched(frozenset(closing.deal_id for closing in closings[:3])))
    assert (few.months_patched, few.months_built) == (["2026-03"], [])
    many = bring_up_to_date(Touched(frozenset(closing.deal_id for closing in closings[3:])))
    assert (many.months_patched, many.months_built) == ([], ["2026-03"])


@pytest.mark.django_db
def test_the_tally_takes_all_waiting_events_as_one() -> None:
    for closing in [closed_deal() for _ in range(5)]:
        tell(DEAL_CHANGED, deal_ids=[closing.deal_id])
    assert catch_up() == 5
    assert Delivery.objects.filter(subscriber=services.TALLY).pending().count() == 0
    assert lost() == 5
    assert Currency.objects.exists()
