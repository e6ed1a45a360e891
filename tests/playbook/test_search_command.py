"""`manage.py search` finds what the page finds, with the rights of whom it is asked as."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from people.models import User
from playbook.forms import PlaybookForm
from playbook.presentation import as_json
from playbook.queries import search
from tests.factories import CompetitorFactory, LossReasonFactory
from tests.playbook.conftest import Listed
from trends.services import rebuild

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("search", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def debriefs(listed: Listed, rep: User) -> None:
    answers = {
        "objections": {"text": "The <pilot> went well & fast.", "audience": "company"},
        "adaptability": {"text": "salesword", "audience": "sales"},
        "for_my_coach": {"text": "privateword", "audience": "private"},
    }
    for name, rival in (("First", "Norvik"), ("Second", "Quillon")):
        listed(
            deal={
                "name": name,
                "owner": rep,
                "competitors": [CompetitorFactory.create(name=rival)],
            },
            reasons=[LossReasonFactory.create(name="Price")],
            answers=answers,
        )
    rebuild()


@pytest.mark.usefixtures("debriefs")
def test_json_is_what_the_page_finds(rep: User) -> None:
    form = PlaybookForm({"q": "pilot", "sort": "oldest"})
    assert form.is_valid()
    printed: Any = json.loads(run("pilot", "--sort", "oldest", "--json", "--as", "REP"))
    assert printed == as_json(search(form.query(), rep))
    assert [hit["deal"] for hit in printed["hits"]] == ["First", "Second"]
    assert printed["total"] == 2


@pytest.mark.usefixtures("debriefs", "partner")
def test_it_asks_with_the_rights_of_the_person_named() -> None:
    def total(words: str, *who: str) -> int:
        found: int = json.loads(run(words, "--json", *who))["total"]
        return found

    assert total("salesword") == 2
    assert total("salesword", "--as", "partner") == 0
    assert total("privateword") == 0


@pytest.mark.usefixtures("debriefs")
def test_a_facet_is_named_by_id_or_by_name() -> None:
    assert run("--where", "competitor=norvik").splitlines()[0].startswith("First")
    assert run("--where", "competitor=null") == "0 debriefs\n"


@pytest.mark.usefixtures("debriefs")
def test_the_listing_reads_as_text() -> None:
    lines = run("pilot", "--limit", "1").splitlines()
    assert lines[0].startswith("Second  [debrief ")
    assert lines[2] == "  salesword The *pilot* went well & fast"
    assert lines[-1].startswith("2 debriefs; go on with --after 2026-03-10~")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--where", "competitor=Nobody"],
        ["--where", "colour=red"],
        ["--where", "outcome"],
        ["--where", "outcome=drawn"],
        ["--sort", "loudest"],
        ["--since", "yesterday"],
        ["--as", "ghost"],
        ["--limit", "0"],
    ],
)
def test_nonsense_is_named(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
