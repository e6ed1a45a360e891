"""Ready-made content of the dashboard, kept per process until the tally or the day changes.

Drawing it costs many times what counting does. The key holds everything it depends on:
the versions of all blocks, the address's state, the reader and their role, the day.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.utils.safestring import SafeString

MOST = 160


class ReadyMade:
    """The last contents made, least recently used first out."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, SafeString] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], SafeString]) -> SafeString:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        content = make()
        with self._lock:
            self._made[key] = content
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return content

    def clear(self) -> None:
        with self._lock:
            self._made.clear()


ready_made = ReadyMade()
