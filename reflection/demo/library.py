"""The stock of sentences: text files of sections, one sentence a line.

`# price / quote` begins a section. `[a|b|c]` is a choice, `{rival}` a fact of the deal.
"""

import re
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")


@cache
def library() -> dict[str, tuple[str, ...]]:
    """Section name, such as `price / quote`, to its sentences."""
    sections: dict[str, list[str]] = {}
    for file in sorted(WORDS.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                current = sections.setdefault(line.removeprefix("# "), [])
            elif line:
                current.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


def slots_of(line: str) -> set[str]:
    """The facts that a sentence needs."""
    return set(SLOT.findall(line))
