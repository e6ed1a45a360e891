"""Random changes of the reason list and of what citations mean, as people make them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random

from debriefs.errors import ReasonRefused
from debriefs.events import REASONS_JUDGED, TEXT_CODED
from debriefs.models import (
    CitedReason,
    CodedText,
    DebriefVersion,
    JudgedReason,
    LossReason,
    ReasonChange,
    ReasonGroup,
    ReasonJudgement,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.services.reason_groups import rename_group
from debriefs.services.reason_taking_back import take_back_change
from debriefs.services.reasons import (
    Part,
    merge_reasons,
    move_reason,
    rename_reason,
    retire_reason,
    split_reason,
)
from debriefs.services.recodings import recode_citation, take_back_recoding, triage_citation
from outbox.services import record
from people.models import User

NAMES = ("Price", "Price level", "Terms", "Fit", "Too slow", "Reason 1")


class ListEditor:
    """Draws one change at a time; a refused one counts as none."""

    def __init__(self, random: Random, by: User, *, first_day: date, days: int) -> None:
        self.random, self.by = random, by
        self.first_day, self.days = first_day, days
        self.refused = 0
        self.made: list[str] = []

    def some(self, times: int) -> None:
        for _ in range(times):
            self.one()

    def one(self) -> None:
        changes: Sequence[Callable[[], object]] = (
            self.rename, self.rename, self.move, self.merge, self.merge, self.split,
            self.retire, self.take_back, self.rename_group,
        )  # fmt: skip
        self.attempt(self.random.choice(changes))

    def attempt(self, change: Callable[[], object]) -> None:
        try:
            change()
        except ReasonRefused:
            self.refused += 1
        else:
            self.made.append(change.__name__)

    def day(self) -> date:
        return self.first_day + timedelta(days=self.random.randrange(self.days))

    def reason(self) -> LossReason:
        return self.random.choice(list(LossReason.objects.order_by("pk")))

    def rename(self) -> None:
        rename_reason(self.reason(), self.random.choice(NAMES), since=self.day(), by=self.by)

    def move(self) -> None:
        group = self.random.choice(list(ReasonGroup.objects.order_by("pk")))
        move_reason(self.reason(), group, since=self.day(), by=self.by)

    def merge(self) -> None:
        merge_reasons(self.reason(), into=self.reason(), since=self.day(), by=self.by)

    def split(self) -> None:
        parts = [Part(name) for name in self.random.sample(NAMES, 2)]
        split_reason(self.reason(), parts, since=self.day(), by=self.by)

    def retire(self) -> None:
        retire_reason(self.reason(), since=self.day(), by=self.by)

    def rename_group(self) -> None:
        group = self.random.choice(list(ReasonGroup.objects.order_by("pk")))
        rename_group(group, self.random.choice(NAMES), since=self.day(), by=self.by)

    def take_back(self) -> None:
        changes = list(ReasonChange.objects.in_force().order_by("pk"))
        if changes:
            take_back_change(self.random.choice(changes), by=self.by)


class Coder(ListEditor):
    """Says of random citations what they meant, and judges random versions."""

    def one(self) -> None:
        changes = (
            self.recode, self.recode, self.recode, self.triage, self.take_one_back, self.code,
        )  # fmt: skip
        self.attempt(self.random.choice(changes))

    def _citation(self) -> CitedReason | None:
        cited = list(CitedReason.objects.select_related("reason", "version").order_by("pk"))
        return self.random.choice(cited) if cited else None

    def recode(self) -> None:
        if cited := self._citation():
            recode_citation(cited.version, cited.reason, into=self.reason(), by=self.by)

    def triage(self) -> None:
        if cited := self._citation():
            triage_citation(cited.version, cited.reason, into=self.reason(), by=self.by)

    def take_one_back(self) -> None:
        recodings = list(Recoding.objects.in_force().order_by("pk"))
        if recodings:
            take_back_recoding(self.random.choice(recodings), by=self.by)

    def code(self) -> None:
        """A code for a text, as a row of the version's; texts themselves are beside the point."""
        versions = list(DebriefVersion.objects.order_by("pk"))
        if not versions:
            return
        version, of_text = self.random.choice(versions), self.random.choice(list(CodedText))
        name = self.random.choice(["No API", "Too dear", "Slow"])
        code, _ = TextCode.objects.get_or_create(of_text=of_text, name=name)
        TextCoding.objects.in_force().filter(version=version, of_text=of_text).update(
            taken_back_at=version.submitted_at
        )
        TextCoding.objects.create(version=version, of_text=of_text, code=code)
        record(TEXT_CODED, payload={"deal_id": version.debrief.closing.deal_id}, by=self.by.pk)

    def judge(self, version: DebriefVersion) -> None:
        """A judgement as rows: whose right it is to judge is another matter."""
        ReasonJudgement.objects.in_force().filter(version=version).update(
            withdrawn_at=version.submitted_at
        )
        judgement = ReasonJudgement.objects.create(version=version, judged_by=self.by, agrees=False)
        reasons = list(LossReason.objects.order_by("pk"))
        JudgedReason.objects.bulk_create(
            JudgedReason(judgement=judgement, rank=rank, reason=reason)
            for rank, reason in enumerate(self.random.sample(reasons, 2), start=1)
        )
        deal_id = version.debrief.closing.deal_id
        record(REASONS_JUDGED, payload={"deal_id": deal_id}, by=self.by.pk)
