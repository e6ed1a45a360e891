"""What an author says of one closed deal: ratings, texts, factors, reasons."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from deals.models import Outcome
from debriefs.models import Audience, Basis, Rating, RunnerUpBasis
from debriefs.price import PriceChecks
from reflection.demo.case import Case
from reflection.demo.library import library
from reflection.demo.looking_back import LookingBack
from reflection.demo.pen import Manner, Pen
from reflection.demo.planned import PlannedAnswer, PlannedReason, PlannedVersion

PRICE = "price"
NO_ACCESS = "no_access"
EFFORT = "implementation_effort"
SELF_TOLD = ("other", "dont_know")
ROADBLOCKS = "internal_roadblocks"
QUESTIONS = (
    "pain_points", "decision_makers", "priorities", "value_roi", "objections",
    "positioning", ROADBLOCKS, "external_factors", "adaptability",
)  # fmt: skip
HOME = {
    "price": ("value_roi", "objections"),
    "terms": ("objections", ROADBLOCKS),
    "missing_capability": ("pain_points", "positioning", "adaptability"),
    EFFORT: ("objections", "positioning", "priorities"),
    "competitor_stronger": ("positioning", "value_roi"),
    "incumbent": ("positioning", "priorities"),
    "no_access": ("decision_makers", "positioning"),
    "slow_response": (ROADBLOCKS, "adaptability"),
    "budget_lost": ("external_factors", "priorities"),
    "priorities_changed": ("external_factors", "priorities"),
}
HURT_BY = {
    "price": ("budget_constraints", "competitor_actions"),
    "terms": ("decision_making", "communication"),
    "missing_capability": ("client_feedback", "competitor_actions"),
    EFFORT: ("timing", "client_feedback"),
    "competitor_stronger": ("competitor_actions", "client_feedback"),
    "incumbent": ("competitor_actions", "decision_making"),
    "no_access": ("stakeholder_involvement", "decision_making"),
    "slow_response": ("timing", "communication"),
    "budget_lost": ("budget_constraints", "market_conditions"),
    "priorities_changed": ("timing", "market_conditions"),
}
FACTORS = (
    "client_feedback", "timing", "decision_making", "budget_constraints",
    "stakeholder_involvement", "competitor_actions", "market_conditions",
    "team_skills", "communication",
)  # fmt: skip
EVIDENCE = {RunnerUpBasis.CALL: 5, RunnerUpBasis.SCORE_SHEET: 3, RunnerUpBasis.BUYER_WROTE: 2}
BASES = {Basis.BUYER_SAID: 42, Basis.INFERRED: 40, Basis.GUESS: 18}
RATINGS_WON = {
    Rating.YES: 62,
    Rating.PARTLY: 24,
    Rating.NO: 6,
    Rating.DOES_NOT_APPLY: 5,
    Rating.DONT_KNOW: 3,
}
RATINGS_LOST = {
    Rating.YES: 27,
    Rating.PARTLY: 36,
    Rating.NO: 22,
    Rating.DOES_NOT_APPLY: 6,
    Rating.DONT_KNOW: 9,
}
RATINGS_HOME = {Rating.NO: 70, Rating.PARTLY: 30}
WORDY = {Manner.TERSE: 0.0, Manner.PLAIN: 0.3, Manner.CHATTY: 0.5, Manner.CAREFUL: 0.95}
TALKATIVE = {Manner.TERSE: 0.14, Manner.PLAIN: 0.38, Manner.CHATTY: 0.5, Manner.CAREFUL: 0.6}


class Teller:
    """Tells cases in an author's manner."""

    def __init__(self, rng: random.Random, pen: Pen, audiences: Mapping[str, str]) -> None:
        self._rng, self._pen, self._audiences = rng, pen, audiences
        # Of its own, so that what is drawn from it changes nothing else of the company.
        self._later = random.Random(len(audiences))
        self._looking_back = LookingBack(pen)

    def tell(self, case: Case, manner: Manner, at: datetime) -> PlannedVersion:
        runner_up = self._runner_up(case)
        kind = self._evidence_kind(runner_up)
        return PlannedVersion(
            submitted_at=at,
            answers=tuple(self._answers(case, manner)),
            factors=self._factors(case),
            reasons=tuple(self._reason(case, key) for key in case.reasons),
            was_runner_up=runner_up,
            evidence=self._evidence(case, runner_up, kind),
            evidence_kind=kind,
            hindsight=self._looking_back.write(case, manner),
            seconds=int(self._rng.gammavariate(4, 60 if manner is not Manner.CAREFUL else 95)) + 45,
        )

    def rephrase(
        self, case: Case, first: PlannedVersion, manner: Manner, at: datetime
    ) -> PlannedVersion:
        """The second thoughts of an author: the same reasons, told anew."""
        again = self.tell(case, manner, at)
        return PlannedVersion(
            submitted_at=at,
            answers=again.answers,
            factors=first.factors,
            reasons=first.reasons,
            was_runner_up=first.was_runner_up,
            evidence=first.evidence,
            evidence_kind=first.evidence_kind,
            hindsight=first.hindsight,
            seconds=again.seconds,
        )

    def _answers(self, case: Case, manner: Manner) -> list[PlannedAnswer]:
        answers = [self._answer(case, manner, key) for key in QUESTIONS]
        answers.append(self._as_answer("do_differently", "", self._lesson(case, manner)))
        if self._rng.random() < 0.14:
            section = "coach / lost" if case.is_lost else "coach / won"
            note = self._pen.write([section], case.words, Manner.PLAIN)
            if note:
                answers.append(self._as_answer("for_my_coach", "", note))
        return answers

    def _lesson(self, case: Case, manner: Manner) -> str:
        """The one required text."""
        more = "sign / early" if case.is_lost else "won / lesson"
        return self._told(case, self._lesson_sections(case, manner), more, manner)

    def _told(self, case: Case, sections: list[str], more: str, manner: Manner) -> str:
        """A text that must not stay away: sentences of `more` join it until it is a new one."""
        text = self._pen.write(sections, case.words, manner)
        while not text:
            sections = [*sections, more]
            text = self._pen.write(sections, case.words, Manner.PLAIN)
        return text

    def _as_answer(self, key: str, rating: str, text: str) -> PlannedAnswer:
        audience = self._audiences[key]
        if audience == Audience.SALES and text and self._rng.random() < 0.06:
            audience = Audience.COMPANY.value
        return PlannedAnswer(key, rating, text, audience)

    def _answer(self, case: Case, manner: Manner, key: str) -> PlannedAnswer:
        at_home = key in HOME.get(case.primary, ())
        rating = self._rating(case, at_home=at_home)
        chance = max(TALKATIVE[manner], 0.85 if at_home else 0)
        if rating in (Rating.DOES_NOT_APPLY, Rating.DONT_KNOW) or self._rng.random() > chance:
            return self._as_answer(key, rating.value, "")
        sections = self._sections(case, manner, key, rating, at_home=at_home)
        return self._as_answer(key, rating.value, self._pen.write(sections, case.words, manner))

    def _rating(self, case: Case, *, at_home: bool) -> Rating:
        shares = RATINGS_HOME if at_home else RATINGS_LOST if case.is_lost else RATINGS_WON
        return self._rng.choices(list(shares), list(shares.values()))[0]

    def _sections(
        self, case: Case, manner: Manner, key: str, rating: Rating, *, at_home: bool
    ) -> Sequence[str]:
        general = f"{key} / {rating.value}"
        if not at_home:
            special = self._special(case, key) if _fits_a_story(case, rating) else ""
            sections = [special] if special else [general]
            if manner is Manner.CAREFUL and self._rng.random() < 0.5:
                sections.append(general)
            return self._with_closer(case, sections)
        if manner is Manner.TERSE and key == HOME[case.primary][0]:
            return [f"{case.primary} / terse"]
        sections = [self._special(case, key) or f"{case.primary} / {key}"]
        if self._rng.random() < WORDY[manner]:
            sections.append(general)
        return self._with_closer(case, sections)

    def _special(self, case: Case, key: str) -> str:
        """The section of a story that this deal belongs to, often but not always."""
        candidates = []
        if case.beaten_by_norvik and key == "positioning":
            candidates.append("norvik / positioning")
        if case.in_security_review:
            candidates.append(f"security / {key}")
        if case.primary == EFFORT and case.start_package and key in ("objections", "positioning"):
            candidates.append("implementation_effort / after")
        if not case.is_lost:
            candidates.append(f"won / {key}")
        if not case.is_lost and case.start_package and key in ("objections", "priorities"):
            candidates.append("won / start")
        known = [section for section in candidates if section in library()]
        chance = 0.65 if case.is_lost else 0.3
        return self._rng.choice(known) if known and self._rng.random() < chance else ""

    def _with_closer(self, case: Case, sections: list[str]) -> list[str]:
        if case.is_lost and self._rng.random() < 0.1:
            return [*sections, "closer / lost"]
        return sections

    def _lesson_sections(self, case: Case, manner: Manner) -> list[str]:
        if not case.is_lost:
            return ["won / lesson"]
        sections = [f"{case.primary} / lesson"]
        if case.in_security_review and self._rng.random() < 0.6:
            sections = ["security / lesson"]
        elif case.beaten_by_norvik and self._rng.random() < 0.7:
            sections = ["norvik / lesson"]
        elif case.primary in SELF_TOLD:
            sections = [self._rng.choice(("no_access / lesson", "sign / early"))]
        if self._rng.random() < WORDY[manner] * 0.6:
            sections.append("sign / early")
        return sections

    def _reason(self, case: Case, key: str) -> PlannedReason:
        if key in SELF_TOLD:
            text = self._told(case, [key], "closer / lost", Manner.PLAIN)
            return PlannedReason(key, Basis.INFERRED if key == "other" else Basis.GUESS, text=text)
        basis = self._rng.choices(list(BASES), list(BASES.values()))[0]
        quote = ""
        if basis is Basis.BUYER_SAID and self._rng.random() < 0.75:
            told = "norvik / quote" if case.beaten_by_norvik else f"{key} / quote"
            quote = self._pen.write([told], case.words, Manner.PLAIN)
        checks = self._checks(case, basis) if key == PRICE else None
        return PlannedReason(key, basis, quote, checks=checks)

    def _checks(self, case: Case, basis: Basis) -> PriceChecks:
        """Most whom the buyer told know the gap and pass; who never met those who decide doesn't."""
        told = basis is Basis.BUYER_SAID
        if NO_ACCESS not in case.reasons and self._later.random() < (0.75 if told else 0.45):
            return PriceChecks("yes", case.words["gap"], "yes", "yes")
        known = self._later.choice(("yes", "no") if told else ("no", "no", ""))
        is_given = known == "yes" and self._later.random() < 0.7
        met = "no" if NO_ACCESS in case.reasons else self._later.choice(("no", "no", "yes", ""))
        return PriceChecks(
            gap_known=known,
            gap_percent=case.words["gap"] if is_given else "",
            budget_owner_met=met,
            won_at_equal_price=self._later.choice(("no", "dont_know", "dont_know", "")),
        )

    def _factors(self, case: Case) -> dict[str, tuple[int, str]]:
        hurt = HURT_BY.get(case.primary, ())
        scores: dict[str, tuple[int, str]] = {}
        for key in FACTORS:
            if key not in hurt and self._rng.random() < 0.35:
                continue
            score = self._score(case, is_cause=key in hurt)
            scores[key] = (score, self._factor_note(case, key, score))
        return scores

    def _score(self, case: Case, *, is_cause: bool) -> int:
        if is_cause:
            return self._rng.choice((-2, -2, -1))
        shares = (12, 26, 30, 22, 10) if case.is_lost else (2, 8, 24, 40, 26)
        return self._rng.choices((-2, -1, 0, 1, 2), shares)[0]

    def _factor_note(self, case: Case, key: str, score: int) -> str:
        if score == 0 or self._rng.random() > 0.22:
            return ""
        section = f"{key} / {'hurt' if score < 0 else 'helped'}"
        return self._pen.sentence(section, case.words)

    def _runner_up(self, case: Case) -> bool | None:
        if case.outcome is not Outcome.LOST_TO_COMPETITOR or self._rng.random() < 0.45:
            return None
        return self._rng.random() < 0.6

    def _evidence_kind(self, runner_up: bool | None) -> str:
        if not runner_up:
            return ""
        return self._later.choices(list(EVIDENCE), list(EVIDENCE.values()))[0].value

    def _evidence(self, case: Case, runner_up: bool | None, kind: str) -> str:
        if runner_up is None:
            return ""
        return self._pen.sentence(f"runner_up / {kind or 'no'}", case.words)


def _fits_a_story(case: Case, rating: Rating) -> bool:
    """Stories of lost deals tell what went wrong, those of won deals what went well."""
    return (rating is Rating.YES) != case.is_lost
