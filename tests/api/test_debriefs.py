"""Debriefs through the API: begun, saved, submitted, read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from debriefs.models import Debrief, DebriefVersion, Draft
from debriefs.services.defaults import install_defaults
from people.models import User
from tests.api.conftest import ApiClient
from tests.debriefs.every_kind import VALUES, publish
from tests.factories import (
    ClosingFactory,
    DealFactory,
    LossReasonFactory,
    closed_deal,
    submitted_debrief,
)

Calling = Callable[[User], ApiClient]

WHOLE = {
    "answers": {
        "pain_points": {"rating": "no", "text": "We never met the plant manager."},
        "value_roi": {"rating": "partly", "text": "No figures.", "audience": "company"},
        "do_differently": {"text": "Ask for the plant manager first."},
    },
    "factors": {"timing": {"score": -2, "note": "Budget was gone."}},
    "reasons": [
        {
            "reason": "price",
            "basis": "buyer_said",
            "quote": "Twice the other offer.",
            "price_checks": {"gap_known": "yes", "gap_percent": 100, "budget_owner_met": "no"},
        },
        {"reason": "budget_cut", "basis": "guess"},
    ],
    "runner_up": {"was": True, "basis": "buyer_wrote", "evidence": "The buyer wrote it."},
    "hindsight": {"missed_sign": "He went quiet.", "missed_sign_stage": "Negotiation"},
    "facts": {"stage": "Negotiation"},
}


def fields(answer: object) -> list[str | None]:
    return [each["field"] for each in answer.json()["problems"]]  # type: ignore[attr-defined]


@pytest.fixture
def reasons(db: None) -> None:
    LossReasonFactory.create(key="price", asks_price_checks=True)
    LossReasonFactory.create(key="budget_cut")


def begun(rep: User, calling: Calling) -> tuple[ApiClient, int]:
    closing = ClosingFactory.create(deal__owner=rep)
    api = calling(rep)
    return api, api.post("/debriefs", {"deal": closing.deal_id}).json()["id"]


def test_a_debrief_is_begun_saved_submitted_and_read(
    rep: User, reasons: None, calling: Calling
) -> None:
    closing = ClosingFactory.create(deal__owner=rep)
    api = calling(rep)
    first = api.post("/debriefs", {"deal": closing.deal_id})
    assert (first.status_code, first.json()["state"], first.json()["values"]) == (201, "draft", {})
    assert set(first.json()["missing"]) == {"reasons.1.reason", "answers.do_differently.text"}
    ident = first.json()["id"]
    saved = api.patch(f"/debriefs/{ident}", WHOLE)
    assert saved.status_code == 200
    assert saved.json()["values"]["answers.value_roi.audience"] == "company"
    assert saved.json()["values"]["reasons.2.reason"] == "budget_cut"
    assert saved.json()["missing"] == {}
    again = api.post("/debriefs", {"deal": closing.deal_id})
    assert (again.status_code, again.json()["revision"]) == (200, saved.json()["revision"])
    submitted = api.post(f"/debriefs/{ident}/submit")
    assert submitted.status_code == 200
    read = api.get(f"/debriefs/{ident}").json()
    assert read == submitted.json()
    assert read["version"] == 1
    assert read["author"] == {"id": rep.pk, "name": "Rita Rep"}
    assert read["answers"]["value_roi"] == {
        "rating": "partly",
        "value": None,
        "value_words": "",
        "text": "No figures.",
        "audience": "company",
    }
    assert read["factors"]["timing"]["score"] == -2
    assert [(each["rank"], each["reason"], each["basis"]) for each in read["reasons"]] == [
        (1, "price", "buyer_said"),
        (2, "budget_cut", "guess"),
    ]
    assert (read["reasons"][0]["untested"], read["reasons"][0]["price_checks"]) == (
        True,
        {
            "gap_known": "yes",
            "gap_percent": "100.0",
            "budget_owner_met": "no",
            "won_at_equal_price": None,
        },
    )
    assert read["runner_up_basis"] == "buyer_wrote"
    assert (read["was_runner_up"], read["runner_up_evidence"]) == (True, "The buyer wrote it.")
    assert read["hindsight"] == {
        "missed_sign": "He went quiet.",
        "missed_sign_stage": "Negotiation",
        "unmet_need": "",
        "rival_better": "",
        "idea": "",
    }
    assert read["facts"]["stage"]["name"] == "Negotiation"


def test_what_is_left_out_of_a_save_stays(rep: User, reasons: None, calling: Calling) -> None:
    api, ident = begun(rep, calling)
    api.patch(f"/debriefs/{ident}", WHOLE)
    only = {"answers": {"pain_points": {"text": "We did, too late."}}, "reasons": []}
    values = api.patch(f"/debriefs/{ident}", only).json()["values"]
    assert values["answers.pain_points.rating"] == "no"
    assert values["answers.pain_points.text"] == "We did, too late."
    assert [name for name in values if name.startswith("reasons")] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answers": {"pain_points": {"rating": "maybe"}}}, "answers.pain_points.rating"),
        ({"answers": {"pain_pionts": {"text": "typo"}}}, "answers.pain_pionts.text"),
        ({"answers": {"pain_points": {"text": "x" * 100_000}}}, "answers.pain_points.text"),
        ({"factors": {"timing": {"score": 3}}}, "factors.timing.score"),
        ({"reasons": [{"reason": "price"}]}, "reasons.0.basis"),
        ({"answer": {}}, "answer"),
    ],
)
def test_a_value_that_cannot_be_kept_is_named_and_nothing_is_saved(
    rep: User, calling: Calling, body: dict[str, object], field: str
) -> None:
    api, ident = begun(rep, calling)
    answer = api.patch(f"/debriefs/{ident}", {"factors": {"communication": {"score": 1}}, **body})
    assert answer.status_code == 422
    assert field in fields(answer)
    assert Draft.objects.get().fields == {}


def test_an_unfinished_debrief_is_not_submitted(rep: User, calling: Calling) -> None:
    api, ident = begun(rep, calling)
    answer = api.post(f"/debriefs/{ident}/submit")
    assert (answer.status_code, fields(answer)[0]) == (422, "reasons.1.reason")
    assert DebriefVersion.objects.count() == 0


def test_the_same_submission_sent_twice_is_one_debrief(
    rep: User, reasons: None, calling: Calling
) -> None:
    api, ident = begun(rep, calling)
    api.patch(f"/debriefs/{ident}", WHOLE)
    header = {"Idempotency-Key": "form-7"}
    first = api.post(f"/debriefs/{ident}/submit", **header)
    second = api.post(f"/debriefs/{ident}/submit", **header)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert DebriefVersion.objects.count() == 1
    assert api.post(f"/debriefs/{ident}/submit").status_code == 409


def test_a_save_on_an_old_revision_overwrites_nothing(
    rep: User, reasons: None, calling: Calling
) -> None:
    api, ident = begun(rep, calling)
    draft = Draft.objects.get()
    draft.fields = {"answers.pain_points.text": ["From the page.", 1, "tab"]}
    draft.revision = 1
    draft.save()
    body = {"answers": {"pain_points": {"text": "From the API."}}, "base_revision": 0}
    refused = api.patch(f"/debriefs/{ident}", {**body, "factors": {"timing": {"score": 1}}})
    assert (refused.status_code, fields(refused)) == (409, ["answers.pain_points.text"])
    draft.refresh_from_db()
    assert draft.values == {"answers.pain_points.text": "From the page."}
    assert api.patch(f"/debriefs/{ident}", {**body, "base_revision": 1}).status_code == 200


def test_a_submitted_debrief_is_amended_while_that_is_allowed(
    rep: User, reasons: None, calling: Calling
) -> None:
    api, ident = begun(rep, calling)
    api.patch(f"/debriefs/{ident}", WHOLE)
    api.post(f"/debriefs/{ident}/submit")
    opened = api.patch(f"/debriefs/{ident}", {"factors": {"timing": {"score": 1}}})
    assert opened.json()["state"] == "amendment"
    assert api.post(f"/debriefs/{ident}/submit").json()["version"] == 2
    Debrief.objects.update(amendable_until=timezone.now() - timedelta(days=1))
    late = api.patch(f"/debriefs/{ident}", {"factors": {"timing": {"score": 2}}})
    assert late.status_code == 409


def test_an_open_deal_is_not_debriefed(rep: User, calling: Calling) -> None:
    answer = calling(rep).post("/debriefs", {"deal": DealFactory.create(owner=rep).pk})
    assert (answer.status_code, fields(answer)) == (409, ["deal"])


def test_only_its_author_writes_and_nobody_else_sees_what_is_begun(
    rep: User, teammate: User, manager: User, calling: Calling
) -> None:
    _, ident = begun(rep, calling)
    for person in (teammate, manager):
        api = calling(person)
        assert api.get(f"/debriefs/{ident}").status_code == 404
        assert api.patch(f"/debriefs/{ident}", {}).status_code == 404
    submitted = submitted_debrief(closing__deal__owner=rep)
    assert calling(teammate).patch(f"/debriefs/{submitted.pk}", {}).status_code == 403


def test_each_reader_gets_the_answers_meant_for_them(
    rep: User, outsider: User, manager: User, partner: User, calling: Calling
) -> None:
    debrief = submitted_debrief(
        closing__deal__owner=rep,
        reasons=[LossReasonFactory.create(key="price")],
        answers={
            "pain_points": {"text": "for sales"},
            "value_roi": {"text": "for all", "audience": "company"},
            "objections": {"text": "for my coach", "audience": "private"},
        },
    )

    def texts(person: User) -> list[str]:
        answers = calling(person).get(f"/debriefs/{debrief.pk}").json()["answers"]
        return sorted(each["text"] for each in answers.values())

    assert texts(rep) == texts(manager) == ["for all", "for my coach", "for sales"]
    assert texts(outsider) == ["for all", "for sales"]
    assert texts(partner) == ["for all"]
    read = calling(partner).get(f"/debriefs/{debrief.pk}").json()
    assert (read["author"], read["reasons"]) == (None, [])
    assert "owner" not in read["facts"]


def test_the_list_is_narrowed_and_goes_on_page_by_page(
    rep: User, admin: User, partner: User, calling: Calling
) -> None:
    price = LossReasonFactory.create(key="price")
    first = submitted_debrief(closing=closed_deal(owner=rep), reasons=[price])
    second = submitted_debrief(closing=closed_deal())
    api = calling(admin)

    def ids(**query: object) -> list[int]:
        return [each["id"] for each in api.get("/debriefs", **query).json()["items"]]

    assert ids() == [second.pk, first.pk]
    assert ids(author="rep@example.com") == [first.pk]
    assert ids(reason="price") == [first.pk]
    assert ids(deal=second.closing.deal_id) == [second.pk]
    page = api.get("/debriefs", limit=1).json()
    assert ids(limit=1, after=page["next"]) == [first.pk]
    assert calling(partner).get("/debriefs").json()["items"] == []
    assert calling(partner).get("/debriefs", reason="price").status_code == 403


@pytest.mark.parametrize("debriefs", [1, 3])
def test_the_list_asks_as_much_whatever_its_length(
    admin: User, calling: Calling, debriefs: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(debriefs):
        submitted_debrief(reasons=[LossReasonFactory.create()])
    api = calling(admin)
    api.get("/debriefs")
    with django_assert_num_queries(4):  # token, its use, debriefs, reasons
        api.get("/debriefs")


def test_the_template_says_all_that_a_front_end_asks(rep: User, calling: Calling) -> None:
    deal = closed_deal(owner=rep).deal
    template = calling(rep).get("/templates/current", deal=deal.pk).json()
    keys = [each["key"] for part in template["sections"] for each in part["questions"]]
    assert keys[:2] == ["pain_points", "decision_makers"]
    assert template["version"] == 1
    assert {"other", "dont_know"} <= {
        each["key"] for each in template["reasons"] if each["needs_text"]
    }
    assert template["ratings"]["dont_know"] == "Don't know"
    assert calling(rep).get("/templates/current", deal=999_999).status_code == 404


KINDS = {
    "answers": {
        "fit": {"value": 4},
        "procedure": {"value": "tender"},
        "people": {"value": ["it", "board"]},
        "bidders": {"value": 1200.5},
        "due": {"value": "2026-02-28"},
        "portal": {"text": "e-Vergabe"},
        "do_differently": {"text": "Meet the finance head."},
        "mood": {"value": 2},
    },
    "reasons": [{"reason": "terms", "basis": "guess"}],
}


def test_every_kind_of_question_is_saved_submitted_and_read(rep: User, calling: Calling) -> None:
    install_defaults()
    publish()
    api, ident = begun(rep, calling)
    draft = api.patch(f"/debriefs/{ident}", KINDS).json()
    assert draft["values"]["answers.people.value"] == "it\nboard"
    assert draft["values"]["answers.bidders.value"] == "1200.5"
    assert draft["missing"] == {}
    assert "bidders" in draft["asked"]
    read = api.post(f"/debriefs/{ident}/submit").json()["answers"]
    assert {key: each["value"] for key, each in read.items() if each["value"]} == VALUES
    words = {key: each["value_words"] for key, each in read.items()}
    assert (words["people"], words["bidders"]) == ("IT, The board", "1,200.5 bidders")


def test_what_a_draft_asks_follows_its_answers(rep: User, calling: Calling) -> None:
    install_defaults()
    publish()
    api, ident = begun(rep, calling)
    api.patch(f"/debriefs/{ident}", KINDS)
    direct = {"answers": {"procedure": {"value": "direct"}, "fit": {"value": 1}}}
    draft = api.patch(f"/debriefs/{ident}", direct).json()
    assert [key for key in ("fit_gap", "bidders", "due") if key in draft["asked"]] == ["fit_gap"]
    assert draft["missing"] == {"answers.fit_gap.text": "Please answer “What did not fit?”"}
    assert draft["values"]["answers.bidders.value"] == "1200.5"


def test_what_a_submission_left_out_is_told_to_its_author(
    rep: User, manager: User, calling: Calling
) -> None:
    install_defaults()
    publish()
    api, ident = begun(rep, calling)
    assert api.patch(f"/debriefs/{ident}", KINDS).json()["left_out"] == []
    direct = {
        "answers": {
            "procedure": {"value": "direct"},
            "fit": {"value": 1},
            "fit_gap": {"text": "The interface."},
        }
    }
    draft = api.patch(f"/debriefs/{ident}", direct).json()
    assert "bidders" in draft["left_out"]
    submitted = api.post(f"/debriefs/{ident}/submit").json()
    assert submitted["left_out"] == draft["left_out"]
    assert "bidders" not in submitted["answers"]
    assert calling(manager).get(f"/debriefs/{ident}").json()["left_out"] == []


def test_the_template_in_force_tells_kinds_options_and_rules(rep: User, calling: Calling) -> None:
    install_defaults()
    publish()
    template = calling(rep).get("/templates/current").json()
    fit, procedure = (template["sections"][0]["questions"][place] for place in (1, 3))
    assert (fit["kind"], fit["low"], fit["high"]) == ("scale", "Not at all", "Fully")
    assert procedure["options"][0] == {"key": "tender", "label": "A tender"}
    assert template["rules"][2] == {
        "conditions": [{"on": "procedure", "comparison": "one_of", "values": ["tender"]}],
        "match": "all",
        "effect": "show",
        "target": "tendering",
    }


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"procedure": {"value": "auction"}}, "answers.procedure.value"),
        ({"fit": {"value": 6}}, "answers.fit.value"),
        ({"people": {"value": ["it", "legal"]}}, "answers.people.value"),
        ({"met_buyer": {"value": "yes"}}, "answers.met_buyer.value"),
    ],
)
def test_a_value_that_its_question_does_not_offer_is_refused(
    rep: User, calling: Calling, value: dict[str, object], field: str
) -> None:
    install_defaults()
    publish()
    api, ident = begun(rep, calling)
    answer = api.patch(f"/debriefs/{ident}", {"answers": value})
    assert (answer.status_code, fields(answer)) == (422, [field])
