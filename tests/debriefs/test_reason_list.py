"""Changes of the reason list: what each does, what each refuses, and taking them back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from common.clock import company_today
from debriefs.errors import ReasonRefused
from debriefs.events import REASON_CHANGED
from debriefs.models import ChangeKind, Debrief, LossReason, ReasonChange, ReasonGroup, Recoding
from debriefs.queries.reasons import reason_list
from debriefs.services.reason_groups import add_group, place_group, rename_group, retire_group
from debriefs.services.reason_taking_back import take_back_change
from debriefs.services.reasons import (
    Description,
    Part,
    add_reason,
    describe_reason,
    merge_reasons,
    move_reason,
    place_reason,
    remove_reason,
    rename_reason,
    retire_reason,
    split_reason,
)
from debriefs.services.recodings import recode_citation
from outbox.models import Event
from people.models import User
from tests.factories import closed_deal, submitted_debrief

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def reason(key: str) -> LossReason:
    return LossReason.objects.get(key=key)


def group(key: str) -> ReasonGroup:
    return ReasonGroup.objects.get(key=key)


def refused(step: Callable[[], object]) -> ReasonRefused:
    with pytest.raises(ReasonRefused) as refusal:
        step()
    return refusal.value


def last_change() -> ReasonChange:
    return ReasonChange.objects.latest("pk")


def test_an_added_reason_stands_last_in_its_group_and_is_told(admin: User) -> None:
    made = add_reason(
        "Late offer ", group=group("process"), description=Description("We came late."), by=admin
    )
    assert (made.name, made.key, made.is_choosable) == ("Late offer", "late_offer", True)
    names = LossReason.objects.filter(group=made.group).values_list("name", flat=True)
    assert list(names)[-1] == "Late offer"
    assert (last_change().kind, last_change().made_by) == ("added", admin)
    event = Event.objects.latest("pk")
    assert (event.kind, event.payload["reason_ids"]) == (REASON_CHANGED, [made.pk])


def test_adding_refuses_a_listed_name_no_definition_and_a_retired_group(admin: User) -> None:
    empty = add_group("Empty", by=admin)
    retire_group(empty, by=admin)
    defined = Description("When it is so.")
    price, process = reason("price"), group("process")
    assert (
        refused(lambda: add_reason("PRICE", group=process, description=defined, by=admin)).why
        == f"“{price}” is listed already."
    )
    assert (
        refused(
            lambda: add_reason("N", group=process, description=Description(" "), by=admin)
        ).field
        == "definition"
    )
    assert (
        refused(lambda: add_reason("N", group=empty, description=defined, by=admin)).field
        == "group"
    )
    assert refused(lambda: add_reason(" ", group=process, description=defined, by=admin)).field == (
        "name"
    )


def test_a_rename_reads_from_its_day_and_keeps_the_old_name_before(admin: User) -> None:
    renamed = rename_reason(reason("price"), "Price level", since=MARCH, by=admin)
    assert reason("price").name == "Price level"
    listed = reason_list()
    assert listed.read(renamed.pk, "2026-02-28").name == "Price"
    assert listed.read(renamed.pk, "2026-03-01").name == "Price level"


def test_renaming_back_and_forth_is_a_rename_each_time(admin: User) -> None:
    price = reason("price")
    rename_reason(price, "Cost", since=MARCH, by=admin)
    rename_reason(price, "Price", since=APRIL, by=admin)
    listed = reason_list()
    days = ("2026-02-28", "2026-03-01", "2026-04-01")
    assert [listed.read(price.pk, day).name for day in days] == ["Price", "Cost", "Price"]
    assert reason("price").name == "Price"


def test_a_rename_is_refused_where_the_name_or_the_day_is_taken(admin: User) -> None:
    price = reason("price")
    assert refused(lambda: rename_reason(price, "contract terms", by=admin)).field == "name"
    assert refused(lambda: rename_reason(price, "Price", by=admin)).field == "name"
    assert refused(lambda: rename_reason(price, "x" * 81, by=admin)).field == "name"
    rename_reason(price, "Cost", since=APRIL, by=admin)
    early = refused(lambda: rename_reason(price, "Fee", since=MARCH, by=admin))
    assert (early.field, early.why) == ("since", "It was renamed from 1 April 2026 on already.")
    tomorrow = company_today() + timedelta(days=1)
    assert refused(lambda: rename_reason(price, "Fee", since=tomorrow, by=admin)).field == "since"


def test_a_move_reads_in_the_old_group_before_its_day(admin: User) -> None:
    moved = move_reason(reason("price"), group("product"), since=MARCH, by=admin)
    listed = reason_list()
    groups = [listed.read(moved.pk, day).group for day in ("2026-02-28", "2026-03-01", None)]
    assert groups == [group("commercial").pk, group("product").pk, group("product").pk]
    assert refused(lambda: move_reason(moved, group("product"), by=admin)).field == "group"


def test_a_merge_counts_under_the_other_from_its_day(admin: User) -> None:
    terms, price = reason("terms"), reason("price")
    assert merge_reasons(terms, into=price, since=MARCH, by=admin) == price
    listed = reason_list()
    assert listed.read(terms.pk, "2026-02-28").reason == terms.pk
    assert listed.read(terms.pk, "2026-03-01").reason == price.pk
    assert reason("terms").merged_into == price
    assert not LossReason.objects.choosable().filter(key="terms").exists()


def test_a_merge_settles_for_what_stands_and_refuses_circles(admin: User) -> None:
    terms, price, slow = reason("terms"), reason("price"), reason("slow_response")
    merge_reasons(terms, into=price, by=admin)
    assert merge_reasons(slow, into=terms, by=admin) == price
    assert refused(lambda: merge_reasons(price, into=slow, by=admin)).field == "into"
    assert refused(lambda: merge_reasons(price, into=price, by=admin)).field == "into"
    again = refused(lambda: merge_reasons(terms, into=reason("incumbent"), by=admin))
    assert again.why == "“Contract terms” is merged into “Price”."


def test_nothing_merges_into_what_has_left_the_list(admin: User) -> None:
    retire_reason(reason("terms"), by=admin)
    split_reason(reason("incumbent"), [Part("Renewed"), Part("Built it")], by=admin)
    price = reason("price")
    assert refused(lambda: merge_reasons(price, into=reason("terms"), by=admin)).field == "into"
    assert refused(lambda: merge_reasons(price, into=reason("incumbent"), by=admin)).field == "into"
    merge_reasons(reason("terms"), into=price, by=admin)
    assert reason("terms").merged_into == price


def test_other_and_dont_know_stay_in_the_list(admin: User) -> None:
    other, price = reason("other"), reason("price")
    steps: list[Callable[[], object]] = [
        lambda: merge_reasons(other, into=price, by=admin),
        lambda: merge_reasons(price, into=other, by=admin),
        lambda: split_reason(other, [Part("A"), Part("B")], by=admin),
        lambda: retire_reason(other, by=admin),
        lambda: remove_reason(other, by=admin),
    ]
    assert {refused(step).why for step in steps} == {"“Other” stays in the list."}
    assert rename_reason(other, "Something else", by=admin).name == "Something else"


def test_a_split_keeps_history_under_the_reason_before_it(admin: User) -> None:
    price = reason("price")
    parts = split_reason(
        price, [Part("Price"), Part("contract terms"), Part("Discount", "Asked late.")], by=admin
    )
    assert [part.key for part in parts] == ["price_2", "terms", "discount"]
    assert [part.definition for part in parts][::2] == [price.definition, "Asked late."]
    price = reason("price")
    assert (price.name, price.is_choosable) == ("Price (before the split)", False)
    assert price.group == group("commercial")
    assert reason_list().read(price.pk, "2000-01-01").name == "Price"
    assert list(last_change().parts.order_by("pk")) == sorted(parts, key=lambda part: part.pk)


def test_a_split_wants_two_parts_of_a_reason_that_can_be_chosen(admin: User) -> None:
    price, terms = reason("price"), reason("terms")
    assert refused(lambda: split_reason(price, [Part("One")], by=admin)).field == "parts"
    assert refused(lambda: split_reason(price, [Part("A"), Part("a")], by=admin)).field == "parts"
    merge_reasons(terms, into=price, by=admin)
    merged = refused(lambda: split_reason(terms, [Part("A"), Part("B")], by=admin))
    assert merged.why == "“Contract terms” is merged into “Price”."
    split_reason(price, [Part("A"), Part("B")], by=admin)
    again = refused(lambda: split_reason(price, [Part("C"), Part("D")], by=admin))
    assert again.why == "“Price (before the split)” was split."


def test_a_retired_reason_is_not_chosen_and_can_come_back(admin: User) -> None:
    price = retire_reason(reason("price"), since=MARCH, by=admin)
    assert not price.is_choosable
    assert refused(lambda: rename_reason(price, "Cost", by=admin)).remedy == "Take that back first."
    take_back_change(last_change(), by=admin)
    assert reason("price").is_choosable
    change = ReasonChange.objects.get(kind=ChangeKind.RETIRED)
    assert (change.taken_back_by, change.is_reversible) == (admin, False)


def test_a_change_taken_back_reads_as_if_it_had_never_been(admin: User) -> None:
    price = reason("price")
    for step in (
        lambda: rename_reason(price, "Cost", since=MARCH, by=admin),
        lambda: move_reason(price, group("product"), since=MARCH, by=admin),
        lambda: merge_reasons(price, into=reason("terms"), since=MARCH, by=admin),
        lambda: split_reason(price, [Part("A"), Part("B")], since=MARCH, by=admin),
    ):
        step()
        take_back_change(last_change(), by=admin)
        found = reason_list().read(price.pk)
        assert (found.reason, found.name, found.group) == (price.pk, "Price", price.group_id)
        assert reason("price").is_choosable


def test_an_earlier_rename_taken_back_leaves_the_later_one(admin: User) -> None:
    price = reason("price")
    rename_reason(price, "Cost", since=MARCH, by=admin)
    first = last_change()
    rename_reason(price, "Fee", since=APRIL, by=admin)
    take_back_change(first, by=admin)
    listed = reason_list()
    assert [listed.read(price.pk, day).name for day in ("2026-03-15", "2026-04-01")] == [
        "Price",
        "Fee",
    ]


def test_taking_back_is_refused_where_the_place_is_taken(admin: User) -> None:
    price = reason("price")
    retire_reason(price, by=admin)
    retired = last_change()
    add_reason("Price", group=group("product"), description=Description("New."), by=admin)
    assert refused(lambda: take_back_change(retired, by=admin)).field == "change"
    added = ReasonChange.objects.filter(kind=ChangeKind.ADDED).latest("pk")
    assert refused(lambda: take_back_change(added, by=admin)).field == "change"
    assert reason("price").retired_at is not None


def test_taking_a_split_back_takes_its_recodings_back(admin: User, rep: User) -> None:
    price = reason("price")
    debrief = submitted_debrief(closing=closed_deal(owner=rep), reasons=[price])
    version = debrief.current_version
    assert version is not None
    part, _ = split_reason(price, [Part("A"), Part("B")], by=admin)
    split = last_change()
    recode_citation(version, price, into=part, by=admin)
    take_back_change(split, by=admin)
    assert not Recoding.objects.in_force().exists()
    assert Event.objects.latest("pk").payload["deal_ids"] == [debrief.closing.deal_id]


def test_parting_a_merge_takes_back_what_was_recoded_through_it(admin: User, rep: User) -> None:
    price, terms = reason("price"), reason("terms")
    debrief = submitted_debrief(closing=closed_deal(owner=rep), reasons=[terms, price])
    version = debrief.current_version
    assert version is not None
    merge_reasons(terms, into=price, by=admin)
    merge = last_change()
    part, _ = split_reason(price, [Part("A"), Part("B")], by=admin)
    for cited in (terms, price):
        recode_citation(version, cited, into=part, by=admin)
    take_back_change(merge, by=admin)
    assert [each.reason for each in Recoding.objects.in_force()] == [price]


def test_a_description_keeps_what_it_said_before(admin: User) -> None:
    price = reason("price")
    before = price.definition
    described = Description("Chosen on price.", price.example, admin, MARCH)
    describe_reason(price, described, by=admin)
    describe_reason(price, described, by=admin)
    change = ReasonChange.objects.get(kind=ChangeKind.EDITED)
    assert change.details == {
        "definition": [before, "Chosen on price."],
        "owner": ["", str(admin)],
        "review_on": ["", "2026-03-01"],
    }
    assert list(LossReason.objects.due_for_review(on=MARCH)) == [price]
    assert not LossReason.objects.due_for_review(on=MARCH - timedelta(days=1)).exists()
    assert refused(lambda: describe_reason(price, Description(""), by=admin)).field == "definition"


def test_a_reason_moves_one_place_and_no_further_than_its_group(admin: User) -> None:
    price = reason("price")
    place_reason(price, up=True, by=admin)
    assert not ReasonChange.objects.exists()
    place_reason(price, up=False, by=admin)
    names = LossReason.objects.filter(group=group("commercial")).values_list("key", flat=True)
    assert list(names) == ["terms", "price"]
    assert last_change().details == {"place": [1, 2]}


def test_only_what_was_never_used_is_deleted(admin: User, rep: User) -> None:
    price, terms, slow = reason("price"), reason("terms"), reason("slow_response")
    submitted_debrief(closing=closed_deal(owner=rep), reasons=[price])
    merge_reasons(slow, into=terms, by=admin)
    parts = split_reason(reason("incumbent"), [Part("A"), Part("B")], by=admin)
    for used in (price, terms):
        assert refused(lambda used=used: remove_reason(used, by=admin)).why == (  # type: ignore[misc]
            f"“{used}” is in use."
        )
    assert refused(lambda: remove_reason(parts[0], by=admin)).why == "“A” is part of a split."
    remove_reason(reason("no_access"), by=admin)
    assert not LossReason.objects.filter(key="no_access").exists()
    assert Debrief.objects.exists()


def test_groups_are_added_renamed_ordered_and_retired_when_empty(admin: User) -> None:
    made = add_group("Legal", since=MARCH, by=admin)
    place_group(made, up=True, by=admin)
    assert [each.name for each in ReasonGroup.objects.standing()][-2:] == ["Legal", "Not clear"]
    rename_group(group("commercial"), "Money", since=MARCH, by=admin)
    listed = reason_list()
    pk = group("commercial").pk
    names = [listed.group_names[listed.interval(day)][pk] for day in ("2026-02-28", "2026-03-01")]
    assert names == ["Price and terms", "Money"]
    retire_group(made, by=admin)
    assert made not in ReasonGroup.objects.standing()
    assert refused(lambda: retire_group(made, by=admin)).field == "group"
    assert refused(lambda: retire_group(group("product"), by=admin)).remedy == "Move them first."
    assert refused(lambda: add_group("money", by=admin)).field == "name"
    assert refused(lambda: rename_group(group("product"), "Product and fit", by=admin)).field == (
        "name"
    )


def test_changes_of_a_group_are_taken_back_too(admin: User) -> None:
    made = rename_group(group("commercial"), "Money", by=admin)
    renamed = last_change()
    take_back_change(renamed, by=admin)
    made.refresh_from_db()
    assert made.name == "Price and terms"
    empty = add_group("Empty", by=admin)
    retire_group(empty, by=admin)
    take_back_change(last_change(), by=admin)
    assert empty in ReasonGroup.objects.standing()
