"""The words of a deal's notes, found the same way for training and for proposing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_STOP = re.compile(r"[.!?;:\n]")


@dataclass(frozen=True)
class Case:
    """What is known of a closed deal before anybody debriefs it.

    `notes` is what the CRM says in words; `facts` are tokens such as `stage:7`, which no word
    of a text can be.
    """

    notes: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A word, or two neighbours within a sentence: folded in case, and where they stand."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]


def terms_of(text: str) -> Iterator[Term]:
    """Each word of the text, and each pair of neighbours, in their order."""
    before: re.Match[str] | None = None
    for word in _WORD.finditer(text):
        if before and not _STOP.search(text, before.end(), word.start()):
            yield _term(before, word)
        yield _term(word)
        before = word


def features_of(case: Case) -> list[str]:
    """What a case is judged by: the terms of its notes and its facts."""
    return [*(term.text for term in terms_of(case.notes)), *case.facts]


def _term(*words: re.Match[str]) -> Term:
    written = tuple(word[0] for word in words)
    return Term(" ".join(written).casefold(), words[0].start(), words[-1].end(), written)
