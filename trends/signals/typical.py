"""The words most typical of a signal's debriefs, from texts that the reader may see.

Log-odds with an informative Dirichlet prior (B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin'
Words", Political Analysis 16, 2008, equations 16 and 22): how much more often a word stands in these
debriefs than in the others, drawn towards how often it stands in any, over its standard error. A
word counts once a debrief, so that nobody's favourite word becomes the company's.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from debriefs.models import Answer, CitedReason, Debrief, FactorScore
from people.models import User

MOST_WORDS = 12
MOST_DEBRIEFS = 300
MOST_OTHERS = 900
FEWEST_DEBRIEFS = 3  # a word that only one or two wrote would be theirs
LEAST_ODDS = 1.96
MOST_PRIOR = 100.0  # how many debriefs the prior weighs as much as, or a quarter of those read

# Words that say nothing by themselves; other languages' are held down by the prior.
_EMPTY = frozenset(
    "about after again all also and any are because been before being between both but can could did"
    " does doing down during each for from had has have having her here him his how into its just let"
    " more most not now off once only other our out over own same she should some such than that the"
    " their them then there these they this those through too under until very was were what when where"
    " which while who whom why will with would you your one two first".split()
)

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[’'-](?=[^\W_])){2,}")


@dataclass(frozen=True)
class TypicalWord:
    """A word, in how many of these debriefs it stands and in how many of the others."""

    word: str
    here: int
    others: int
    z: float


@dataclass(frozen=True)
class TypicalWords:
    """The words with the numbers of debriefs that were read; `here` 0 means none may be read."""

    words: tuple[TypicalWord, ...]
    here: int
    others: int


def typical_words(
    closing_ids: Sequence[int], other_ids: Sequence[int], viewer: User
) -> TypicalWords:
    """Of the debriefs of some closings against those of others, at most 300 and 900.

    Five queries: which debriefs count and are the viewer's to read, and their texts by audience;
    private answers and what the viewer still owes a view of are in none of them.
    """
    mine, others = set(closing_ids[:MOST_DEBRIEFS]), set(other_ids[:MOST_OTHERS])
    versions = _versions(mine | others, viewer)
    words: dict[int, set[str]] = {}
    for version, text in _texts(list(versions), viewer):
        words.setdefault(version, set()).update(_words_of(text))
    here = [found for version, found in words.items() if versions[version] in mine]
    there = [found for version, found in words.items() if versions[version] not in mine]
    return TypicalWords(tuple(most_typical(here, there)), len(here), len(there))


def most_typical(here: Sequence[set[str]], others: Sequence[set[str]]) -> list[TypicalWord]:
    """The words of `here` whose log-odds against `others` are beyond chance, most typical first."""
    counts, elsewhere = _counted(here), _counted(others)
    total = len(here) + len(others)
    weight = min(MOST_PRIOR, total / 4)
    found = []
    for word, n in counts.items():
        if n < FEWEST_DEBRIEFS:
            continue
        m = elsewhere[word]
        z = _z((n, len(here)), (m, len(others)), (weight * (n + m) / total, weight))
        if z > LEAST_ODDS:
            found.append(TypicalWord(word, n, m, z))
    return sorted(found, key=lambda each: (-each.z, each.word))[:MOST_WORDS]


def _z(here: tuple[int, int], others: tuple[int, int], prior: tuple[float, float]) -> float:
    """The difference of the log-odds over its standard deviation; each pair is (with the word, of)."""
    odds, variance = 0.0, 0.0
    for sign, (n, of) in ((1, here), (-1, others)):
        with_it, without = n + prior[0], of + prior[1] - n - prior[0]
        odds += sign * log(with_it / max(without, 0.5))
        variance += 1 / with_it + 1 / max(without, 0.5)
    return odds / sqrt(variance)


def _counted(texts: Iterable[set[str]]) -> Counter[str]:
    return Counter(word for words in texts for word in words)


def _words_of(text: str) -> set[str]:
    return {word.lower().replace("’", "'") for word in _WORD.findall(text)} - _EMPTY


def _versions(closing_ids: set[int], viewer: User) -> dict[int, int]:
    """The closing of each version that counts and is the viewer's to read."""
    counting = Debrief.objects.visible_to(viewer).counting().filter(closing__in=closing_ids)
    pairs = counting.values_list("current_version", "closing")
    return dict(pairs)


def _texts(versions: list[int], viewer: User) -> Iterable[tuple[int, str]]:
    answers = Answer.objects.visible_to(viewer).filter(version__in=versions).exclude(text="")
    yield from answers.values_list("version", "text")
    notes = FactorScore.objects.visible_to(viewer).filter(version__in=versions).exclude(note="")
    yield from notes.values_list("version", "note")
    cited = CitedReason.objects.visible_to(viewer).filter(version__in=versions)
    for version, quote, text in cited.values_list("version", "quote", "text"):
        yield version, f"{quote} {text}"
