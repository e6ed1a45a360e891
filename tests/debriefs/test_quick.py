"""The quick debrief and the backlog, as a browser without scripts goes through them."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deals.models import Closing, Outcome
from debriefs.models import Debrief, DebriefRequest, DebriefVersion, Draft
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_debrief
from people.models import User
from tests.debriefs.submissions import FIELDS, FIRST, SECOND, quick
from tests.factories import PASSWORD, DebriefRequestFactory, closed_deal

SignIn = Callable[[User], Client]
LESSON = "answers.do_differently.text"
NEEDED = {
    "facts.outcome": "lost_to_competitor",
    "reasons.1.reason": "terms",
    "reasons.1.basis": "guess",
    LESSON: "Ask for their contract first.",
}


@pytest.fixture
def client(rep: User, signed_in: SignIn) -> Client:
    return signed_in(rep)


@pytest.fixture
def three(defaults: None, rep: User) -> list[Closing]:
    """Three closings that wait for the rep, the oldest first."""
    closings = [
        closed_deal(owner=rep, name=f"Deal {day}", closing={"closed_on": date(2026, 3, day)})
        for day in (2, 3, 4)
    ]
    for closing in closings:
        DebriefRequestFactory.create(closing=closing)
    return closings


def address(name: str, closing: Closing) -> str:
    return reverse(f"debriefs:{name}", args=[closing.pk])


def fields_on(page: str) -> set[str]:
    named = re.findall(r'name="([a-z_]+\.[\w.]+)"', page)
    return {name.rpartition(".")[0] if name.endswith(".audience") else name for name in named}


def test_it_asks_what_is_needed_and_nothing_else(client: Client, lost: Closing) -> None:
    page = client.get(address("quick", lost)).content.decode()
    assert fields_on(page) == {*NEEDED, "reasons.1.text"}
    assert 'value="lost_to_competitor" checked' in page
    assert Debrief.objects.count() == 0


def test_it_is_submitted_at_once_and_once(client: Client, lost: Closing) -> None:
    sent = {**NEEDED, "go": "submit", "submission_id": str(FIRST), "writer": "a", "revision": "0"}
    for _ in range(2):
        reply = client.post(address("quick", lost), sent)
        assert (reply.status_code, reply.headers["Location"]) == (302, address("receipt", lost))
    version = DebriefVersion.objects.get()
    assert (version.submission_id, Draft.objects.count()) == (FIRST, 0)
    assert list(version.reasons.values_list("reason__key", "basis")) == [("terms", "guess")]


def test_what_is_missing_is_named_beside_what_was_typed(client: Client, lost: Closing) -> None:
    sent = {LESSON: "Ask earlier.", "go": "submit", "submission_id": str(FIRST)}
    reply = client.post(address("quick", lost), sent)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "Choose the reason that weighed most." in page
    assert "Ask earlier.</textarea>" in page
    assert f'name="submission_id" value="{FIRST}"' in page
    assert Draft.objects.get().values == {LESSON: "Ask earlier."}


def test_the_rest_can_be_added_before_and_after(client: Client, lost: Closing, rep: User) -> None:
    reply = client.post(address("quick", lost), {**NEEDED, "go": "rest"})
    assert reply.headers["Location"] == address("form", lost)
    whole = client.get(address("form", lost)).content.decode()
    assert "Ask for their contract first.</textarea>" in whole
    client.post(address("quick", lost), {"go": "submit", "submission_id": str(FIRST)})
    receipt = client.get(address("receipt", lost)).content.decode()
    assert "Add the rest" in receipt
    client.post(address("amend", lost))
    assert client.get(address("quick", lost)).headers["Location"] == address("form", lost)


def test_two_tabs_overwrite_nothing(client: Client, lost: Closing, rep: User) -> None:
    debrief = begin_debrief(lost, author=rep)
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "From the phone."})
    sent = {**NEEDED, "go": "submit", "submission_id": str(FIRST), "writer": "b", "revision": "0"}
    reply = client.post(address("quick", lost), sent)
    assert reply.status_code == 409
    assert "Changed in another tab meanwhile, to: “From the phone.”." in reply.content.decode()
    assert DebriefVersion.objects.count() == 0


def test_another_submission_gets_a_clear_answer(client: Client, lost: Closing, rep: User) -> None:
    submit_debrief(begin_debrief(lost, author=rep), quick(), submission_id=FIRST, by=rep)
    assert client.get(address("quick", lost)).headers["Location"] == address("receipt", lost)
    reply = client.post(address("quick", lost), {"go": "submit", "submission_id": str(SECOND)})
    assert reply.status_code == 409


def test_a_won_deal_asks_for_no_reason(client: Client, rep: User, defaults: None) -> None:
    won = closed_deal(owner=rep, closing={"outcome": Outcome.WON})
    sent = {LESSON: "Bring the engineer again.", "go": "submit", "submission_id": str(FIRST)}
    assert client.post(address("quick", won), sent).status_code == 302
    assert DebriefVersion.objects.get().reasons.count() == 0


@pytest.mark.parametrize("backlog", ["", "?backlog=1"])
def test_it_costs_few_statements(client: Client, three: list[Closing], backlog: str) -> None:
    path = address("quick", three[1]) + backlog
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    session = re.compile(r'"django_session"|FROM "people_user" WHERE "people_user"."id"')
    counted = [each for each in queries if not session.search(each["sql"])]
    assert len(counted) == (3 if backlog else 2)


def test_the_backlog_goes_from_the_oldest_deal_to_the_last(
    client: Client, three: list[Closing]
) -> None:
    start = client.get(reverse("debriefs:backlog"))
    first = f"{address('quick', three[0])}?backlog=0"
    assert start.headers["Location"] == first
    assert "1 of 3" in client.get(first).content.decode()
    sent = {**NEEDED, "go": "submit", "submission_id": str(FIRST)}
    onward = client.post(first, sent).headers["Location"]
    second = client.get(onward).headers["Location"]
    assert second == f"{address('quick', three[1])}?backlog=1"
    assert "2 of 3" in client.get(second).content.decode()

    skipped = client.post(second, {LESSON: "Half a thought", "go": "skip"}).headers["Location"]
    third = client.get(skipped).headers["Location"]
    assert third == f"{address('quick', three[2])}?backlog=1"
    assert "3 of 3" in client.get(third).content.decode()
    assert Draft.objects.get().values == {LESSON: "Half a thought"}

    onward = client.post(third, {**sent, "submission_id": str(SECOND)}).headers["Location"]
    end = client.get(onward, follow=True)
    assert end.redirect_chain[-1][0] == reverse("debriefs:mine")
    assert "That was all: 2 submitted, 1 left for later." in end.content.decode()


def test_stopping_keeps_what_was_typed(client: Client, three: list[Closing]) -> None:
    path = f"{address('quick', three[0])}?backlog=0"
    reply = client.post(path, {LESSON: "Half a thought", "go": "later"})
    assert reply.headers["Location"] == reverse("debriefs:mine")
    assert Draft.objects.get().values == {LESSON: "Half a thought"}


def test_the_same_backlog_submission_twice_goes_on_twice(
    client: Client, three: list[Closing]
) -> None:
    path = f"{address('quick', three[0])}?backlog=0"
    sent = {**NEEDED, "go": "submit", "submission_id": str(FIRST)}
    goals = {client.post(path, sent).headers["Location"] for _ in range(2)}
    assert goals == {f"{reverse('debriefs:backlog')}?after={three[0].pk}&done=1"}
    assert DebriefVersion.objects.count() == 1


def test_the_backlog_leaves_out_what_is_done_dismissed_or_open_again(
    client: Client, three: list[Closing], rep: User
) -> None:
    submit_debrief(begin_debrief(three[0], author=rep), quick(), submission_id=FIRST, by=rep)
    DebriefRequest.objects.filter(closing=three[1]).update(
        dismissed_at="2026-03-05T00:00Z", dismissed_because="A test order."
    )
    begun = closed_deal(owner=rep, closing={"closed_on": date(2026, 3, 1)})
    begin_debrief(begun, author=rep)
    start = client.get(reverse("debriefs:backlog"))
    assert start.headers["Location"] == f"{address('quick', begun)}?backlog=0"
    onward = client.get(reverse("debriefs:backlog"), {"after": begun.pk})
    assert onward.headers["Location"] == f"{address('quick', three[2])}?backlog=0"


@pytest.mark.parametrize("query", ["?after=999999&done=x", "?after=-1", "?done=99999999999"])
def test_a_forged_place_ends_or_begins_the_backlog(
    client: Client, three: list[Closing], query: str
) -> None:
    assert client.get(reverse("debriefs:backlog") + query).status_code == 302


def test_the_list_leads_to_the_backlog(client: Client, three: list[Closing]) -> None:
    page = client.get(reverse("debriefs:mine")).content.decode()
    assert f'href="{reverse("debriefs:backlog")}"' in page


def test_a_link_from_a_mail_leads_to_the_draft_after_signing_in(lost: Closing, rep: User) -> None:
    visitor = Client()
    path = address("quick", lost)
    asked = visitor.get(path)
    assert asked.status_code == 302
    sign_in = asked.headers["Location"]
    assert sign_in == f"{reverse('account_login')}?next={path}"
    done = visitor.post(sign_in, {"login": rep.username, "password": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, path)


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_signing_in_follows_no_address_of_somebody_else(rep: User, goal: str) -> None:
    visitor = Client()
    sent = {"login": rep.username, "password": PASSWORD, "next": goal}
    done = visitor.post(f"{reverse('account_login')}?next={goal}", sent)
    assert (done.status_code, done.headers["Location"]) == (302, "/")


def test_who_signs_in_while_submitting_comes_back_to_the_answers(
    client: Client, debrief: Debrief
) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes=FIELDS)
    reply = client.get(address("submit", debrief.closing))
    assert reply.headers["Location"] == address("check", debrief.closing)
    assert DebriefVersion.objects.count() == 0


def test_a_script_hears_where_to_go(client: Client, lost: Closing) -> None:
    sent = {**NEEDED, "go": "submit", "submission_id": str(FIRST)}
    reply = client.post(address("quick", lost), sent, headers={"accept": "application/json"})
    assert (reply.status_code, reply.json()) == (200, {"goal": address("receipt", lost)})


@pytest.mark.parametrize(("way", "kept"), [("steps", "steps"), ("page", "page")])
def test_how_to_go_through_the_form_is_chosen_and_remembered(
    client: Client, lost: Closing, way: str, kept: str
) -> None:
    path = address("form", lost)
    assert 'data-way="auto"' in client.get(path).content.decode()
    reply = client.post(path, {LESSON: "Not lost.", "go": f"way-{way}"})
    assert reply.headers["Location"] == path
    page = client.get(path).content.decode()
    assert f'data-way="{kept}"' in page
    assert "Not lost.</textarea>" in page
    client.cookies["debrief_way"] = '"><script>'
    assert 'data-way="auto"' in client.get(path).content.decode()
