"""Deals through the API."""

from collections.abc import Callable
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from deals.facts import DealFacts
from deals.models import Competitor, Deal, Stage
from deals.services import change_deal
from outbox.models import Event
from people.models import User
from tests.api.conftest import ApiClient
from tests.factories import ClosingFactory, CompetitorFactory, DealFactory, closed_deal

Calling = Callable[[User], ApiClient]

LOST = {
    "source": "salesforce",
    "external_id": "006A",
    "name": "Renewal 2026",
    "owner": "rep@example.com",
    "account": "Acme",
    "product": "GTX Pro",
    "competitors": ["Norvik"],
    "winner": "Norvik",
    "stage": "Proposal",
    "amount": "1234.50",
    "currency": "EUR",
    "outcome": "lost_to_competitor",
    "closed_on": "2026-10-05",
    "attributes": {"Lead source": "Fair"},
}


def problems(answer: object) -> list[tuple[str | None, str]]:
    return [(each["field"], each["why"]) for each in answer.json()["problems"]]  # type: ignore[attr-defined]


def test_a_deal_is_created_then_found_unchanged_then_updated(
    rep: User, admin: User, calling: Calling
) -> None:
    api = calling(admin)
    first = api.post("/deals", LOST)
    assert (first.status_code, first.json()["status"]) == (201, "created")
    assert first.json()["awaiting_review"] == ["Acme", "GTX Pro", "Norvik"]
    again = api.post("/deals", LOST)
    assert (again.status_code, again.json()["status"]) == (200, "unchanged")
    changed = api.post("/deals", {**LOST, "amount": "1300"})
    assert (changed.status_code, changed.json()["status"]) == (200, "updated")
    deal = changed.json()["deal"]
    assert deal["owner"] == {"id": rep.pk, "name": "Rita Rep"}
    assert deal["attributes"] == {"Lead source": "Fair"}
    assert [named["name"] for named in deal["competitors"]] == ["Norvik"]
    assert deal["closing"] == {
        "number": 1,
        "closed_on": "2026-10-05",
        "outcome": "lost_to_competitor",
        "stage": {"id": Stage.objects.get(name="Proposal").pk, "name": "Proposal"},
        "winner": deal["competitors"][0],
        "amount": "1300.000",
        "currency": "EUR",
        "reopened_at": None,
    }


def test_closing_a_deal_tells_that_it_closed(admin: User, rep: User, calling: Calling) -> None:
    calling(admin).post("/deals", LOST)
    closing = Deal.objects.get().closings.get()
    event = Event.objects.get(kind="deal.closed")
    assert (event.payload["closing_id"], event.actor_id) == (closing.pk, admin.pk)


def test_what_is_left_out_stays_and_null_takes_away(
    admin: User, rep: User, calling: Calling
) -> None:
    api = calling(admin)
    api.post("/deals", LOST)
    ident = {"source": "salesforce", "external_id": "006A"}
    kept = api.post("/deals", {**ident, "account": None}).json()["deal"]
    assert (kept["account"], kept["product"]["name"]) == (None, "GTX Pro")
    reopened = api.post("/deals", {**ident, "outcome": None}).json()["deal"]
    assert reopened["closing"] is None
    assert [each["number"] for each in reopened["earlier_closings"]] == [1]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": "much"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1e40"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"closed_on": "0024-01-01"}, "closed_on"),
        ({"closed_on": "2999-01-01"}, "closed_on"),
        ({"outcome": "eaten"}, "outcome"),
        ({"currency": "XXQ"}, "currency"),
        ({"owner": "nobody@example.com"}, "owner"),
        ({"name": "a\x00b"}, "name"),
        ({"nmae": "typo"}, "nmae"),
        ({"external_id": ""}, "external_id"),
    ],
)
def test_a_value_that_cannot_be_is_named_and_nothing_is_kept(
    admin: User, rep: User, calling: Calling, fields: dict[str, str], field: str
) -> None:
    answer = calling(admin).post("/deals", {**LOST, **fields})
    assert answer.status_code == 422
    assert [name for name, _ in problems(answer)] == [field]
    assert answer.json()["status"] == 422
    assert Deal.objects.count() == 0


def test_a_rep_records_their_own_deals_only(rep: User, outsider: User, calling: Calling) -> None:
    api = calling(rep)
    mine = api.post("/deals", {**LOST, "owner": None})
    assert mine.status_code == 201
    assert mine.json()["deal"]["owner"]["id"] == rep.pk
    named = api.post("/deals", {**LOST, "owner": "outsider@example.com"})
    assert (named.status_code, problems(named)) == (
        403,
        [("owner", "You can record your own deals only.")],
    )
    theirs = calling(outsider).post("/deals", {**LOST, "owner": None, "name": "Mine now"})
    assert theirs.status_code == 403
    assert Deal.objects.get().name == "Renewal 2026"


def test_what_a_person_entered_stands_and_is_named_as_contested(
    admin: User, rep: User, calling: Calling
) -> None:
    api = calling(admin)
    api.post("/deals", LOST)
    change_deal(Deal.objects.get(), DealFacts(product="GTX Basic"), by=rep)
    answer = api.post("/deals", LOST).json()
    assert answer["contested"] == ["product"]
    assert answer["deal"]["product"]["name"] == "GTX Basic"


def test_many_deals_come_at_once_and_a_bad_row_is_rejected_alone(
    admin: User, rep: User, calling: Calling
) -> None:
    row = {key: value for key, value in LOST.items() if key != "source"}
    body = {
        "source": "salesforce",
        "deals": [
            row,
            {**row, "external_id": "006B", "closed_on": "0024-01-01"},
            {**row, "external_id": "006C", "owner": "nobody@example.com"},
            row,
            {**row, "external_id": "006D"},
        ],
    }
    answer = calling(admin).post("/deals/bulk", body)
    assert answer.status_code == 200
    told = answer.json()
    assert [told[key] for key in ("created", "updated", "unchanged", "rejected")] == [2, 0, 0, 3]
    assert [
        (each["external_id"], each["status"], [each["field"] for each in each["problems"]])
        for each in told["results"]
    ] == [
        ("006A", "created", []),
        ("006B", "rejected", ["closed_on"]),
        ("006C", "rejected", ["owner"]),
        ("006A", "rejected", ["external_id"]),
        ("006D", "created", []),
    ]
    assert sorted(Deal.objects.values_list("external_id", flat=True)) == ["006A", "006D"]


def test_the_list_is_narrowed_and_goes_on_page_by_page(
    rep: User, admin: User, calling: Calling
) -> None:
    rival = CompetitorFactory.create(name="Norvik")
    lost = closed_deal(owner=rep, competitors=[rival], closing={"closed_on": date(2026, 5, 1)})
    won = closed_deal(closing={"outcome": "won", "closed_on": date(2026, 6, 1)})
    opened = DealFactory.create(source="hubspot")
    api = calling(admin)

    def ids(**query: object) -> list[int]:
        return [each["id"] for each in api.get("/deals", **query).json()["items"]]

    assert ids() == [opened.pk, won.deal_id, lost.deal_id]
    assert ids(state="open") == [opened.pk]
    assert ids(state="closed") == [won.deal_id, lost.deal_id]
    assert ids(state="lost") == [lost.deal_id]
    assert ids(outcome="won") == [won.deal_id]
    assert ids(since="2026-05-02") == [won.deal_id]
    assert ids(until="2026-05-31") == [lost.deal_id]
    assert ids(owner="rep@example.com") == [lost.deal_id]
    assert ids(competitor=rival.pk) == [lost.deal_id]
    assert ids(source="hubspot") == [opened.pk]
    assert ids(changed_since="2999-01-01T00:00:00Z") == []
    first = api.get("/deals", limit=2).json()
    second = api.get("/deals", limit=2, after=first["next"]).json()
    assert [each["id"] for each in second["items"]] == [lost.deal_id]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-10-05T12:00:00+19:34", 1),
        ("2999-01-01T00:00:00-19:34", 0),
        ("2999-01-01T00:00:00", 0),
    ],
)
def test_a_moment_is_taken_with_any_offset_and_without_one_as_utc(
    moment: str, found: int, admin: User, calling: Calling
) -> None:
    DealFactory.create()
    answer = calling(admin).get("/deals", changed_since=moment)
    assert (answer.status_code, len(answer.json()["items"])) == (200, found)


def test_a_moment_beyond_the_calendar_is_refused(admin: User, calling: Calling) -> None:
    answer = calling(admin).get("/deals", changed_since="0001-01-01T00:00:00+19:34")
    assert answer.status_code == 422
    assert [field for field, _ in problems(answer)] == ["changed_since"]


@pytest.mark.parametrize("deals", [1, 3])
def test_the_list_asks_as_much_whatever_its_length(
    admin: User, calling: Calling, deals: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(deals):
        closed_deal(competitors=[CompetitorFactory.create()])
    api = calling(admin)
    api.get("/deals")
    with django_assert_num_queries(6):  # token, its use, deals, closings, meetings, attributes
        api.get("/deals")


def test_an_open_deal_of_somebody_else_is_not_there(
    rep: User, outsider: User, manager: User, calling: Calling
) -> None:
    opened = DealFactory.create(owner=rep)
    closed = ClosingFactory.create(deal__owner=rep).deal
    assert calling(outsider).get(f"/deals/{opened.pk}").status_code == 404
    assert calling(manager).get(f"/deals/{opened.pk}").status_code == 200
    assert calling(outsider).get(f"/deals/{closed.pk}").status_code == 200


def test_a_lost_amount_of_zero_is_unknown(admin: User, calling: Calling) -> None:
    lost = closed_deal(closing={"amount": 0})
    closing = calling(admin).get(f"/deals/{lost.deal_id}").json()["closing"]
    assert (closing["amount"], closing["currency"]) == (None, None)


def test_a_merged_name_is_given_as_today(admin: User, calling: Calling) -> None:
    listed = CompetitorFactory.create(name="Norvik")
    written = CompetitorFactory.create(name="Norvic", merged_into=listed)
    lost = closed_deal(competitors=[written, listed])
    deal = calling(admin).get(f"/deals/{lost.deal_id}").json()
    assert deal["competitors"] == [{"id": listed.pk, "name": "Norvik"}]
    assert Competitor.objects.count() == 2


def test_a_deal_is_listed_as_open_while_no_closing_stands(admin: User, calling: Calling) -> None:
    api, deal = calling(admin), {"external_id": "1", "name": "Renewal"}
    closed = {**deal, "source": "crm", "outcome": "no_decision", "closed_on": "2026-03-10"}

    def listed() -> list[list[str]]:
        pages = [api.get(f"/deals?state={state}").json() for state in ("open", "closed", "lost")]
        return [[each["name"] for each in page["items"]] for page in pages]

    api.post("/deals", closed)
    assert listed() == [[], ["Renewal"], ["Renewal"]]
    api.post("/deals/bulk", {"source": "crm", "deals": [{**deal, "outcome": None}]})
    assert listed() == [["Renewal"], [], []]
    api.post("/deals", closed)
    assert listed() == [[], ["Renewal"], ["Renewal"]]
