"""A cache that is never needed: while its server is away every look-up is a miss."""

import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

PAUSE_SECONDS = 2.0
AWAY = (redis.ConnectionError, redis.TimeoutError)


class ForgivingClient(RedisCacheClient):
    """After a failure the server is left alone for a moment, so that a page pays at most once."""

    _away_until = 0.0

    def _or(self, default: Any, call: Callable[[], Any]) -> Any:
        if time.monotonic() < self._away_until:
            return default
        try:
            return call()
        except AWAY:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            return default

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(True, lambda: super(ForgivingClient, self).add(*args, **kwargs))

    def get(self, key: Any, default: Any) -> Any:
        return self._or(default, lambda: super(ForgivingClient, self).get(key, default))

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(None, lambda: super(ForgivingClient, self).set(*args, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(False, lambda: super(ForgivingClient, self).touch(*args, **kwargs))

    def delete(self, key: Any) -> Any:
        return self._or(False, lambda: super(ForgivingClient, self).delete(key))

    def get_many(self, keys: Any) -> Any:
        return self._or({}, lambda: super(ForgivingClient, self).get_many(keys))

    def has_key(self, key: Any) -> Any:
        return self._or(False, lambda: super(ForgivingClient, self).has_key(key))

    def incr(self, key: Any, delta: int) -> Any:
        return self._or(delta, lambda: super(ForgivingClient, self).incr(key, delta))

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._or(None, lambda: super(ForgivingClient, self).set_many(*args, **kwargs))

    def delete_many(self, keys: Any) -> Any:
        return self._or(None, lambda: super(ForgivingClient, self).delete_many(keys))

    def clear(self) -> Any:
        return self._or(False, super().clear)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
