"""Saved views: a page with its state under a name, the owner's own or shared with all of sales."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.periods import Period
from people.models import User
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.errors import BoardRefused
from trends.dashboard.saved import address_of, opened
from trends.dashboard.services import change_view, delete_view, save_view
from trends.dashboard.state import DashboardState, Show
from trends.models import SavedView
from trends.query import CompareWith, Judgement, ListReading, TrendQuery

pytestmark = pytest.mark.django_db
SINCE = {"since": ["2026-01-01"], "until": ["2026-03-31"]}


def saved(by: User, name: str = "Spring", *, is_shared: bool = False) -> SavedView:
    return save_view(name, page="reasons", params=SINCE, is_shared=is_shared, by=by)


def test_a_view_opens_its_page_with_its_state(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    view = save_view("Spring", page="stages", params={**SINCE, "segment": ["5", "null"]}, by=rep)
    response = signed_in(rep).get(reverse("trends:view_open", args=[view.pk]))
    assert response["Location"] == (
        "/dashboard/stages/?since=2026-01-01&until=2026-03-31&segment=5&segment=null"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    page=st.sampled_from([slug for slug, board in BOARDS.items() if not board.subject]),
    filters=st.dictionaries(
        st.sampled_from(["stage", "reason", "attribute:size", "team"]),
        st.lists(st.one_of(st.none(), st.text("ab,%& ", min_size=1)), min_size=1, max_size=2),
        max_size=2,
    ),
    compare=st.sampled_from([*CompareWith, Period(date(2025, 1, 1), date(2025, 2, 3))]),
    reading=st.sampled_from(ListReading),
    judgement=st.sampled_from(Judgement),
    show=st.sampled_from(Show),
)
def test_an_address_saved_opens_as_the_same_state(
    rep: User,
    page: str,
    filters: dict[str, list[str | None]],
    compare: CompareWith | Period,
    reading: ListReading,
    judgement: Judgement,
    show: Show,
) -> None:
    query = TrendQuery(
        since=date(2026, 1, 1),
        until=date(2026, 3, 31),
        compare=compare,
        reading=reading,
        judgement=judgement,
    ).with_filters(filters)
    state = DashboardState(query, show, reverse(BOARDS[page].url_name))
    address = QueryDict(state.address().partition("?")[2])
    params = {name: address.getlist(name) for name in address}
    with transaction.atomic():
        view = save_view("As it is", page=page, params=params, by=rep)
        view.refresh_from_db()
        board, again = opened(view, today=date(2026, 11, 23))
        transaction.set_rollback(True)
    assert (board.slug, again) == (page, state)
    path, _, query_string = address_of(view).partition("?")
    assert (path, QueryDict(query_string)) == (state.path, address)


@time_machine.travel("2026-11-23T12:00:00Z")
def test_a_moving_period_moves_with_the_day(rep: User) -> None:
    view = save_view("Last quarter", page="overview", params={"period": ["last-quarter"]}, by=rep)
    assert opened(view, today=date(2026, 11, 23))[1].period == Period(
        date(2026, 7, 1), date(2026, 9, 30)
    )
    assert opened(view, today=date(2027, 1, 2))[1].period == Period(
        date(2026, 10, 1), date(2026, 12, 31)
    )


def test_a_free_cut_keeps_its_question(rep: User) -> None:
    params = {**SINCE, "measure": ["win_rate"], "by": ["segment,month"]}
    view = save_view("Cut", page="explore", params=params, by=rep)
    _, state = opened(view, today=date(2026, 11, 23))
    assert (state.query.measure, state.query.by) == ("win_rate", ("segment", "month"))


def test_a_name_is_taken_once_per_person(rep: User, teammate: User) -> None:
    saved(rep)
    saved(teammate)
    with pytest.raises(BoardRefused, match="called “spring” already"):
        saved(rep, "  spring ")


def test_an_address_that_cannot_be_read_is_not_saved(rep: User) -> None:
    with pytest.raises(BoardRefused, match="colour"):
        save_view("Odd", page="reasons", params={"colour": ["red"]}, by=rep)


def test_a_page_that_is_not_there_is_not_saved(rep: User) -> None:
    with pytest.raises(BoardRefused, match="no page"):
        save_view("Odd", page="weather", params={}, by=rep)


def test_a_view_is_renamed_shared_and_taken_back(rep: User, teammate: User) -> None:
    view = saved(rep)
    change_view(view, name="Summer", is_shared=True)
    assert list(SavedView.objects.visible_to(teammate).values_list("name", flat=True)) == ["Summer"]
    change_view(view, name="Summer", is_shared=False)
    assert not SavedView.objects.visible_to(teammate).exists()
    delete_view(view)
    assert not SavedView.objects.visible_to(rep).exists()


def test_a_shared_view_is_for_sales_alone(rep: User, partner: User) -> None:
    saved(rep, is_shared=True)
    assert not SavedView.objects.visible_to(partner).exists()


def test_a_reader_opens_a_shared_view_with_their_own_rights(
    manager: User, outsider: User, rep: User, signed_in: Callable[[User], Client]
) -> None:
    params = {**SINCE, "rep": [str(rep.pk)]}
    view = save_view("By rep", page="overview", params=params, is_shared=True, by=manager)
    client = signed_in(outsider)
    there = client.get(reverse("trends:view_open", args=[view.pk]))["Location"]
    assert client.get(there).status_code in (403, 422)


def test_a_view_has_a_name_in_the_database_too(rep: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=rep, name="", page="reasons")


def test_the_list_says_which_are_yours_and_which_no_longer_stand(
    rep: User, teammate: User, signed_in: Callable[[User], Client]
) -> None:
    saved(rep, "Mine")
    saved(teammate, "Theirs", is_shared=True)
    SavedView.objects.create(owner=rep, name="Old", page="reasons", params={"gone": ["1"]})
    page = signed_in(rep).get(reverse("trends:view_list")).content.decode()
    assert page.index("Mine") < page.index("Old") < page.index("Theirs")
    assert "its filters no longer stand" in page
    assert page.count("read only") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_queries_for_any_number(
    rep: User,
    signed_in: Callable[[User], Client],
    count: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    for number in range(count):
        saved(rep, f"View {number}")
    client = signed_in(rep)
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        client.get(reverse("trends:view_list"))


def test_saving_from_a_page_leads_to_the_list(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(rep)
    address = "/dashboard/reasons/?since=2026-01-01&until=2026-03-31&segment=null"
    sent = {"address": address, "name": "Quarter", "period": "quarter", "is_shared": "on"}
    response = client.post(reverse("trends:view_create"), sent)
    assert response["Location"] == reverse("trends:view_list")
    view = SavedView.objects.get()
    assert (view.page, view.params) == ("reasons", {"segment": ["null"], "period": ["quarter"]})
    assert view.shared_at is not None
