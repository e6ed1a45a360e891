"""The broker and the cache: fast when there, harmless when away."""

import time

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client, override_settings
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from reflection.broker import restore_unacknowledged
from reflection.cache import ForgivingRedisCache
from reflection.embedded.valkey import Valkey, cache_url
from reflection.schedule import SCHEDULE
from tests.settings import BROKER_LAYOUT


def test_every_scheduled_task_exists() -> None:
    current_app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(current_app.tasks)


def test_publishing_to_a_dead_broker_fails_at_once() -> None:
    before = time.monotonic()
    with pytest.raises(OperationalError):
        current_app.send_task("tests.nothing")
    assert time.monotonic() - before < 1.0


def test_publishing_to_a_silent_broker_fails_within_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        app = Celery(
            "silent",
            broker=f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
            set_as_current=False,
        )
        app.conf.update(
            broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            broker_connection_timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT,
            task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
        )
        before = time.monotonic()
        with pytest.raises(OperationalError):
            app.send_task("tests.nothing")
        assert time.monotonic() - before < 2.0


def test_messages_taken_by_a_killed_worker_come_back_at_the_next_start(
    valkey: Valkey,
) -> None:
    current_app.send_task("tests.nothing")
    with current_app.connection_for_read() as connection:
        channel = connection.default_channel
        queue = channel.client
        assert queue.llen("celery") == 1
        taken = channel.basic_get("celery", no_ack=False)
        assert taken is not None
        channel.qos.append(taken, taken.delivery_tag)
        assert (queue.llen("celery"), queue.hlen("unacked")) == (0, 1)
        assert restore_unacknowledged() == 1
        assert (queue.llen("celery"), queue.hlen("unacked")) == (1, 0)
        channel.qos._delivered.clear()


@pytest.fixture
def redis_cache() -> BaseCache:
    options = {"socket_timeout": settings.FAIL_FAST_SECONDS, "retry": Retry(NoBackoff(), 0)}
    return ForgivingRedisCache(cache_url(BROKER_LAYOUT), {"OPTIONS": options, "KEY_PREFIX": "test"})


def test_a_cache_whose_server_is_away_is_a_miss(redis_cache: BaseCache) -> None:
    before = time.monotonic()
    redis_cache.set("a", 1)
    redis_cache.set_many({"b": 2})
    assert redis_cache.get("a", "none") == "none"
    assert redis_cache.get_many(["a", "b"]) == {}
    assert redis_cache.add("a", 1) is True
    assert redis_cache.has_key("a") is False
    assert redis_cache.delete("a") is False
    assert redis_cache.touch("a") is False
    redis_cache.delete_many(["a"])
    redis_cache.clear()
    assert time.monotonic() - before < 1.0


def test_a_cache_whose_server_is_there_remembers(valkey: Valkey, redis_cache: BaseCache) -> None:
    redis_cache.set("a", {"n": 1})
    assert redis_cache.get("a") == {"n": 1}
    assert redis_cache.add("a", 2) is False
    redis_cache.set("count", 1)
    assert redis_cache.incr("count") == 2
    redis_cache.clear()
    assert redis_cache.get("a") is None


@pytest.mark.django_db
def test_pages_are_served_while_the_cache_is_away(client: Client) -> None:
    cache = {
        "default": {
            "BACKEND": "reflection.cache.ForgivingRedisCache",
            "LOCATION": "unix:///nonexistent/valkey.sock",
        }
    }
    with override_settings(CACHES=cache):
        assert client.get("/accounts/login/").status_code == 200
        assert caches["default"].get("a") is None
