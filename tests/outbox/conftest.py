"""Subscribers of the tests' own, apart from the product's."""

from collections.abc import Sequence

import pytest

from outbox.models import Event
from outbox.subscriptions import Registry, Subscription, subscriber


class Listener:
    """Remembers the events it was given, in order, and fails where it is told to."""

    def __init__(self, registry: Registry, name: str = "listener", batch_size: int = 500) -> None:
        self.heard: list[str] = []
        self.poison: set[str] = set()
        self.calls: list[int] = []
        subscriber(name, kinds=["said"], batch=True, batch_size=batch_size, into=registry)(self)
        found = registry.get(name)
        assert found is not None
        self.subscription: Subscription = found

    def __call__(self, events: Sequence[Event]) -> None:
        self.calls.append(len(events))
        words = [event.payload["word"] for event in events]
        bad = self.poison.intersection(words)
        if bad:
            raise ValueError(f"cannot take {min(bad)}")
        self.heard.extend(words)


@pytest.fixture
def subscriptions() -> Registry:
    return Registry()


@pytest.fixture
def listener(subscriptions: Registry) -> Listener:
    return Listener(subscriptions)
