"""The triage queue: what debriefs say that no list has a place for yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from common.text import tidy
from debriefs.models import (
    ChangeKind,
    CitedReason,
    CodedText,
    Debrief,
    DebriefVersion,
    JudgedReason,
    LossReason,
    ReasonChange,
    ReasonJudgement,
    ReasonKind,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.queries.reasons import reason_list
from people.models import User

PAGE_SIZE = 20


class Queue(StrEnum):
    """What waits, by what is to be said of it. `done` is what was said, latest first."""

    OTHER = "other"
    SPLIT = "split"
    UNMET_NEED = "unmet_need"
    RIVAL_STRENGTH = "rival_strength"
    DONE = "done"

    @property
    def label(self) -> str:
        return {
            Queue.OTHER: "Other and don't know",
            Queue.SPLIT: "After a split",
            Queue.UNMET_NEED: CodedText.UNMET_NEED.label,
            Queue.RIVAL_STRENGTH: CodedText.RIVAL_STRENGTH.label,
            Queue.DONE: "Done",
        }[self]


@dataclass(frozen=True)
class Choice:
    id: int
    name: str


@dataclass(frozen=True)
class Item:
    """Something to decide: what was said, of which deal, and what it can be.

    `reason` is the id of the cited reason, 0 for a free text. Where the version before was
    decided on and the author changed the words since: `was_decided` as what, `was_text` on
    which words.
    """

    id: int
    version: int
    reason: int
    cited: str
    text: str
    quote: str
    debrief: int
    deal: str
    closed_on: date
    choices: tuple[Choice, ...]
    was_decided: str = ""
    was_text: str = ""


@dataclass(frozen=True)
class Done:
    """Something that was decided and can be taken back. `of_text` is empty for a reason."""

    id: int
    of_text: str
    was: str
    now: str
    by: str
    at: datetime
    debrief: int
    deal: str


@dataclass(frozen=True)
class TriagePage:
    """One page of a queue. `after` leads to the next, 0 on the last."""

    queue: Queue
    counts: Mapping[Queue, int]
    items: tuple[Item, ...] = ()
    done: tuple[Done, ...] = ()
    after: int = 0


def triage_page(viewer: User, queue: Queue, *, after: int = 0) -> TriagePage:
    """What waits in a queue, of the debriefs that `viewer` may read; the latest cited first."""
    splits = _Splits()
    waiting: dict[Queue, QuerySet[Any]] = {
        Queue.OTHER: _others(viewer),
        Queue.SPLIT: _to_recode(viewer, splits),
        Queue.UNMET_NEED: _uncoded(viewer, CodedText.UNMET_NEED),
        Queue.RIVAL_STRENGTH: _uncoded(viewer, CodedText.RIVAL_STRENGTH),
    }
    counts = {each: rows.count() for each, rows in waiting.items()}
    judged = list(_judged_to_recode(viewer, splits)) if splits.parts else []
    counts[Queue.SPLIT] += len(judged)
    if queue is Queue.DONE:
        return TriagePage(queue, counts, done=tuple(_done(viewer)))
    rows = waiting[queue].order_by("-pk")
    page = list((rows.filter(pk__lt=after) if after else rows)[: PAGE_SIZE + 1])
    choices = splits.choices if queue is Queue.SPLIT else _listed(queue)
    items = [_item(row, queue, choices) for row in page[:PAGE_SIZE]]
    older = items[-1].id if len(page) > PAGE_SIZE else 0
    if queue is Queue.SPLIT and not after:
        items = [*(_judged_item(row, splits) for row in judged), *items]
    return TriagePage(queue, counts, tuple(items), after=older)


class _Splits:
    """The split reasons of today, and the parts that a citation of each can be given."""

    def __init__(self) -> None:
        listed = reason_list()
        today = listed.readings(len(listed.days))
        split = {
            change.reason_id: tuple(
                dict.fromkeys(
                    Choice(today[part.pk].reason, today[part.pk].name)
                    for part in change.parts.all()
                )
            )
            for change in ReasonChange.objects.in_force()
            .filter(kind=ChangeKind.SPLIT)
            .prefetch_related("parts")
        }
        self.parts = {pk: split[read.reason] for pk, read in today.items() if read.reason in split}

    def choices(self, row: Any) -> tuple[Choice, ...]:
        return self.parts[row.recoded or row.reason_id]


def _readable(viewer: User) -> QuerySet[Debrief]:
    return Debrief.objects.visible_to(viewer).filter(closing__reopened_at=None)


def _citations(viewer: User) -> QuerySet[CitedReason]:
    """Of the versions that count, of the closings that stand."""
    return (
        CitedReason.objects.visible_to(viewer)
        .filter(
            version__debrief__in=_readable(viewer),
            version=F("version__debrief__current_version"),
        )
        .select_related("reason", "version__debrief__closing__deal")
    )


def _others(viewer: User) -> QuerySet[CitedReason]:
    kinds = (ReasonKind.OTHER, ReasonKind.DONT_KNOW)
    triaged = (
        Recoding.objects.in_force()
        .triaged()
        .filter(version=OuterRef("version"), reason=OuterRef("reason"))
    )
    waiting = _citations(viewer).filter(~Exists(triaged), reason__kind__in=kinds)
    before = {
        "version__debrief": OuterRef("version__debrief"),
        "version__number": OuterRef("version__number") - 1,
        "reason": OuterRef("reason"),
    }
    then = Recoding.objects.in_force().triaged().filter(**before)
    return waiting.annotate(
        was_decided=Subquery(then.values("into__name")[:1]),
        was_text=Subquery(CitedReason.objects.filter(**before).values("text")[:1]),
    )


def _to_recode(viewer: User, splits: _Splits) -> QuerySet[CitedReason]:
    """Citations that read as a split reason, after what was said of them so far."""
    said = (
        Recoding.objects.in_force()
        .after_split()
        .filter(version=OuterRef("version"), reason=OuterRef("reason"))
    )
    return (
        _citations(viewer)
        .annotate(recoded=Subquery(said.values("into")[:1]))
        .filter(Q(recoded__in=splits.parts) | Q(recoded=None, reason__in=splits.parts))
    )


def _judged_to_recode(viewer: User, splits: _Splits) -> QuerySet[JudgedReason]:
    """Split reasons that only a manager's judgement names: few, so that they need no pages."""
    said = (
        Recoding.objects.in_force()
        .after_split()
        .filter(version=OuterRef("judgement__version"), reason=OuterRef("reason"))
    )
    cited = CitedReason.objects.filter(
        version=OuterRef("judgement__version"), reason=OuterRef("reason")
    )
    return (
        JudgedReason.objects.filter(
            ~Exists(cited),
            ~Exists(said.exclude(into__in=splits.parts)),
            reason__in=splits.parts,
            judgement__in=ReasonJudgement.objects.in_force(),
            judgement__version__debrief__in=_readable(viewer),
            judgement__version=F("judgement__version__debrief__current_version"),
        )
        .annotate(recoded=Subquery(said.values("into")[:1]))
        .select_related("reason", "judgement__version__debrief__closing__deal")
        .order_by("-pk")
    )


def _uncoded(viewer: User, of_text: CodedText) -> QuerySet[DebriefVersion]:
    coded = TextCoding.objects.in_force().filter(version=OuterRef("pk"), of_text=of_text)
    before = {"debrief": OuterRef("debrief"), "number": OuterRef("number") - 1}
    then = TextCoding.objects.in_force().filter(
        of_text=of_text, **{f"version__{name}": value for name, value in before.items()}
    )
    return (
        DebriefVersion.objects.filter(
            ~Exists(coded),
            debrief__in=_readable(viewer),
            pk=F("debrief__current_version"),
        )
        .exclude(**{of_text.column: ""})
        .select_related("debrief__closing__deal")
        .annotate(
            was_decided=Subquery(then.values("code__name")[:1]),
            was_text=Subquery(DebriefVersion.objects.filter(**before).values(of_text.column)[:1]),
        )
    )


def _listed(queue: Queue) -> Any:
    """What can be chosen in a queue, the same for every row."""
    listed: QuerySet[Any] = (
        LossReason.objects.choosable().ordinary()
        if queue is Queue.OTHER
        else TextCode.objects.of(CodedText(queue.value)).standing()
    )
    choices = tuple(Choice(*row) for row in listed.values_list("pk", "name"))
    return lambda _row: choices


def _item(row: Any, queue: Queue, choices: Any) -> Item:
    is_text = isinstance(row, DebriefVersion)
    version = row if is_text else row.version
    closing = version.debrief.closing
    text = getattr(row, CodedText(queue.value).column) if is_text else row.text
    was_text = getattr(row, "was_text", None) or ""
    has_changed = bool(getattr(row, "was_decided", None)) and tidy(was_text) != tidy(text)
    return Item(
        id=row.pk,
        version=version.pk,
        reason=0 if is_text else row.reason_id,
        cited="" if is_text else row.reason.name,
        text=text,
        quote="" if is_text else row.quote,
        debrief=version.debrief_id,
        deal=closing.deal.name,
        closed_on=closing.closed_on,
        choices=choices(row),
        was_decided=row.was_decided if has_changed else "",
        was_text=was_text if has_changed else "",
    )


def _judged_item(row: Any, splits: _Splits) -> Item:
    version = row.judgement.version
    closing = version.debrief.closing
    return Item(
        id=0,
        version=version.pk,
        reason=row.reason_id,
        cited=row.reason.name,
        text=row.judgement.note,
        quote="",
        debrief=version.debrief_id,
        deal=closing.deal.name,
        closed_on=closing.closed_on,
        choices=splits.choices(row),
    )


def _done(viewer: User) -> Iterable[Done]:
    """The latest decisions of either kind."""
    scope = Q(
        version__debrief__in=_readable(viewer), version=F("version__debrief__current_version")
    )
    related = ("made_by", "version__debrief__closing__deal")
    recodings = Recoding.objects.in_force().filter(scope).select_related(*related, "reason", "into")
    codings = TextCoding.objects.in_force().filter(scope).select_related(*related, "code")
    found = [
        *(
            _done_row(each, "", each.reason.name, each.into.name)
            for each in recodings.order_by("-pk")[:PAGE_SIZE]
        ),
        *(
            _done_row(
                each,
                each.of_text,
                getattr(each.version, CodedText(each.of_text).column),
                each.code.name,
            )
            for each in codings.order_by("-pk")[:PAGE_SIZE]
        ),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:PAGE_SIZE]


def _done_row(made: Recoding | TextCoding, of_text: str, was: str, now: str) -> Done:
    debrief = made.version.debrief
    return Done(
        id=made.pk,
        of_text=of_text,
        was=was,
        now=now,
        by=str(made.made_by or "somebody who left"),
        at=made.made_at,
        debrief=debrief.pk,
        deal=debrief.closing.deal.name,
    )
