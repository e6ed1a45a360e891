"""What some authors add looking back: a sign that was missed, a need, a rival's strength, an idea."""

import random

from deals.models import Outcome
from debriefs.hindsight import Hindsight
from reflection.demo.case import Case
from reflection.demo.company import STAGES
from reflection.demo.library import library
from reflection.demo.pen import Manner, Pen

SEED = 3
SHARE = {Manner.TERSE: 0.16, Manner.PLAIN: 0.3, Manner.CHATTY: 0.36, Manner.CAREFUL: 0.5}
SHARE_OF_WINS = 0.3
SIGN, IDEA, NEED_BESIDE, NEED_AT_HEART, RIVAL = 0.55, 0.45, 0.12, 0.8, 0.65
ABOUT_NEEDS = ("missing_capability", "implementation_effort")


class LookingBack:
    """Draws from a source of its own, so that nothing else of the company depends on it."""

    def __init__(self, pen: Pen) -> None:
        self._pen, self._rng = pen, random.Random(SEED)

    def write(self, case: Case, manner: Manner) -> Hindsight:
        """Empty in three of four debriefs."""
        share = SHARE[manner] * (1 if case.is_lost else SHARE_OF_WINS)
        if self._rng.random() >= share:
            return Hindsight()
        return (
            self._of_loss(case) if case.is_lost else Hindsight(idea=self._say("won / idea", case))
        )

    def _of_loss(self, case: Case) -> Hindsight:
        sign, stage = self._sign(case) if self._rng.random() < SIGN else ("", "")
        need, rival = self._need(case), self._rival(case)
        owes_idea = not (sign or need or rival)
        idea = self._idea(case) if owes_idea or self._rng.random() < IDEA else ""
        return Hindsight(sign, stage, need, rival, idea)

    def _sign(self, case: Case) -> tuple[str, str]:
        """The sign and the stage at which it showed: that of the closing or one before."""
        lost_at = STAGES.index(case.stage)
        stage = STAGES[self._rng.randint(max(0, lost_at - 3), lost_at)]
        words = {**case.words, "stage": stage.lower()}
        section = self._rng.choice([f"{case.primary} / sign", "hindsight / sign"])
        text = self._pen.write([_known(section, "hindsight / sign")], words, Manner.PLAIN)
        return (text, stage) if text else ("", "")

    def _need(self, case: Case) -> str:
        is_heart = case.primary in ABOUT_NEEDS or case.in_security_review
        if self._rng.random() >= (NEED_AT_HEART if is_heart else NEED_BESIDE):
            return ""
        in_review = case.in_security_review and case.primary not in ABOUT_NEEDS
        section = "security / need" if in_review else f"{case.primary} / need"
        return self._say(_known(section, "hindsight / need"), case)

    def _rival(self, case: Case) -> str:
        if case.outcome is not Outcome.LOST_TO_COMPETITOR or self._rng.random() >= RIVAL:
            return ""
        section = "norvik / rival" if case.beaten_by_norvik else f"{case.primary} / rival"
        return self._say(_known(section, "hindsight / rival"), case)

    def _idea(self, case: Case) -> str:
        section = "security / idea" if case.in_security_review else f"{case.primary} / idea"
        return self._say(_known(section, "hindsight / idea"), case)

    def _say(self, section: str, case: Case) -> str:
        return self._pen.write([section], case.words, Manner.PLAIN)


def _known(section: str, otherwise: str) -> str:
    return section if section in library() else otherwise
