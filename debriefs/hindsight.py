"""Looking back: four things that nobody has to say, read by sales, of any debrief."""

from collections.abc import Mapping
from dataclasses import dataclass

from debriefs.models import DebriefVersion

# The fields in the order of the page, as they are asked.
ASKED = {
    "missed_sign": "Which sign did we miss?",
    "missed_sign_stage": "At which stage did it show?",
    "unmet_need": "Which need of theirs could we not meet?",
    "rival_better": "What did the rival do better?",
    "idea": "What could we try next time?",
}
HELP = {
    "missed_sign": "A meeting put off, a new name on the mails, a question that came back.",
    "unmet_need": "In the client's words. It is counted, so that the product hears of it.",
    "rival_better": "What they showed, said or priced that we had no answer to.",
    "idea": "It becomes a proposal for the playbook, with your name to it.",
}
STAGE = "missed_sign_stage"


@dataclass(frozen=True)
class Hindsight:
    """What was said; the stage by its name."""

    missed_sign: str = ""
    missed_sign_stage: str = ""
    unmet_need: str = ""
    rival_better: str = ""
    idea: str = ""

    @classmethod
    def typed(cls, values: Mapping[str, str]) -> "Hindsight":
        """What a draft's values say."""
        return cls(**{name: values.get(f"hindsight.{name}", "").strip() for name in ASKED})

    @classmethod
    def of(cls, version: DebriefVersion) -> "Hindsight":
        """What a submitted version says. Reads the stage where it names one."""
        stage = version.missed_sign_stage
        return cls(
            missed_sign=version.missed_sign,
            missed_sign_stage=stage.today.name if stage else "",
            unmet_need=version.unmet_need,
            rival_better=version.rival_better,
            idea=version.idea,
        )

    def said(self) -> list[tuple[str, str]]:
        """The fields that say something, with their words."""
        return [(name, text) for name in ASKED if (text := getattr(self, name))]

    def values(self) -> dict[str, str]:
        """As a draft keeps it."""
        return {f"hindsight.{name}": text for name, text in self.said()}
