"""The form and what follows it, as a browser without scripts uses them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deals.models import Closing, Outcome
from debriefs.models import Debrief, DebriefRequest, DebriefVersion, Draft, LossReason
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_debrief
from people.models import User
from tests.debriefs.submissions import FIELDS, FIRST, SECOND, quick
from tests.factories import DebriefRequestFactory, closed_deal

SignIn = Callable[[User], Client]
NOT_COUNTED = re.compile(r'"django_session"|SAVEPOINT|FROM "people_user" WHERE "people_user"."id"')
LESSON = "answers.do_differently.text"


@pytest.fixture
def client(rep: User, signed_in: SignIn) -> Client:
    return signed_in(rep)


def address(name: str, closing: Closing) -> str:
    return reverse(f"debriefs:{name}", args=[closing.pk])


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([query for query in queries if not NOT_COUNTED.search(query["sql"])])


def test_opening_the_form_shows_what_the_crm_knows_and_writes_nothing(
    client: Client, lost: Closing
) -> None:
    page = client.get(address("form", lost)).content.decode()
    assert "Harbour roll-out" in page
    assert "USD 1,000" in page
    assert 'value="lost_to_competitor" checked' in page
    assert Debrief.objects.count() == 0


def test_the_form_costs_few_statements(
    client: Client, debrief: Debrief, manager: User, signed_in: SignIn
) -> None:
    path = address("form", debrief.closing)
    assert statements(client, path) == 3
    assert statements(signed_in(manager), path) == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(
    client: Client, defaults: None, rep: User, rows: int
) -> None:
    for _ in range(rows):
        DebriefRequestFactory.create(closing=closed_deal(owner=rep))
        begin_debrief(closed_deal(owner=rep), author=rep)
        closed_deal(owner=rep)
    assert statements(client, reverse("debriefs:mine")) == 4


def test_a_step_without_scripts_saves_the_draft_and_goes_on(client: Client, lost: Closing) -> None:
    path = address("form", lost)
    reply = client.post(path, {**FIELDS, "writer": "a", "revision": "0", "go": "2"})
    assert (reply.status_code, reply.headers["Location"]) == (302, f"{path}?section=2")
    assert Draft.objects.get().values == FIELDS
    page = client.get(path, {"section": "2"}).content.decode()
    assert 'class="debrief-step is-current" id="step-client"' in page
    assert "Meet the finance head before the offer.</textarea>" in page


def test_what_says_nothing_new_is_not_kept(client: Client, lost: Closing) -> None:
    unchanged = {"facts.outcome": "lost_to_competitor", "answers.objections.text": ""}
    client.post(address("form", lost), {**unchanged, "answers.for_my_coach.audience": "private"})
    assert Draft.objects.get().values == {}


def test_a_second_page_without_scripts_shows_both_versions(
    client: Client, debrief: Debrief
) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    reply = client.post(
        address("form", debrief.closing),
        {LESSON: "Call <b>first</b>.", "writer": "b", "revision": "0", "go": "check"},
    )
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Changed in another tab meanwhile, to: “Ask earlier.”." in page
    assert "Call &lt;b&gt;first&lt;/b&gt;.</textarea>" in page
    assert '<input type="hidden" name="revision" value="1">' in page
    assert Draft.objects.get().values == {LESSON: "Ask earlier."}


def test_an_answer_that_is_too_long_is_refused_with_its_name_and_kept_on_the_page(
    client: Client, lost: Closing
) -> None:
    reply = client.post(address("form", lost), {LESSON: "x" * 100_000, "go": "check"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "“What would we do differently?” has 100,000 characters; at most 20,000" in page
    assert 'href="#answers-do_differently-text"' in page
    assert "x" * 100_000 in page
    assert not Draft.objects.exclude(fields={}).exists()


def test_a_retired_reason_in_a_draft_is_named_on_the_form_and_refused_on_submission(
    client: Client, debrief: Debrief, price: LossReason
) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes=FIELDS)
    LossReason.objects.filter(pk=price.pk).update(retired_at=timezone.now())
    message = "has left the reason list: choose another reason."
    assert message in client.get(address("form", debrief.closing)).content.decode()
    reply = client.post(address("submit", debrief.closing), {"submission_id": str(FIRST)})
    assert reply.status_code == 422
    assert f"“Price” {message}" in reply.content.decode()
    assert DebriefVersion.objects.count() == 0


def test_checking_shows_all_answers_and_submitting_gives_the_receipt(
    client: Client, debrief: Debrief
) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes=FIELDS)
    page = client.get(address("check", debrief.closing)).content.decode()
    assert "Price, untested · The buyer said it" in page
    assert "You were 20 % above." in page
    submission = re.search(r'name="submission_id" value="([^"]+)"', page)
    assert submission is not None
    sent = {"submission_id": submission[1]}
    for _ in range(2):
        reply = client.post(address("submit", debrief.closing), sent)
        assert (reply.status_code, reply.headers["Location"]) == (
            302,
            address("receipt", debrief.closing),
        )
    assert DebriefVersion.objects.count() == 1
    receipt = client.get(address("receipt", debrief.closing)).content.decode()
    assert "Debrief submitted. Thank you." in receipt
    assert "You can amend it until" in receipt


def test_an_unfinished_debrief_is_not_submitted_and_says_what_is_missing(
    client: Client, debrief: Debrief
) -> None:
    reply = client.post(address("submit", debrief.closing), {"submission_id": str(FIRST)})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: " in page
    assert "Choose the reason that weighed most." in page
    assert DebriefVersion.objects.count() == 0
    assert Draft.objects.count() == 1


def test_a_second_submission_of_the_same_debrief_gets_a_clear_answer(
    client: Client, debrief: Debrief, rep: User
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    reply = client.post(address("submit", debrief.closing), {"submission_id": str(SECOND)})
    assert reply.status_code == 409
    assert "already submitted, from another tab or device" in reply.content.decode()
    assert DebriefVersion.objects.count() == 1


@pytest.mark.parametrize("name", ["form", "check", "receipt"])
def test_a_forged_id_in_an_address_is_not_found(client: Client, lost: Closing, name: str) -> None:
    forged = reverse(f"debriefs:{name}", args=[lost.pk + 1])
    assert client.get(forged).status_code == 404
    assert client.get(forged.replace(str(lost.pk + 1), "9" * 25)).status_code == 404


def test_what_a_won_deal_leaves_out_is_said(client: Client, debrief: Debrief) -> None:
    changes = {
        **FIELDS,
        "runner_up.was": "yes",
        "runner_up.evidence": "They wrote it.",
        "facts.outcome": "won",
    }
    save_draft(debrief, base_revision=0, writer="a", changes=changes)
    page = client.get(address("check", debrief.closing)).content.decode()
    assert "left out of what is submitted: whether we were the runner-up." in page
    client.post(address("submit", debrief.closing), {"submission_id": str(FIRST)})
    version = DebriefVersion.objects.get()
    assert (version.was_runner_up, version.facts["outcome"]) == (None, "won")


def test_amending_begins_from_what_was_submitted_and_can_be_discarded(
    client: Client, debrief: Debrief, rep: User
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    closing = debrief.closing
    assert client.get(address("form", closing)).headers["Location"] == address("receipt", closing)
    assert client.post(address("amend", closing)).headers["Location"] == address("form", closing)
    assert "Amending a debrief" in client.get(address("form", closing)).content.decode()
    client.post(address("discard", closing))
    assert not Draft.objects.exists()
    assert DebriefVersion.objects.count() == 1


def test_the_list_says_what_waits_what_was_begun_and_what_can_be_amended(
    client: Client, debrief: Debrief, rep: User, manager: User, signed_in: SignIn
) -> None:
    DebriefRequestFactory.create(closing=closed_deal(owner=rep, name="Waiting deal"))
    closed_deal(owner=rep, name="Older deal")
    done = begin_debrief(closed_deal(owner=rep, name="Done deal"), author=rep)
    submit_debrief(done, quick(), submission_id=FIRST, by=rep)
    page = client.get(reverse("debriefs:mine")).content.decode()
    headings = ["waiting-title", "drafts-title", "undone-title", "amendable-title"]
    deals = ["Waiting deal", "Harbour roll-out", "Older deal", "Done deal"]
    places = [page.index(f'id="{heading}"') for heading in headings]
    for place, end, deal in zip(places, [*places[1:], len(page)], deals, strict=True):
        assert deal in page[place:end]
    assert "Waiting in your teams" not in page
    teams = signed_in(manager).get(reverse("debriefs:mine")).content.decode()
    assert "Waiting deal" in teams[teams.index("Waiting in your teams") :]


def test_an_empty_list_says_what_comes(client: Client) -> None:
    assert "Nothing waits for you" in client.get(reverse("debriefs:mine")).content.decode()


def test_not_worth_a_debrief_needs_a_reason(client: Client, lost: Closing) -> None:
    request = DebriefRequestFactory.create(closing=lost)
    path = reverse("debriefs:dismiss", args=[request.pk])
    assert client.post(path, {"because": " "}).status_code == 422
    assert client.post(path, {"because": "A test order."}).status_code == 302
    assert DebriefRequest.objects.get().dismissed_because == "A test order."


def post_draft(client: Client, closing: Closing, body: object) -> tuple[int, dict[str, object]]:
    reply = client.post(
        address("draft", closing), json.dumps(body), content_type="application/json"
    )
    return reply.status_code, reply.json()


def test_autosave_begins_the_draft_and_answers_with_the_revision(
    client: Client, lost: Closing
) -> None:
    post = {"writer": "a", "sequence": 1, "base": 0, "changes": {LESSON: "Ask earlier."}}
    assert post_draft(client, lost, post) == (
        200,
        {"revision": 1, "conflicts": {}, "updates": {}},
    )
    other = {"writer": "b", "sequence": 1, "base": 0, "changes": {LESSON: "Call first."}}
    assert post_draft(client, lost, other) == (
        200,
        {
            "revision": 1,
            "conflicts": {LESSON: {"mine": "Call first.", "theirs": "Ask earlier."}},
            "updates": {},
        },
    )
    look = client.get(address("draft", lost), {"base": "0", "writer": "b"}).json()
    assert (look["revision"], look["updates"]) == (1, {LESSON: "Ask earlier."})


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"writer": "", "sequence": 1, "base": 0, "changes": {}},
        {"writer": "a", "sequence": True, "base": 0, "changes": {}},
        {"writer": "a", "sequence": 1, "base": -1, "changes": {}},
        {"writer": "a", "sequence": 1, "base": 0, "changes": []},
    ],
)
def test_autosave_refuses_what_is_no_draft(client: Client, lost: Closing, body: object) -> None:
    assert post_draft(client, lost, body)[0] == 400
    assert Debrief.objects.count() == 0


def test_autosave_names_the_field_that_can_not_be_kept(client: Client, lost: Closing) -> None:
    post = {"writer": "a", "sequence": 1, "base": 0, "changes": {LESSON: "x" * 100_000}}
    status, answer = post_draft(client, lost, post)
    assert status == 422
    assert answer == {
        "errors": {
            LESSON: "“What would we do differently?” has 100,000 characters; "
            "at most 20,000 can be kept."
        }
    }


def test_autosave_after_submission_says_where_it_stands(
    client: Client, debrief: Debrief, rep: User
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    post = {"writer": "a", "sequence": 1, "base": 0, "changes": {LESSON: "Late."}}
    status, answer = post_draft(client, debrief.closing, post)
    assert (status, answer["goal"]) == (409, address("receipt", debrief.closing))


def test_autosave_after_the_session_ended_says_so(lost: Closing) -> None:
    assert Client().get(address("draft", lost)).status_code == 401


def test_a_deal_opened_again_takes_no_new_debrief(client: Client, lost: Closing) -> None:
    Closing.objects.filter(pk=lost.pk).update(reopened_at=timezone.now())
    assert client.get(address("form", lost)).status_code == 404
    post = {"writer": "a", "sequence": 1, "base": 0, "changes": {LESSON: "Ask."}}
    status, answer = post_draft(client, lost, post)
    assert status == 409
    assert "opened again" in str(answer["error"])


def test_a_deal_of_unknown_end_asks_how_it_ended(client: Client, rep: User, defaults: None) -> None:
    closing = closed_deal(owner=rep, closing={"outcome": Outcome.LOST_UNSPECIFIED})
    save_draft(begin_debrief(closing, author=rep), base_revision=0, writer="a", changes=FIELDS)
    reply = client.post(address("submit", closing), {"submission_id": str(FIRST)})
    assert reply.status_code == 422
    assert "Choose how this deal ended." in reply.content.decode()


def test_a_manager_opens_a_debrief_again_once_its_time_is_over(
    debrief: Debrief, rep: User, manager: User, teammate: User, signed_in: SignIn
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    path = reverse("debriefs:actions", args=[debrief.pk])
    offer = "Let Rita Rep amend it again"
    assert offer not in signed_in(manager).get(path).content.decode()
    Debrief.objects.update(amendable_until=timezone.now() - timedelta(minutes=1))
    assert offer in signed_in(manager).get(path).content.decode()
    for person in (rep, teammate):
        assert offer not in signed_in(person).get(path).content.decode()
    signed_in(manager).post(reverse("debriefs:reopen", args=[debrief.pk]))
    receipt = signed_in(rep).get(address("receipt", debrief.closing)).content.decode()
    assert "You can amend it until" in receipt
