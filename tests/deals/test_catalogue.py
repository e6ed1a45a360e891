"""Decisions on names, each of which resolves every row that bears the name."""

import pytest

from deals.errors import NameRefused
from deals.facts import DealFacts
from deals.models import Account, Currency, Deal, Product, Stage
from deals.services import (
    add_entry,
    add_stage,
    change_account,
    create_deal,
    entry_named,
    keep_entries,
    keep_entry,
    merge_entry,
    order_stages,
    part_entry,
    rename_entry,
)
from deals.services.defaults import STAGES, install_defaults
from outbox.models import Event
from people.models import User
from tests.factories import AccountFactory, ProductFactory

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, object]]:
    return [(event.kind, event.payload) for event in Event.objects.order_by("pk")]


def test_a_name_not_listed_comes_in_as_written_with_the_nearest_listed_one() -> None:
    listed = ProductFactory.create(name="GTX Pro")
    ProductFactory.create(name="GTX Plus Pro")
    entry = entry_named(Product, "  GTXPro ")
    assert (entry.name, entry.proposed, entry.proposal_score) == ("GTXPro", listed, 100)
    assert list(Product.objects.awaiting_review()) == [entry]


def test_a_legal_form_does_not_hide_a_likeness_and_a_stranger_gets_no_proposal() -> None:
    listed = AccountFactory.create(name="Müller Werke GmbH")
    assert entry_named(Account, "Muller Werke").proposed == listed
    assert entry_named(Account, "Quite another").proposed is None


def test_case_and_spacing_are_the_same_name() -> None:
    listed = ProductFactory.create(name="GTX Pro")
    assert entry_named(Product, "gtx  PRO") == listed


@pytest.mark.parametrize("name", ["", " \u200b ", "x" * 201])
def test_an_impossible_name_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        entry_named(Product, name)
    assert Product.objects.count() == 0


def test_keeping_takes_a_name_off_the_queue(admin: User) -> None:
    entry = keep_entry(entry_named(Product, "New"), by=admin)
    assert (entry.is_reviewed, entry.reviewed_by, Product.objects.awaiting_review().count()) == (
        True,
        admin,
        0,
    )
    assert told() == [("catalogue.changed", {"catalogue": "product", "ids": [entry.pk]})]


def test_keeping_again_tells_nobody(admin: User) -> None:
    entry = entry_named(Account, "New")
    keep_entries(Account, [entry.pk], by=admin)
    keep_entries(Account, [entry.pk], by=admin)
    assert [kind for kind, _ in told()] == ["catalogue.changed", "account.changed"]


def test_one_merge_resolves_all_rows_and_parting_undoes_it(admin: User) -> None:
    listed = ProductFactory.create(name="GTX Pro")
    written = entry_named(Product, "GTXPro")
    deal = create_deal(DealFacts(name="One", product="GTXPro"), by=admin)
    assert merge_entry(written, into=listed, by=admin) == listed
    assert list(Deal.objects.for_product(listed.pk)) == [deal]
    assert entry_named(Product, "GTXPRO").today == listed
    part_entry(written, by=admin)
    assert list(Deal.objects.for_product(listed.pk)) == []
    assert entry_named(Product, "GTXPro").today == written


def test_a_chain_of_merges_stays_one_step_and_is_undone_step_by_step(admin: User) -> None:
    first, second, third = (AccountFactory.create(name=name) for name in "ABC")
    merge_entry(first, into=second, by=admin)
    merge_entry(second, into=third, by=admin)
    assert entry_named(Account, "A").today == third
    part_entry(second, by=admin)
    assert entry_named(Account, "A").today == second
    part_entry(first, by=admin)
    assert entry_named(Account, "A").today == first


def test_merging_into_a_merged_name_goes_to_the_one_that_stands(admin: User) -> None:
    first, second, third = (AccountFactory.create(name=name) for name in "ABC")
    merge_entry(second, into=third, by=admin)
    assert merge_entry(first, into=second, by=admin) == third


def test_impossible_merges_are_refused(admin: User) -> None:
    first, second = (AccountFactory.create(name=name) for name in "AB")
    for entry, into in ((first, first), (first, ProductFactory.create(name="A"))):
        with pytest.raises(NameRefused):
            merge_entry(entry, into=into, by=admin)
    merge_entry(first, into=second, by=admin)
    for refused in (
        lambda: merge_entry(first, into=second, by=admin),
        lambda: merge_entry(second, into=first, by=admin),
        lambda: part_entry(second, by=admin),
    ):
        with pytest.raises(NameRefused):
            refused()


def test_a_rename_keeps_the_old_name_findable_and_can_be_taken_back(admin: User) -> None:
    entry = ProductFactory.create(name="Old")
    rename_entry(entry, "New", by=admin)
    assert entry_named(Product, "Old").today == entry_named(Product, "New") == entry
    rename_entry(entry, "Old", by=admin)
    assert Product.objects.standing().get().name == "Old"
    assert entry_named(Product, "New").today == entry


def test_a_rename_by_case_alone_needs_no_second_name(admin: User) -> None:
    rename_entry(ProductFactory.create(name="gtx"), "GTX", by=admin)
    assert [entry.name for entry in Product.objects.all()] == ["GTX"]


def test_a_name_in_use_is_neither_given_nor_listed_twice(admin: User) -> None:
    entry, other = ProductFactory.create(name="A"), ProductFactory.create(name="B")
    with pytest.raises(NameRefused):
        rename_entry(entry, "b", by=admin)
    with pytest.raises(NameRefused):
        add_entry(Product, "a", by=admin)
    entry.refresh_from_db()
    assert (entry.name, other.name) == ("A", "B")


def test_what_is_known_of_an_account_changes_and_is_told_once(admin: User) -> None:
    account = AccountFactory.create(name="A", industry="Retail")
    change_account(account, industry="Energy", country="Germany", by=admin)
    change_account(account, industry="Energy", by=admin)
    account.refresh_from_db()
    assert account.industry == "Energy"
    assert told() == [("account.changed", {"account_ids": [account.pk]})]


def test_stages_are_ordered_by_the_admin_and_a_stale_order_is_refused(admin: User) -> None:
    stage = add_stage("Pilot", by=admin)
    ids = [stage.pk, *(s.pk for s in Stage.objects.standing() if s != stage)]
    order_stages(ids, by=admin)
    assert [s.name for s in Stage.objects.standing()] == ["Pilot", *STAGES]
    with pytest.raises(NameRefused):
        order_stages(ids[1:], by=admin)


def test_an_instance_starts_with_currencies_and_stages_and_installing_again_adds_none() -> None:
    install_defaults()
    assert [s.name for s in Stage.objects.all()] == list(STAGES)
    decimals = dict(Currency.objects.values_list("code", "decimals"))
    assert (len(decimals), decimals["USD"], decimals["JPY"], decimals["KWD"]) == (156, 2, 0, 3)
