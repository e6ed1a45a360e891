"""What versions of debriefs say, topic by topic, so that they can be held against each other.

A topic is a rank of the reasons, the runner-up, a question, a factor or an optional field. What
is said on it has a judgement, which compares, and words, which are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from debriefs.hindsight import ASKED as HINDSIGHT_ASKED
from debriefs.hindsight import Hindsight
from debriefs.kinds import typed_value, value_words
from debriefs.models import (
    Answer,
    Audience,
    CitedReason,
    DebriefVersion,
    FactorScore,
    Rating,
)
from debriefs.price import PriceChecks, marked
from debriefs.questions import Question, QuestionKind, TemplateDefinition
from people.models import User

RANKS = {1: "Primary reason", 2: "Second reason", 3: "Third reason"}
RUNNER_UP = "runner_up"
STAGE_OF_SIGN = "missed_sign_stage__merged_into"
SCORES = {-2: "Hurt us a lot", -1: "Hurt us", 0: "Neither", 1: "Helped us", 2: "Helped us a lot"}
RATED = {Rating.NO: 0, Rating.PARTLY: 1, Rating.YES: 2}


class Measured(StrEnum):
    """How two judgements on a topic compare."""

    SAME = "same"  # the same or not: a reason, a choice, yes or no
    NEAR = "near"  # on a scale, where one step is a matter of degree
    SIGN = "sign"  # hurt or helped: the same side is a matter of degree
    NOT = "not"  # words alone


@dataclass(frozen=True)
class Topic:
    """Something that a debrief speaks of. `part` is the heading under which it stands."""

    key: str
    label: str
    part: str
    measured: Measured


@dataclass(frozen=True)
class Said:
    """What one version says on one topic. `place` is its judgement on a scale, where it has one.

    An empty judgement, and "don't know", compare with nothing. `only` names the readers when
    these aren't the whole company.
    """

    judgement: str = ""
    words: str = ""
    text: str = ""
    only: str = ""
    place: float | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.text)


NOTHING = Said()
ByTopic = Mapping[str, Said]


def topics_of(definitions: Iterable[TemplateDefinition]) -> list[Topic]:
    """All topics of these templates in their order, a question of several in the first one's words."""
    found = {
        f"reason.{rank}": Topic(f"reason.{rank}", label, "Why", Measured.SAME)
        for rank, label in RANKS.items()
    }
    found[RUNNER_UP] = Topic(RUNNER_UP, "Were we the runner-up?", "Why", Measured.SAME)
    for definition in definitions:
        for section in definition.sections:
            for question in section.questions:
                topic = Topic(question.key, question.text, section.title, _measured(question))
                found.setdefault(question.key, topic)
            for factor in section.factors:
                topic = Topic(f"factor.{factor.key}", factor.name, section.title, Measured.SIGN)
                found.setdefault(topic.key, topic)
    for name, label in HINDSIGHT_ASKED.items():
        found[name] = Topic(name, label, "Looking back", Measured.NOT)
    return list(found.values())


def said_in(
    versions: Sequence[DebriefVersion],
    definitions: Mapping[int, TemplateDefinition],
    viewer: User,
) -> dict[int, dict[str, Said]]:
    """What each version says, by its id and by topic, as far as `viewer` may read that version.

    An answer counts with the audience that it has in the version itself: what was private
    once stays so. Three statements where the versions came with `STAGE_OF_SIGN`.
    `definitions` go by the version's id.
    """
    said: dict[int, dict[str, Said]] = {version.pk: {} for version in versions}
    asked = {
        pk: {question.key: question for question in definition.questions()}
        for pk, definition in definitions.items()
    }
    for answer in Answer.objects.visible_to(viewer).filter(version__in=said):
        question = asked[answer.version_id].get(answer.key)
        said[answer.version_id][answer.key] = _answer(answer, question)
    for factor in FactorScore.objects.visible_to(viewer).filter(version__in=said):
        said[factor.version_id][f"factor.{factor.key}"] = _factor(factor)
    cited = CitedReason.objects.visible_to(viewer).filter(version__in=said)
    for reason in cited.select_related("reason"):
        said[reason.version_id][f"reason.{reason.rank}"] = _reason(reason)
    if viewer.in_sales:
        for version in versions:
            said[version.pk] |= _of_version(version)
    return said


def _measured(question: Question) -> Measured:
    if question.kind in (QuestionKind.RATING, QuestionKind.SCALE):
        return Measured.NEAR
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.DATE):
        return Measured.SAME
    return Measured.SAME if question.kind is QuestionKind.NUMBER else Measured.NOT


def _answer(answer: Answer, question: Question | None) -> Said:
    only = "" if answer.audience == Audience.COMPANY else Audience(answer.audience).label
    if answer.rating:
        rating = Rating(answer.rating)
        judgement = "" if rating == Rating.DONT_KNOW else rating.value
        return Said(judgement, rating.label, answer.text, only, RATED.get(rating))
    if answer.value in (None, "", []):
        return Said(text=answer.text, only=only)
    place = float(answer.value) if question and question.kind is QuestionKind.SCALE else None
    words = value_words(question, answer.value) if question else typed_value(answer.value)
    return Said(typed_value(answer.value), words, answer.text, only, place)


def _factor(factor: FactorScore) -> Said:
    only = "" if factor.audience == Audience.COMPANY else Audience(factor.audience).label
    if factor.score is None:
        return Said(text=factor.note, only=only)
    return Said(str(factor.score), SCORES[factor.score], factor.note, only, factor.score)


def _reason(cited: CitedReason) -> Said:
    """A reason compares as today's list reads it; its words are those of the author."""
    name = marked(cited.reason.name, untested=cited.is_untested)
    quote = f"“{cited.quote}”" if cited.quote else ""
    return Said(
        judgement=str(cited.reason.merged_into_id or cited.reason_id),
        words=f"{name} ({cited.get_basis_display().lower()})",
        text="\n".join(filter(None, [cited.text, *PriceChecks.of(cited).in_words(), quote])),
    )


def _of_version(version: DebriefVersion) -> dict[str, Said]:
    """The parts of a version that have no audience of their own: they are for sales."""
    said = {name: Said(text=text) for name, text in Hindsight.of(version).said()}
    if version.was_runner_up is not None:
        answer = "Yes" if version.was_runner_up else "No"
        evidence = [version.get_runner_up_basis_display(), version.runner_up_evidence]
        said[RUNNER_UP] = Said(answer, answer, "\n".join(filter(None, evidence)))
    return said
