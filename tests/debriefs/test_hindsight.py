"""Looking back: what nobody has to say is asked, kept, shown to sales, found and compared."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from debriefs.errors import FieldsRefused
from debriefs.hindsight import Hindsight
from debriefs.models import Debrief
from debriefs.services.drafts import begin_amendment, save_draft
from debriefs.services.submission import submit_debrief, submit_draft
from people.models import User
from playbook import queries
from playbook.debrief_page import debrief_page
from playbook.query import PlaybookQuery
from playbook.services import refresh_entries
from playbook.versions import Change, versions_page
from tests.debriefs.submissions import FIELDS, FIRST, SECOND, full, quick
from tests.factories import StageFactory

SignIn = Callable[[User], Client]
SAID = Hindsight(
    missed_sign="The demo was put off twice.",
    missed_sign_stage="Discovery",
    unmet_need="Sovereign hosting.",
    rival_better="A reference next door.",
    idea="Bring a customer to the demo.",
)


@pytest.fixture(autouse=True)
def discovery(db: None) -> None:
    StageFactory.create(name="Discovery")


@pytest.fixture
def told(debrief: Debrief, rep: User) -> Debrief:
    submit_debrief(debrief, quick(hindsight=SAID), submission_id=FIRST, by=rep)
    debrief.refresh_from_db()
    return debrief


def columns(debrief: Debrief) -> dict[str, Any]:
    version = debrief.current_version
    assert version is not None
    stage = version.missed_sign_stage
    return {
        "missed_sign": version.missed_sign,
        "missed_sign_stage": stage.name if stage else "",
        "unmet_need": version.unmet_need,
        "rival_better": version.rival_better,
        "idea": version.idea,
    }


def test_what_was_said_is_kept_in_its_columns(told: Debrief) -> None:
    assert columns(told) == SAID.__dict__


def test_nothing_has_to_be_said(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    debrief.refresh_from_db()
    assert set(columns(debrief).values()) == {""}


def test_a_stage_that_is_not_one_is_refused(debrief: Debrief, rep: User) -> None:
    given = quick(hindsight=Hindsight(missed_sign_stage="Yesterday"))
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(debrief, given, submission_id=FIRST, by=rep)
    assert refused.value.errors == {
        "hindsight.missed_sign_stage": "“Yesterday” is not one of the stages."
    }


def test_what_is_too_long_is_refused_by_its_field(debrief: Debrief, rep: User) -> None:
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(
            debrief,
            quick(hindsight=Hindsight(idea="x" * 20_001)),
            submission_id=FIRST,
            by=rep,
        )
    assert list(refused.value.errors) == ["hindsight.idea"]


def test_an_amendment_begins_with_it_and_shows_what_changed(told: Debrief, rep: User) -> None:
    assert begin_amendment(told, by=rep).values["hindsight.missed_sign_stage"] == "Discovery"
    changes = {"hindsight.idea": "Bring two customers."}
    save_draft(told, base_revision=0, writer="a", changes=changes)
    submit_draft(told.closing_id, submission_id=SECOND, by=rep)
    told.refresh_from_db()
    assert columns(told) == {**SAID.__dict__, "idea": "Bring two customers."}
    page = versions_page(told, rep, earlier=1, later=2)
    assert page is not None
    [changed] = [each for each in page.compared if each.change is not Change.SAME]
    assert (changed.topic.label, changed.then.text, changed.now.text) == (
        "What could we try next time?",
        SAID.idea,
        "Bring two customers.",
    )


def test_sales_reads_it_and_a_partner_does_not(
    told: Debrief, outsider: User, partner: User
) -> None:
    section = debrief_page(told, outsider).sections[-1]
    assert (section.title, [reply.text for reply in section.replies]) == (
        "Looking back",
        list(SAID.__dict__.values()),
    )
    assert "Looking back" not in [each.title for each in debrief_page(told, partner).sections]


@pytest.mark.parametrize("word", ["sovereign", "postponed OR twice", "reference", "customer"])
def test_the_search_finds_it_for_sales_only(
    told: Debrief, outsider: User, partner: User, word: str
) -> None:
    refresh_entries([told.closing.deal_id])
    [hit] = queries.search(PlaybookQuery(words=word), outsider).hits
    assert "<mark>" in str(hit.snippet)
    assert queries.search(PlaybookQuery(words=word), partner).hits == ()


def test_the_form_asks_it_last_and_the_check_page_says_it(
    debrief: Debrief, rep: User, signed_in: SignIn
) -> None:
    client, closing = signed_in(rep), debrief.closing_id
    values = {**FIELDS, **SAID.values()}
    client.post(reverse("debriefs:form", args=[closing]), values)
    page = client.get(reverse("debriefs:form", args=[closing])).content.decode()
    assert page.index('id="step-next_time"') < page.index('id="step-hindsight"')
    assert '<option value="Discovery" selected>' in page
    check = client.get(reverse("debriefs:check", args=[closing])).content.decode()
    for text in SAID.__dict__.values():
        assert text in check


def test_it_costs_a_submission_one_statement_at_most(debrief: Debrief, rep: User) -> None:
    begun = full()
    given = type(begun)(**{**begun.__dict__, "hindsight": SAID})
    with CaptureQueriesContext(connection) as queries_made:
        submit_debrief(debrief, given, submission_id=FIRST, by=rep)
    statements = [each for each in queries_made if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 12
