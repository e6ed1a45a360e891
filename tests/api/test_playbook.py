"""The playbook through the API."""

from collections.abc import Callable

import pytest

from people.models import User
from playbook.services import rebuild_entries
from tests.api.conftest import ApiClient
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief

Calling = Callable[[User], ApiClient]


@pytest.fixture
def debriefs(rep: User) -> list[int]:
    made = []
    for name in ("Zinc plant", "Copper mine"):
        debrief = submitted_debrief(
            closing=closed_deal(owner=rep, name=name),
            reasons=[LossReasonFactory.create(key="price")],
            answers={"pain_points": {"text": f"The {name} & its furnace."}},
        )
        made.append(debrief.pk)
    rebuild_entries()
    return made


def test_words_find_debriefs_with_what_their_reader_may_see(
    rep: User, debriefs: list[int], calling: Calling
) -> None:
    answer = calling(rep).get("/playbook/search", q="copper").json()
    assert [hit["debrief"] for hit in answer["items"]] == [debriefs[1]]
    assert (answer["total"], answer["capped"], answer["next"]) == (1, False, None)
    hit = answer["items"][0]
    assert hit["deal"]["name"] == "Copper mine"
    assert hit["author"] == "Rita Rep"
    assert [reason["name"] for reason in hit["reasons"]] == ["Price"]
    assert "Copper mine & its furnace" in hit["snippet"]


def test_a_partner_finds_only_what_is_open_to_the_company(
    partner: User, debriefs: list[int], calling: Calling
) -> None:
    assert calling(partner).get("/playbook/search").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"outcome": "drawn"}, "outcome"),
        ({"since": "yesterday"}, "since"),
        ({"after": "nowhere"}, "after"),
        ({"colour": "red"}, "colour"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_what_cannot_be_asked_is_named(
    rep: User, calling: Calling, query: dict[str, str], field: str
) -> None:
    answer = calling(rep).get("/playbook/search", **query)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["problems"]] == [field]
