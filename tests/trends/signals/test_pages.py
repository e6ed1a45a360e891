"""The pages of signals and their call: the list, one with its evidence, what people make of it."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from people.models import User
from tests.api.conftest import ApiClient, calling
from tests.factories import SignalFactory, SignalStepFactory
from tests.trends.signals.world import NOW, company_losing, rising
from trends.models import Signal, SignalMute
from trends.signals.models import SignalState
from trends.signals.services import look_for_signals, take_up_signal

__all__ = ["calling"]  # the fixture, as its own tests have it

SignIn = Callable[[User], Client]
LIST = "/dashboard/signals/"


@pytest.fixture
def norvik(manager: User) -> Signal:
    with time_machine.travel(NOW, tick=False):
        company_losing(rising)
        report = look_for_signals()
    assert report is not None
    return report.told[0]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_says_what_would_stand_there(rep: User, signed_in: SignIn) -> None:
    told = page(signed_in(rep), LIST)
    assert "Nothing has changed beyond chance" in told
    assert "digest</button>" not in told


def test_the_list_parts_what_stands_from_what_is_over(rep: User, signed_in: SignIn) -> None:
    SignalFactory.create(sentence="Price fell.", kind="drift", direction=-1)
    SignalFactory.create(state="over", ended_on="2026-11-21", sentence="Norvik rose.")
    told = page(signed_in(rep), LIST)
    now, over = told.split('id="over-title"')
    assert ("Price fell." in now, "Norvik rose." in over) == (True, True)
    assert "Drift down" in now


def test_the_overview_shows_the_newest_three(rep: User, signed_in: SignIn) -> None:
    for day in range(1, 5):
        SignalFactory.create(raised_on=f"2026-11-0{day}", sentence=f"Told on day {day}.")
    told = page(signed_in(rep), "/dashboard/")
    shown = [f"Told on day {day}." in told for day in range(1, 5)]
    assert shown == [False, True, True, True]
    assert "Told on day" not in page(signed_in(rep), "/dashboard/stages/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    rows: int, rep: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        SignalFactory.create()
    client = signed_in(rep)
    with django_assert_num_queries(3):
        page(client, LIST)


def test_a_signal_shows_its_chart_its_deals_and_its_history(
    norvik: Signal, manager: User, signed_in: SignIn
) -> None:
    take_up_signal(norvik, state=SignalState.WATCHED, note="We ask the buyers.", by=manager)
    with time_machine.travel(NOW, tick=False):
        told = page(signed_in(manager), f"{LIST}{norvik.pk}/")
    assert "<h1>Losses to Norvik</h1>" in told
    assert norvik.sentence in told
    assert "Norvik, 2026-10: " in told
    assert "48 deals since 31 Aug 2026" in told
    assert told.count("Lost ") >= 8
    assert "We ask the buyers." in told
    assert "Mona Manager" in told


def test_its_deals_are_as_many_as_the_signal_counts(
    norvik: Signal, manager: User, signed_in: SignIn
) -> None:
    client = signed_in(manager)
    with time_machine.travel(NOW, tick=False):
        told = page(client, f"{LIST}{norvik.pk}/")
        address = told.split('href="/dashboard/deals/?')[-1].split('"')[0].replace("&amp;", "&")
        behind = page(client, f"/dashboard/deals/?{address}")
    assert "48 deals" in behind


def test_partners_read_the_figures_and_not_who_said_what(
    norvik: Signal, manager: User, partner: User, signed_in: SignIn
) -> None:
    take_up_signal(norvik, state=SignalState.WATCHED, note="We ask the buyers.", by=manager)
    with time_machine.travel(NOW, tick=False):
        told = page(signed_in(partner), f"{LIST}{norvik.pk}/")
    assert norvik.sentence in told
    assert "Watched" in told
    assert "We ask the buyers." not in told
    assert "Mona" not in told


def test_a_manager_takes_it_up_on_the_page(manager: User, signed_in: SignIn) -> None:
    signal = SignalFactory.create()
    client = signed_in(manager)
    answer = client.post(f"{LIST}{signal.pk}/", {"state": "acted_on", "note": "New price list."})
    assert answer.status_code == 302
    signal.refresh_from_db()
    assert (signal.state, signal.steps.get().note) == ("acted_on", "New price list.")


def test_an_explanation_that_is_missing_is_asked_for(manager: User, signed_in: SignIn) -> None:
    signal = SignalFactory.create()
    answer = signed_in(manager).post(f"{LIST}{signal.pk}/", {"state": "explained", "note": ""})
    assert answer.status_code == 422
    assert "Say what explains it." in answer.content.decode()


def test_a_signal_whose_value_is_gone_keeps_its_figures(rep: User, signed_in: SignIn) -> None:
    signal = SignalFactory.create(value="987654")
    told = page(signed_in(rep), f"{LIST}{signal.pk}/")
    assert "What it was about is no longer counted" in told
    assert "22 of 236 deals" in told


def test_managers_choose_whether_their_digest_tells_them(manager: User, signed_in: SignIn) -> None:
    client = signed_in(manager)
    client.post(reverse("trends:signals_follow"), {"told": "no"})
    assert SignalMute.objects.filter(person=manager).exists()
    assert "Tell me in my digest" in page(client, LIST)
    client.post(reverse("trends:signals_follow"), {"told": "yes"})
    assert not SignalMute.objects.exists()


def test_the_call_tells_what_the_page_does(
    manager: User, partner: User, calling: Callable[[User], ApiClient]
) -> None:
    signal = SignalFactory.create()
    SignalFactory.create(state="over", ended_on="2026-11-21")
    SignalStepFactory.create(signal=signal, state="watched", by=manager, note="Since the fair.")
    told: list[dict[str, Any]] = calling(manager).get("/signals").json()["signals"]
    assert [each["id"] for each in told] == [signal.pk]
    assert told[0]["title"] == "Losses to Norvik"
    assert told[0]["of"] == {"dimension": "winner", "id": signal.value, "name": "Norvik"}
    assert (told[0]["hits"], told[0]["deals"], told[0]["direction"]) == (22, 236, "up")
    assert told[0]["history"][0]["by"] == "Mona Manager"
    to_partner = calling(partner).get("/signals", state="all").json()["signals"]
    assert len(to_partner) == 2
    assert {step["note"] for each in to_partner for step in each["history"]} == {""}
