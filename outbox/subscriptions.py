"""Who wants to hear of what: the registry that each app's `subscribers.py` fills.

    @subscriber("trends.tally", kinds=[DEAL_CHANGED], batch=True)
    def bring_up_to_date(events: Sequence[Event]) -> None: ...

A subscriber runs in the transaction that marks its deliveries, so its database effect
stands exactly once per event. It takes ids from the payload, loads what stands now, and
does nothing when that is gone. Calls to the outside belong after the commit and carry
`event.public_id` as idempotency key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from outbox.models import Event

DEFAULT_BATCH_SIZE = 500

Handler = Callable[[Sequence[Event]], None]


@dataclass(frozen=True)
class Subscription:
    """`deliver` takes events in order; events of one subject never overtake each other."""

    name: str
    kinds: frozenset[str]
    deliver: Handler
    batch_size: int


class Registry:
    """The subscriptions of this process, by name."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, Subscription] = {}

    def add(self, subscription: Subscription) -> None:
        known = self._subscriptions.get(subscription.name)
        if known is not None:
            raise ValueError(f"two subscribers are called {subscription.name!r}")
        self._subscriptions[subscription.name] = subscription

    def remove(self, name: str) -> None:
        del self._subscriptions[name]

    def get(self, name: str) -> Subscription | None:
        return self._subscriptions.get(name)

    def all(self) -> list[Subscription]:
        return [self._subscriptions[name] for name in sorted(self._subscriptions)]

    def wanted(self) -> list[tuple[str, str]]:
        """Each pair of subscriber and kind."""
        return [(each.name, kind) for each in self.all() for kind in sorted(each.kinds)]


registry = Registry()


def subscriber(
    name: str,
    *,
    kinds: Iterable[str],
    batch: bool = False,
    batch_size: int = DEFAULT_BATCH_SIZE,
    into: Registry = registry,
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Subscribe a function to kinds of events under a name that never changes.

    Without `batch` it takes one event; with it, a sequence of at most `batch_size`, and a
    failure inside a batch is narrowed down to the events that cause it.
    """

    def decorate(function: Callable[[Any], None]) -> Callable[[Any], None]:
        into.add(
            Subscription(
                name=name,
                kinds=frozenset(kinds),
                deliver=function if batch else _one_by_one(function),
                batch_size=batch_size,
            )
        )
        return function

    return decorate


def _one_by_one(function: Callable[[Event], None]) -> Handler:
    def deliver(events: Sequence[Event]) -> None:
        for event in events:
            function(event)

    return deliver
