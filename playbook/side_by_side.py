"""The debriefs of one closing side by side, with the disagreements marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from deals.models import Closing, Outcome
from debriefs.models import Debrief, DebriefRequest
from debriefs.questions import TemplateDefinition
from people.models import User
from playbook.said import NOTHING, STAGE_OF_SIGN, Measured, Said, Topic, said_in, topics_of
from trends.statistics import fewest


class Verdict(StrEnum):
    """Whether those who judged a topic judged alike. NONE: fewer than two did."""

    AGREE = "agree"
    DEGREE = "degree"
    DISAGREE = "disagree"
    NONE = "none"

    @property
    def words(self) -> str:
        return {
            Verdict.AGREE: "Agree",
            Verdict.DEGREE: "Differ by degree",
            Verdict.DISAGREE: "Disagree",
            Verdict.NONE: "",
        }[self]


@dataclass(frozen=True)
class Voice:
    """One debrief of the closing. `notes` say what limits its independence."""

    debrief_id: int
    author: str
    submitted_at: datetime
    version: int
    is_reader: bool
    is_owner: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One topic, with what each voice says on it, in the order of the voices."""

    topic: Topic
    verdict: Verdict
    said: tuple[tuple[Voice, Said], ...]


@dataclass(frozen=True)
class Part:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SideBySide:
    """The page. `judged` topics were judged by two or more; of these `agreed` alike."""

    closing: Closing
    outcome: Outcome
    voices: tuple[Voice, ...]
    parts: tuple[Part, ...]
    judged: int
    agreed: int
    by_degree: int

    @property
    def disagreed(self) -> int:
        return self.judged - self.agreed - self.by_degree

    @property
    def tells_share(self) -> bool:
        """Whether enough topics were judged for a share of agreement (`FEWEST_DEALS`)."""
        return self.judged >= fewest()


def side_by_side(
    closing_id: int, viewer: User, *, only_differing: bool = False
) -> SideBySide | None:
    """The submitted debriefs of a closing that `viewer` may see, theirs first; None without any.

    Five statements, however many there are. A partner isn't told who wrote them.
    """
    debriefs = _debriefs(closing_id, viewer)
    if not debriefs:
        return None
    voices = _voices(debriefs, viewer)
    lines = _lines(debriefs, voices, viewer)
    verdicts = [line.verdict for line in lines]
    shown = [line for line in lines if not only_differing or _differs(line.verdict)]
    closing = debriefs[0].closing
    return SideBySide(
        closing=closing,
        outcome=Outcome(closing.outcome),
        voices=voices,
        parts=tuple(
            Part(title, tuple(line for line in shown if line.topic.part == title))
            for title in dict.fromkeys(line.topic.part for line in shown)
        ),
        judged=sum(verdict is not Verdict.NONE for verdict in verdicts),
        agreed=verdicts.count(Verdict.AGREE),
        by_degree=verdicts.count(Verdict.DEGREE),
    )


def verdict_on(topic: Topic, said: Sequence[Said]) -> Verdict:
    """How far those agree who judged; "don't know" and silence are no judgement.

    By degree: one step of a scale, or the same side of a factor, neither counting as both.
    """
    judged = [each for each in said if each.judgement]
    if topic.measured is Measured.NOT or len(judged) < 2:
        return Verdict.NONE
    if len({each.judgement for each in judged}) == 1:
        return Verdict.AGREE
    places = [each.place for each in judged if each.place is not None]
    if len(places) < len(judged):
        return Verdict.DISAGREE
    if topic.measured is Measured.SIGN:
        return Verdict.DISAGREE if min(places) < 0 < max(places) else Verdict.DEGREE
    return Verdict.DEGREE if max(places) - min(places) <= 1 else Verdict.DISAGREE


def _differs(verdict: Verdict) -> bool:
    return verdict in (Verdict.DEGREE, Verdict.DISAGREE)


def _debriefs(closing_id: int, viewer: User) -> list[Debrief]:
    """The reader's own first, then the deal owner's, then as they were submitted."""
    visible = Debrief.objects.visible_to(viewer).submitted().filter(closing=closing_id)
    found = visible.select_related(
        "author", f"current_version__{STAGE_OF_SIGN}", "template_version", "closing__deal"
    ).order_by("submitted_at", "pk")
    return sorted(
        found,
        key=lambda each: (
            each.author_id != viewer.pk,
            each.author_id != each.closing.deal.owner_id,
        ),
    )


def _voices(debriefs: Sequence[Debrief], viewer: User) -> tuple[Voice, ...]:
    asked = _asked_at(debriefs[0].closing_id)
    return tuple(
        Voice(
            debrief_id=each.pk,
            author=str(each.author) if viewer.in_sales else f"Debrief {number}",
            submitted_at=each.current_version.submitted_at,
            version=each.current_version.number,
            is_reader=each.author_id == viewer.pk,
            is_owner=viewer.in_sales and each.author_id == each.closing.deal.owner_id,
            notes=tuple(_notes(each, debriefs, asked)),
        )
        for number, each in enumerate(debriefs, start=1)
        if each.current_version
    )


def _asked_at(closing_id: int) -> dict[int, datetime]:
    requests = DebriefRequest.objects.filter(closing=closing_id)
    return dict(requests.values_list("person", "requested_at"))


def _notes(
    debrief: Debrief, debriefs: Sequence[Debrief], asked: Mapping[int, datetime]
) -> list[str]:
    """What its author could have read first: others' debriefs are closed once asked or begun."""
    others = [each.submitted_at for each in debriefs if each.pk != debrief.pk and each.submitted_at]
    if not others or not debrief.current_version:
        return []
    closed_from = min(debrief.begun_at, asked.get(debrief.author_id, debrief.begun_at))
    notes = []
    if min(others) < closed_from:
        notes.append("Begun when another's could already be read")
    amended = debrief.current_version.number > 1
    if amended and debrief.current_version.submitted_at > min(others):
        notes.append(f"Amended since: version {debrief.current_version.number}")
    return notes


def _lines(debriefs: Sequence[Debrief], voices: Sequence[Voice], viewer: User) -> list[Line]:
    definitions = {
        each.current_version.pk: TemplateDefinition.of(each.template_version)
        for each in debriefs
        if each.current_version
    }
    versions = [each.current_version for each in debriefs if each.current_version]
    said = said_in(versions, definitions, viewer)
    lines = []
    for topic in topics_of(definitions.values()):
        each = [said[version.pk].get(topic.key, NOTHING) for version in versions]
        if any(each):
            pairs = tuple(zip(voices, each, strict=True))
            lines.append(Line(topic, verdict_on(topic, each), pairs))
    return lines
