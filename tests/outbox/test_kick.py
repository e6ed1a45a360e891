"""The kick: prompt where it can be, harmless where it can't."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from outbox import kick, relay
from outbox.kick import QUEUED_KEY, Kicker
from outbox.models import Delivery, Event
from outbox.services import record
from outbox.subscriptions import Registry
from outbox.tasks import prune, relay_now, sweep
from tests.outbox.conftest import Listener


def wait_until(condition: Callable[[], bool], *, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def test_a_hung_broker_holds_nobody_up_and_kicks_pile_up_to_one() -> None:
    release, calls = threading.Event(), []

    def publish() -> None:
        calls.append(1)
        release.wait(5)

    kicker = Kicker(publish)
    begun = time.monotonic()
    kicker.kick()
    wait_until(lambda: len(calls) == 1)
    for _ in range(1000):
        kicker.kick()
    assert time.monotonic() - begun < 1
    release.set()
    wait_until(lambda: len(calls) == 2)
    time.sleep(0.05)
    assert len(calls) == 2


def test_a_dead_broker_raises_nothing_and_is_left_alone_a_while() -> None:
    calls = []

    def publish() -> None:
        calls.append(1)
        raise ConnectionError("no broker")

    kicker = Kicker(publish)
    kicker.kick()
    wait_until(lambda: kicker._retry_at > 0)
    for _ in range(100):
        kicker.kick()
    time.sleep(0.05)
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_one_kick_follows_the_commit_and_none_a_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    kicks: list[int] = []
    monkeypatch.setattr(kick.kicker, "kick", lambda: kicks.append(Event.objects.count()))
    with transaction.atomic():
        record("said")
        assert kicks == []
    assert kicks == [1]
    with pytest.raises(RuntimeError), transaction.atomic():
        record("said")
        raise RuntimeError
    assert kicks == [1]


def test_only_one_message_waits_on_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(relay_now, "apply_async", lambda **options: sent.append(options))
    kick.publish()
    kick.publish()
    assert len(sent) == 1
    kick.taken()
    kick.publish()
    assert len(sent) == 2


def test_a_broker_that_refuses_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(relay_now, "apply_async", refuse)
    with pytest.raises(ConnectionError):
        kick.publish()
    assert cache.get(QUEUED_KEY) is None


@pytest.mark.django_db
@pytest.mark.parametrize("task", [relay_now, sweep])
def test_a_task_that_runs_twice_delivers_once(
    task: Callable[[], None],
    subscriptions: Registry,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "relay", partial(relay.relay, subscriptions=subscriptions))
    record("said", payload={"word": "hello"})
    task()
    task()
    assert listener.heard == ["hello"]
    assert list(Delivery.objects.values_list("attempts", "dead_at")) == [(1, None)]


@pytest.mark.django_db
def test_pruning_twice_forgets_what_everybody_has_long_taken_and_nothing_else() -> None:
    old, fresh = record("unheard"), record("unheard")
    relay.relay(subscriptions=Registry())
    Event.objects.filter(pk=old.pk).update(relayed_at=timezone.now() - timedelta(days=400))
    prune()
    prune()
    assert [event.pk for event in Event.objects.all()] == [fresh.pk]
