"""Synthetic notes of lost deals with the reason that somebody coded for each.

The sentences are those of the demo company, told as reps fill in a CRM: short, half of it about
other things, often with a word on a reason that was not the one, sometimes with none. One
coding in ten is another reason than the true one. `known` is the share of the sentences that
may be drawn, so that held-out notes can hold wordings that training never met.
"""

import random
from datetime import date

from deals.models import Outcome
from debriefs.proposals.coded import NO_REASON, CodedCase
from debriefs.proposals.words import Case
from reflection.demo.company import PRODUCTS
from reflection.demo.facts import words_of
from reflection.demo.library import CHOICE, SLOT, library, slots_of
from reflection.demo.losing import OTHER_STAGES, OUTCOMES, REASONS, pick
from reflection.demo.planned import PlannedAccount
from reflection.demo.telling import HOME
from reflection.demo.vocabulary import STEMS, SYSTEMS, TRADES

NAMES_THE_REASON = 0.75
NAMES_ANOTHER = 0.4
ANOTHER_IS_PRICE = 0.4
CODED_OTHERWISE = 0.1
RIVALS = ("Norvik", "Calder", "Tessel", "Planwise")
KEYS = tuple(sorted(HOME))
NUMBER = {key: number for number, key in enumerate(KEYS, start=1)}


def coded_notes(count: int, *, seed: int, known: float = 1.0) -> list[CodedCase]:
    teller = _Teller(random.Random(seed), known)
    return [teller.case() for _ in range(count)]


class _Teller:
    def __init__(self, rng: random.Random, known: float) -> None:
        self._rng, self._known = rng, known

    def case(self) -> CodedCase:
        rng = self._rng
        outcome = pick(rng, OUTCOMES)
        shares = REASONS[outcome if outcome in REASONS else Outcome.NO_DECISION]
        reason = pick(rng, shares)
        stage = pick(rng, OTHER_STAGES)
        words = self._words(outcome, stage)
        notes = self._notes(reason, words)
        coded = pick(rng, shares) if rng.random() < CODED_OTHERWISE else reason
        facts = [f"stage:{stage}"]
        if outcome is not Outcome.LOST_UNSPECIFIED:
            facts.append(f"outcome:{outcome.value}")
        told = self._told(coded, words)
        return CodedCase(Case(notes, tuple(facts)), NUMBER.get(coded, NO_REASON), told)

    def _notes(self, reason: str, words: dict[str, str]) -> str:
        rng = self._rng
        sections = ["crm / notes"] * rng.randint(1, 3)
        if reason in HOME and rng.random() < NAMES_THE_REASON:
            sections.append(self._about(reason))
        if rng.random() < NAMES_ANOTHER:
            other = "price" if rng.random() < ANOTHER_IS_PRICE else rng.choice(KEYS)
            sections.append(self._about(other))
        rng.shuffle(sections)
        return " ".join(filter(None, (self._sentence(name, words) for name in sections)))

    def _told(self, reason: str, words: dict[str, str]) -> str:
        """What the debrief says: mostly of the reason that it codes, not only."""
        sections = [name for name in (f"{reason} / lesson", "sign / early") if name in library()]
        if reason in HOME:
            sections += [self._about(reason), self._about(self._rng.choice(KEYS))]
        return " ".join(filter(None, (self._sentence(name, words) for name in sections)))

    def _about(self, reason: str) -> str:
        parts = [*HOME[reason], "terse", "quote"]
        known = [f"{reason} / {part}" for part in parts if f"{reason} / {part}" in library()]
        return self._rng.choice(known)

    def _sentence(self, section: str, words: dict[str, str]) -> str:
        lines = library()[section]
        fitting = [
            line
            for line in lines[: max(1, round(self._known * len(lines)))]
            if slots_of(CHOICE.sub(lambda found: found[1], line)) <= words.keys()
        ]
        if not fitting:
            return ""
        chosen = CHOICE.sub(
            lambda found: self._rng.choice(found[1].split("|")), self._rng.choice(fitting)
        )
        return SLOT.sub(lambda found: words[found[1]], chosen)

    def _words(self, outcome: Outcome, stage: str) -> dict[str, str]:
        rng = self._rng
        trade = rng.choice(TRADES)
        account = PlannedAccount(
            name="Account",
            team="",
            country="",
            industry=trade.industry,
            segment="",
            employees=0,
            currency="EUR",
            sites=("the plant", "the branch"),
            system=rng.choice(SYSTEMS),
        )
        has_rival = outcome is Outcome.LOST_TO_COMPETITOR or rng.random() < 0.4
        return words_of(
            rng,
            account,
            product=rng.choice(PRODUCTS).name,
            stage=stage,
            outcome=outcome,
            rival=rng.choice(RIVALS) if has_rival else None,
            amount=None,
            closed_on=date(2026, 1 + rng.randrange(12), 15),
            reference=rng.choice(STEMS["DACH"]),
        )
