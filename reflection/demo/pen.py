"""Writing as people do: whole sentences, in somebody's manner, hardly ever twice the same."""

import random
import re
from collections.abc import Iterable, Mapping
from enum import Enum

from reflection.demo.library import CHOICE, SLOT, library, slots_of

TYPO_SHARE = 0.008
TRIES = 12
_SENTENCE_START = re.compile(r"(^|[.!?] )([a-zø])")
_CLOCKED = re.compile(r"\b[a-z]{6,}\b")


class Manner(Enum):
    """How somebody writes."""

    TERSE = "terse"
    PLAIN = "plain"
    CHATTY = "chatty"
    CAREFUL = "careful"


MANNERS = (Manner.PLAIN, Manner.TERSE, Manner.PLAIN, Manner.CHATTY, Manner.CAREFUL)


class Pen:
    """Draws each section like a deck of cards and remembers every text that it has written."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._decks: dict[str, list[str]] = {}
        self._written: set[str] = set()

    def write(self, sections: Iterable[str], words: Mapping[str, str], manner: Manner) -> str:
        """A text of one sentence from each section, never written before; "" where none is left."""
        sections = tuple(sections)
        for _ in range(TRIES):
            text = self._compose(sections, words, manner)
            if text not in self._written:
                self._written.add(text)
                return text
        return ""

    def sentence(self, section: str, words: Mapping[str, str]) -> str:
        """The next sentence of the section whose facts are all known; "" where none is."""
        for _ in range(len(library().get(section, ()))):
            line = self._draw(section)
            chosen = CHOICE.sub(lambda found: self._rng.choice(found[1].split("|")), line)
            if slots_of(chosen) <= words.keys():
                return _capitalised(SLOT.sub(lambda found: words[found[1]], chosen))
        return ""

    def _draw(self, section: str) -> str:
        deck = self._decks.get(section)
        if not deck:
            deck = self._decks[section] = list(library()[section])
            self._rng.shuffle(deck)
        return deck.pop()

    def _compose(self, sections: tuple[str, ...], words: Mapping[str, str], manner: Manner) -> str:
        sentences = [self.sentence(section, words) for section in sections]
        sentences = list(dict.fromkeys(filter(None, sentences)))
        if not sentences:
            return ""
        if manner is Manner.TERSE:
            return self._slip(sentences[0].removesuffix("."))
        if manner is Manner.CHATTY and self._rng.random() < 0.3:
            sentences.insert(0, self.sentence("opener / chatty", words))
        gap = "\n" if manner is Manner.CAREFUL and len(sentences) > 2 else " "
        return self._slip(gap.join(sentences))

    def _slip(self, text: str) -> str:
        """Now and then two letters change places."""
        if self._rng.random() > TYPO_SHARE:
            return text
        found = list(_CLOCKED.finditer(text))
        if not found:
            return text
        at = self._rng.choice(found).start() + self._rng.randint(1, 4)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _capitalised(text: str) -> str:
    return _SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)
