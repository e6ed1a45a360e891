"""Delivery: once, in order, isolated, and never lost."""

import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outbox.models import Delivery, Event
from outbox.relay import MAX_ATTEMPTS, deliver_batch, fan_out, is_quiet, relay, retry_after
from outbox.services import prune_events, record, replay
from outbox.subscriptions import Registry, subscriber
from tests.outbox.conftest import Listener


def say(word: str, *, subject: str = "") -> Event:
    with transaction.atomic():
        return record("said", subject=subject, payload={"word": word})


def make_due() -> None:
    Delivery.objects.pending().update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_relaying_twice_delivers_once(subscriptions: Registry, listener: Listener) -> None:
    say("hello")
    assert relay(subscriptions=subscriptions) == 1
    assert relay(subscriptions=subscriptions) == 0
    assert listener.heard == ["hello"]
    assert is_quiet()


@pytest.mark.django_db
def test_each_subscriber_hears_each_event_of_its_kinds(subscriptions: Registry) -> None:
    first, second = Listener(subscriptions, "first"), Listener(subscriptions, "second")
    with transaction.atomic():
        record("unheard")
    say("hello")
    relay(subscriptions=subscriptions)
    assert (first.heard, second.heard) == (["hello"], ["hello"])
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_events_come_in_the_order_they_were_recorded(
    subscriptions: Registry, listener: Listener
) -> None:
    for word in "abcde":
        say(word, subject="deal:1")
    relay(subscriptions=subscriptions)
    assert listener.heard == ["a", "b", "c", "d", "e"]
    assert listener.calls == [5]


@pytest.mark.django_db
def test_poison_is_isolated_and_holds_back_its_own_subject_only(
    subscriptions: Registry, listener: Listener
) -> None:
    listener.poison = {"b"}
    for word, subject in [("a", "x"), ("b", "y"), ("c", "y"), ("d", "z"), ("e", "")]:
        say(word, subject=subject)
    relay(subscriptions=subscriptions)
    assert listener.heard == ["a", "d", "e"]
    failed = Delivery.objects.get(event__payload__word="b")
    assert (failed.attempts, failed.last_error) == (1, "ValueError: cannot take b")
    held = Delivery.objects.get(event__payload__word="c")
    assert held.attempts == 0
    assert held.due_at == failed.due_at
    listener.poison = set()
    make_due()
    relay(subscriptions=subscriptions)
    assert listener.heard == ["a", "d", "e", "b", "c"]


@pytest.mark.django_db
def test_blocked_events_leave_room_for_others(subscriptions: Registry) -> None:
    listener = Listener(subscriptions, batch_size=2)
    listener.poison = {"bad"}
    say("bad", subject="x")
    for n in range(5):
        say(f"behind {n}", subject="x")
    say("free", subject="y")
    relay(subscriptions=subscriptions)
    assert listener.heard == ["free"]


@pytest.mark.django_db
def test_poison_dies_after_its_last_attempt_and_lets_the_next_pass(
    subscriptions: Registry, listener: Listener
) -> None:
    listener.poison = {"bad"}
    say("bad", subject="x")
    say("good", subject="x")
    for _ in range(MAX_ATTEMPTS):
        make_due()
        relay(subscriptions=subscriptions)
    dead = Delivery.objects.dead().get()
    assert (dead.event.payload["word"], dead.attempts) == ("bad", MAX_ATTEMPTS)
    make_due()
    relay(subscriptions=subscriptions)
    assert listener.heard == ["good"]


@pytest.mark.django_db
def test_a_replayed_event_is_delivered_once_it_can_be(
    subscriptions: Registry, listener: Listener
) -> None:
    say("late")
    fan_out(subscriptions=subscriptions)
    Delivery.objects.update(dead_at=timezone.now(), attempts=MAX_ATTEMPTS)
    assert relay(subscriptions=subscriptions) == 0
    assert replay(Delivery.objects.values_list("pk", flat=True)) == 1
    assert replay(Delivery.objects.values_list("pk", flat=True)) == 0
    relay(subscriptions=subscriptions)
    assert listener.heard == ["late"]


@pytest.mark.django_db
def test_effect_and_delivery_stand_or_fall_together(subscriptions: Registry) -> None:
    @subscriber("writer", kinds=["said"], into=subscriptions)
    def write(event: Event) -> None:
        record("written", payload=event.payload)
        if event.payload["word"] == "bad":
            raise ValueError("after the effect")

    say("bad")
    say("good")
    relay(subscriptions=subscriptions)
    assert [e.payload["word"] for e in Event.objects.filter(kind="written")] == ["good"]
    assert Delivery.objects.pending().get().event.payload["word"] == "bad"


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_effect_and_commit_repeats_the_whole_batch(
    subscriptions: Registry,
) -> None:
    crashes = ["once"]

    @subscriber("writer", kinds=["said"], into=subscriptions)
    def write(event: Event) -> None:
        record("written", payload=event.payload)
        if crashes:
            crashes.pop()
            raise SystemExit

    say("hello")
    with pytest.raises(SystemExit):
        relay(subscriptions=subscriptions)
    assert not Event.objects.filter(kind="written").exists()
    relay(subscriptions=subscriptions)
    assert Event.objects.filter(kind="written").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_deliver_once_and_in_order(subscriptions: Registry) -> None:
    heard: list[tuple[str, int]] = []

    @subscriber("writer", kinds=["said"], batch=True, batch_size=7, into=subscriptions)
    def write(events: Sequence[Event]) -> None:
        heard.extend((event.subject, event.pk) for event in events)
        for event in events:
            record("written", subject=event.subject, payload={"of": event.pk})

    for n in range(120):
        say(str(n), subject=f"deal:{n % 5}")

    def work() -> None:
        try:
            relay(subscriptions=subscriptions)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relay(subscriptions=subscriptions)
    assert len(heard) == 120
    assert len(set(heard)) == 120
    for n in range(5):
        mine = [pk for subject, pk in heard if subject == f"deal:{n}"]
        assert mine == sorted(mine)
    written = Event.objects.filter(kind="written").values_list("payload__of", flat=True)
    assert len(set(written)) == 120


@pytest.mark.django_db
def test_events_outside_a_transaction_are_refused_unless_rolled_back_with_it() -> None:
    with pytest.raises(RuntimeError, match="undo"), transaction.atomic():
        record("said")
        raise RuntimeError("undo")
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_recording_without_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record("said")


@pytest.mark.django_db
def test_recording_is_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        record("said")


@pytest.mark.django_db
def test_pruning_forgets_what_all_took_long_ago(
    subscriptions: Registry, listener: Listener
) -> None:
    listener.poison = {"dead"}
    for word in ("old", "dead", "new"):
        say(word)
    relay(subscriptions=subscriptions)
    Delivery.objects.pending().update(dead_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=31)
    Event.objects.exclude(payload__word="new").update(relayed_at=long_ago)
    assert prune_events() == 1
    assert [event.payload["word"] for event in Event.objects.order_by("pk")] == ["dead", "new"]


def test_retries_wait_longer_each_time_and_an_hour_at_most() -> None:
    seconds = [retry_after(n).total_seconds() for n in range(1, 13)]
    assert seconds == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


WORLDS = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(0, 3)), max_size=14)


@pytest.fixture(scope="module")
def quiet_log() -> Iterator[None]:
    """Tracebacks of expected failures, formatted by the thousand, are most of a run's time."""
    logger = logging.getLogger("outbox.relay")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.mark.django_db
@pytest.mark.usefixtures("quiet_log")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=WORLDS, batch_size=st.integers(1, 6))
def test_whatever_fails_how_often_all_arrive_once_in_their_subject_s_order(
    world: list[tuple[str, int]], batch_size: int
) -> None:
    """Each event fails as many times as the world says, alone or in a batch."""
    subscriptions = Registry()
    failures: dict[int, int] = {}
    heard: list[tuple[str, int]] = []

    @subscriber("s", kinds=["said"], batch=True, batch_size=batch_size, into=subscriptions)
    def take(events: Sequence[Event]) -> None:
        for event in events:
            if failures[event.pk] > 0 and len(events) == 1:
                failures[event.pk] -= 1
                raise ValueError("not yet")
            if failures[event.pk] > 0:
                raise ValueError("not with others")
        heard.extend((event.subject, event.pk) for event in events)

    with transaction.atomic():
        recorded = [(say("w", subject=subject), times) for subject, times in world]
        failures.update({event.pk: times for event, times in recorded})
        while Delivery.objects.pending().exists() or Event.objects.unrelayed().exists():
            make_due()
            relay(subscriptions=subscriptions)
        assert sorted(pk for _, pk in heard) == sorted(event.pk for event, _ in recorded)
        for subject in "abc":
            mine = [pk for s, pk in heard if s == subject]
            assert mine == sorted(mine)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_batch_without_room_is_taken_in_several(subscriptions: Registry) -> None:
    listener = Listener(subscriptions, batch_size=2)
    for word in "abcde":
        say(word)
    fan_out(subscriptions=subscriptions)
    assert deliver_batch(listener.subscription) == 2
    relay(subscriptions=subscriptions)
    assert listener.heard == ["a", "b", "c", "d", "e"]
