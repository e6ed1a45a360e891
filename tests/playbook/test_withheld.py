"""A debrief kept from whom it would influence is in no list, count, snippet, likeness or drill-down."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from debriefs.models import Debrief, LossReason
from debriefs.services.drafts import begin_debrief
from debriefs.services.requests import dismiss_request
from debriefs.services.voices import ask_for_debrief
from people.models import User
from playbook import queries
from playbook.account_record import account_record
from playbook.forms import PlaybookForm
from playbook.queries import Reading
from playbook.services import rebuild_entries
from playbook.similar import similar_deals
from tests.factories import CompetitorFactory, LossReasonFactory, closed_deal, submitted_debrief
from trends.queries import deals_behind
from trends.query import TrendQuery
from trends.services import rebuild
from trends.snapshot import store

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def reason() -> LossReason:
    return LossReasonFactory.create(key="price", name="Price")


@pytest.fixture
def pair(rep: User, outsider: User, reason: LossReason) -> tuple[Debrief, Debrief]:
    """Two debriefs that are alike; the outsider is asked for a second view of the first."""
    rival = CompetitorFactory.create(name="Norvik")
    made = [
        submitted_debrief(
            closing=closed_deal(owner=rep, name=name, competitors=[rival]),
            reasons=[reason],
            answers={"pain_points": {"text": f"The {name} furnace.", "audience": "sales"}},
        )
        for name in ("Zinc", "Copper")
    ]
    ask_for_debrief(made[0].closing, person=outsider, by=rep)
    rebuild_entries()
    rebuild()
    return made[0], made[1]


def read(viewer: User, **address: str) -> Reading:
    form = PlaybookForm(address)
    assert form.is_valid(), form.errors
    return queries.read(form.query(), viewer)


def found(viewer: User, **address: str) -> tuple[list[str], int]:
    page = read(viewer, **address).page
    return sorted(hit.deal for hit in page.hits), page.total


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("address", [{}, {"q": "furnace"}, {"scope": "all"}, {"outcome": "lost"}])
def test_no_list_holds_it(rep: User, outsider: User, address: dict[str, str]) -> None:
    assert found(rep, **address) == (["Copper", "Zinc"], 2)
    assert found(outsider, **address) == (["Copper"], 1)


@pytest.mark.usefixtures("pair")
def test_no_facet_counts_it(rep: User, outsider: User, reason: LossReason) -> None:
    counted = [read(person).counted for person in (rep, outsider)]
    assert [each.counts["reason"][str(reason.pk)] for each in counted] == [2, 1]
    assert [sum(each.counts["stage"].values()) for each in counted] == [2, 1]


@pytest.mark.usefixtures("pair")
def test_the_list_says_that_it_waits_unless_that_would_tell_what_it_says(
    rep: User, outsider: User, reason: LossReason
) -> None:
    assert read(rep).page.withheld == 0
    assert read(outsider).page.withheld == 1
    assert read(outsider, q="furnace").page.withheld == 0
    assert read(outsider, reason=str(reason.pk)).page.withheld == 0


def test_it_is_no_neighbour_of_another_deal_and_its_own_words_find_none(
    pair: tuple[Debrief, Debrief], rep: User, outsider: User
) -> None:
    first, second = pair
    assert [each.deal for each in similar_deals(second.closing.deal_id, rep)] == ["Zinc"]
    assert similar_deals(second.closing.deal_id, outsider) == []
    assert "Price" in similar_deals(first.closing.deal_id, rep)[0].why
    assert "Price" not in similar_deals(first.closing.deal_id, outsider)[0].why


def test_its_page_says_yours_first_until_the_request_is_declined(
    pair: tuple[Debrief, Debrief], outsider: User, signed_in: SignIn
) -> None:
    address = reverse("playbook:detail", args=[pair[0].pk])
    client = signed_in(outsider)
    refused = client.get(address)
    assert refused.status_code == 403
    assert "furnace" not in refused.content.decode()
    request = outsider.debrief_requests.get()
    dismiss_request(request, because="I only sent the quote.", by=outsider)
    assert "The Zinc furnace." in client.get(address).content.decode()


def test_the_deal_says_that_somebody_wrote_and_not_what(
    pair: tuple[Debrief, Debrief], outsider: User, signed_in: SignIn
) -> None:
    address = reverse("playbook:of_deal", args=[pair[0].closing.deal_id])
    context = signed_in(outsider).get(address).context
    assert (list(context["debriefs"]), list(context["withheld"])) == ([], [pair[0]])


def test_a_drill_down_by_what_debriefs_say_leaves_it_out(
    pair: tuple[Debrief, Debrief], rep: User, outsider: User, reason: LossReason
) -> None:
    query = TrendQuery("mentions", ("reason",))
    cell: dict[str, str | None] = {"reason": str(reason.pk)}
    for viewer, names in ((rep, ["Zinc", "Copper"]), (outsider, ["Copper"])):
        behind = deals_behind(query, cell, viewer)
        assert sorted(row.name for row in behind.rows) == sorted(names)
        assert (behind.total, behind.open_to_viewer) == (len(names), len(names))
    plain = deals_behind(TrendQuery("lost"), {}, outsider)
    assert {row.name: (row.reason, row.debrief_id) for row in plain.rows} == {
        "Zinc": ("", None),
        "Copper": ("Price", pair[1].pk),
    }


def test_the_account_lists_the_deal_without_it(
    pair: tuple[Debrief, Debrief], outsider: User
) -> None:
    account = pair[0].closing.deal.account
    assert account is not None
    deals = account_record(account.pk, outsider).deals
    assert [(deal.name, deal.debrief_id) for deal in deals] == [("Zinc", None)]


@pytest.mark.parametrize("owed", [1, 3])
def test_the_list_costs_the_same_however_many_are_withheld(
    rep: User,
    outsider: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    owed: int,
) -> None:
    for _ in range(owed):
        debrief = submitted_debrief(closing=closed_deal(owner=rep))
        begin_debrief(debrief.closing, author=outsider)
    rebuild_entries()
    rebuild()
    client = signed_in(outsider)
    store.current()
    with django_assert_num_queries(6):
        page = client.get(reverse("playbook:list")).context["page"]
    assert (page.total, page.withheld) == (0, owed)
