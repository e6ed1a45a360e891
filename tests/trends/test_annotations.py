"""Annotations: what happened on a day, marked on the time axis of every chart and in its table."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.factories import closed_deal
from trends.dashboard.errors import BoardRefused
from trends.dashboard.services import annotate, change_annotation, remove_annotation
from trends.models import Annotation, AnnotationKind
from trends.services import rebuild

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 6)
WORDS = "Price change on 6 Oct 2026: New price list"


@pytest.fixture
def closed(db: None) -> None:
    closed_deal(closing={"closed_on": date(2026, 10, 20)})
    rebuild()


def marked(by: User | None = None, **more: str) -> Annotation:
    return annotate(DAY, "New price list", kind=AnnotationKind.PRICE, by=by, **more)


@time_machine.travel("2026-11-23T12:00:00Z")
@pytest.mark.usefixtures("closed")
def test_a_mark_stands_on_charts_over_time_and_in_their_tables(
    manager: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(manager)
    before = client.get(reverse("trends:dashboard")).content.decode()
    annotation = marked(manager)
    page = client.get(reverse("trends:dashboard")).content.decode()
    figure = page[page.index('id="reasons-over-time"') :].partition("</figure>")[0]
    assert WORDS not in before
    assert figure.count(f'<g role="img"><title>{WORDS}</title>') == 1
    assert f'<td class="num">{WORDS}</td>' in figure
    remove_annotation(annotation)
    assert WORDS not in client.get(reverse("trends:dashboard")).content.decode()


@time_machine.travel("2026-11-23T12:00:00Z")
@pytest.mark.usefixtures("closed")
def test_a_mark_outside_the_period_is_not_drawn(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    marked()
    page = signed_in(rep).get("/dashboard/?since=2026-10-10&until=2026-11-23").content.decode()
    assert WORDS not in page


def test_an_action_marks_once_however_often_it_calls(manager: User) -> None:
    first = marked(manager, origin="action:12")
    again = annotate(DAY, "Prices held", kind=AnnotationKind.ACTION, by=manager, origin="action:12")
    assert (again.pk, Annotation.objects.get().words) == (first.pk, "Prices held")


def test_by_hand_a_day_may_have_several(manager: User) -> None:
    assert marked(manager).pk != marked(manager).pk


@pytest.mark.parametrize("words", ["", "   ", "x" * 201])
def test_words_are_neither_missing_nor_a_story(words: str) -> None:
    with pytest.raises(BoardRefused):
        annotate(DAY, words, kind=AnnotationKind.OTHER, by=None)


def test_an_annotation_is_changed() -> None:
    annotation = change_annotation(
        marked(), day=date(2026, 10, 7), words="Launch of Quill", kind=AnnotationKind.LAUNCH
    )
    annotation.refresh_from_db()
    assert (annotation.day, annotation.words, annotation.kind) == (
        date(2026, 10, 7),
        "Launch of Quill",
        AnnotationKind.LAUNCH,
    )


@pytest.mark.parametrize("wrong", [{"kind": "weather"}, {"words": ""}])
def test_the_database_holds_what_an_annotation_is(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Annotation.objects.create(**{"day": DAY, "kind": "other", "words": "x", **wrong})


def test_a_manager_marks_a_day_and_a_rep_reads_who(
    manager: User, rep: User, signed_in: Callable[[User], Client]
) -> None:
    address = reverse("trends:annotation_list")
    sent = {"day": "2026-10-06", "kind": "price", "words": "New price list"}
    assert signed_in(manager).post(address, sent).status_code == 302
    page = signed_in(rep).get(address).content.decode()
    assert "New price list" in page
    assert "Mona Manager" in page
    assert "Mark a day" not in page


def test_a_manager_cannot_claim_a_finished_action(
    manager: User, signed_in: Callable[[User], Client]
) -> None:
    sent = {"day": "2026-10-06", "kind": "action", "words": "Done"}
    response = signed_in(manager).post(reverse("trends:annotation_list"), sent)
    assert (response.status_code, Annotation.objects.count()) == (422, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_queries_for_any_number(
    manager: User,
    signed_in: Callable[[User], Client],
    count: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    for _ in range(count):
        marked(manager)
    client = signed_in(manager)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        client.get(reverse("trends:annotation_list"))
