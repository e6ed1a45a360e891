"""A progress bar for people: drawn on a terminal, silent anywhere else."""

from typing import Protocol

WIDTH = 32


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


class ProgressBar:
    """`label [#####-----]  42 %`, redrawn in place as `reach` is called."""

    def __init__(self, stream: Stream, label: str, total: int) -> None:
        self._stream = stream if stream.isatty() else None
        self._label = label
        self._total = max(total, 1)
        self._drawn = -1

    def reach(self, done: int) -> None:
        """Show that `done` of the total are done; the last one ends the line."""
        percent = min(100 * done // self._total, 100)
        if self._stream is None or percent == self._drawn:
            return
        self._drawn = percent
        filled = "#" * (percent * WIDTH // 100)
        end = "\n" if percent == 100 else ""
        self._stream.write(f"\r{self._label} [{filled:-<{WIDTH}}] {percent:3} %{end}")
        self._stream.flush()
