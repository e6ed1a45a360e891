"""The words of a deal's notes, found the same way for training and for proposing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_COMMON_WORDS = Path(__file__).with_name("common_words.txt")
_DENIALS = frozenset({"no", "not", "never", "nobody", "nothing", "without"})
_SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_STOP = re.compile(r"[.!?;:\n]")
_BEFORE_SENTENCE = re.compile(r"(?:['’”\")\]]+\s)?\s*")


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


def sentences_of(text: str) -> list[str]:
    """The text's sentences and lines, none of them empty."""
    return [sentence.strip() for sentence in _STOP.split(text) if sentence.strip()]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the sentence goes that holds a term, its mark at the end included.

    The quotation mark or bracket that closes the sentence before is no part of it.
    """
    begin = max((stop.end() for stop in _STOP.finditer(text, 0, start)), default=0)
    stop = _STOP.search(text, end)
    if before := _BEFORE_SENTENCE.match(text, begin, start):
        begin = before.end()
    return begin, stop.end() if stop else len(text)


def says_something(term: Term) -> bool:
    """To a reader: "case" and "were with" may weigh with the rest, and are no evidence.

    No word is a common one, but for a denial before another: "no budget".
    """
    first, *others = map(str.casefold, term.words)
    if others and first in _DENIALS:
        return _is_content(others[0])
    return all(map(_is_content, (first, *others)))


def _is_content(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in common_words()


@cache
def common_words() -> frozenset[str]:
    """What says nothing by itself, in the languages of the file, folded in case."""
    lines = _COMMON_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def features_of(case: Case) -> list[str]:
    """What a case is judged by: the terms of its notes and its facts."""
    return [*(term.text for term in terms_of(case.notes)), *case.facts]


def _term(*words: re.Match[str]) -> Term:
    written = tuple(word[0] for word in words)
    return Term(" ".join(written).casefold(), words[0].start(), words[-1].end(), written)
