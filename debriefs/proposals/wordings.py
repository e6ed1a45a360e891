"""Hiding wordings from a trial: tomorrow's notes say the same in words that nobody has used yet."""

import zlib
from dataclasses import replace

from debriefs.proposals.coded import CodedCase
from debriefs.proposals.words import common_words, sentences_of, terms_of

# Of the words that aren't common: together with them a third of the sentences and more is hidden.
HIDDEN_ONE_IN = 8


def without_some_wordings(coded: CodedCase, *, turn: int) -> CodedCase:
    """The same without each sentence that holds one of the words hidden this turn.

    The same words are hidden from all cases of a turn, so that what is learned from them has
    never met these words, nor what was said around them.
    """
    case = replace(coded.case, notes=_kept(coded.case.notes, turn))
    return replace(coded, case=case, told=_kept(coded.told, turn))


def _kept(text: str, turn: int) -> str:
    return "\n".join(each for each in sentences_of(text) if not _is_hidden(each, turn))


def _is_hidden(sentence: str, turn: int) -> bool:
    words = {term.text for term in terms_of(sentence) if len(term.words) == 1} - common_words()
    return any(zlib.crc32(f"{turn}:{word}".encode()) % HIDDEN_ONE_IN == 0 for word in words)
