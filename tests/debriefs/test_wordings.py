"""When a question or factor was asked in other words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from debriefs.queries.wordings import WordingChange, wording_changes_of
from tests.factories import QuestionTemplateFactory, TemplateVersionFactory

pytestmark = pytest.mark.django_db


def changes(key: str) -> list[WordingChange]:
    return wording_changes_of([key])[key]


def publish(number: int, day: int, *, template: str = "tests", **words: str) -> None:
    questions = [{"key": key, "kind": "rating", "text": text} for key, text in words.items()]
    factors = [{"key": "timing", "name": f"Timing {number // 3}"}]
    sections: list[dict[str, Any]] = [
        {
            "key": "one",
            "title": "One",
            "audience": "sales",
            "questions": questions,
            "factors": factors,
        }
    ]
    TemplateVersionFactory.create(
        template=QuestionTemplateFactory.create(key=template),
        number=number,
        definition={"sections": sections},
        published_at=datetime(2026, 3, day, 23, 30, tzinfo=UTC),
        retired_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def test_a_rewording_is_dated_by_its_publishing_in_the_companys_time_zone(settings: Any) -> None:
    settings.ENV = settings.ENV.model_copy(update={"company_time_zone": "Europe/Berlin"})
    publish(1, 1, value="Was it clear?", other="Other?")
    publish(2, 8, value="Was it clear?", other="Another?")
    publish(3, 15, value="Did they see it?", other="Another?")
    assert changes("value") == [
        WordingChange(date(2026, 3, 16), "Was it clear?", "Did they see it?")
    ]
    assert changes("timing") == [WordingChange(date(2026, 3, 16), "Timing 0", "Timing 1")]
    assert changes("unknown") == []


def test_a_question_that_comes_back_in_other_words_has_changed_when_it_came_back() -> None:
    publish(1, 1, value="Was it clear?")
    publish(2, 8, other="Other?")
    publish(3, 15, value="Did they see it?")
    publish(4, 22, value="Was it clear?")
    assert [(each.day.day, each.after) for each in changes("value")] == [
        (15, "Did they see it?"),
        (22, "Was it clear?"),
    ]


def test_two_templates_with_words_of_their_own_change_nothing() -> None:
    publish(1, 1, value="Was it clear?")
    publish(1, 8, template="others", value="Did they see it?")
    assert changes("value") == []


def test_a_draft_changes_nothing() -> None:
    publish(1, 1, value="Was it clear?")
    TemplateVersionFactory.create(
        template=QuestionTemplateFactory.create(key="tests"),
        number=2,
        definition={"sections": []},
        published_at=None,
    )
    assert changes("value") == []
