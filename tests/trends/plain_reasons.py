"""The reason list by plain counting: read change by change, from the rows."""

from debriefs.models import LossReason, ReasonChange, ReasonGroup
from trends.source_facts import Cited


class PlainReasons:
    """The reason list read change by change, from the rows; nothing is shared with the product."""

    def __init__(self) -> None:
        changes = list(ReasonChange.objects.order_by("pk"))
        self.changes = sorted(
            (each for each in changes if each.taken_back_at is None),
            key=lambda each: (each.since, each.pk),
        )
        self.rows = {reason.pk: reason for reason in LossReason.objects.all()}
        self.groups = {group.pk: group for group in ReasonGroup.objects.all()}
        self.ever = changes
        self.days: list[str | None] = ["0001-01-01", *{e.since.isoformat() for e in changes}]

    def name_of(self, pk: int, day: str | None) -> str:
        """The reason's own name on a day (None: after all changes)."""
        before = [e.name_before for e in self.ever if e.reason_id == pk and e.name_before]
        name, is_split = before[0] if before else self.rows[pk].name, False
        for change in self._until(day):
            if change.reason_id == pk:
                name = change.name if change.kind == "renamed" else name
                is_split = is_split or change.kind == "split"
        return f"{name} (before the split)" if is_split else name

    def group_of(self, pk: int, day: str | None) -> int:
        before = [e.group_before_id for e in self.ever if e.reason_id == pk and e.group_before_id]
        group = before[0] if before else self.rows[pk].group_id
        for change in self._until(day):
            if change.reason_id == pk and change.kind == "moved":
                group = change.group_id or 0
        return int(group or 0)

    def group_name(self, pk: int, day: str | None) -> str:
        before = [e.name_before for e in self.ever if e.of_group_id == pk and e.name_before]
        name = before[0] if before else self.groups[pk].name
        for change in self._until(day):
            if change.of_group_id == pk and change.kind == "renamed":
                name = change.name
        return name

    def standing(self, pk: int, day: str | None) -> int:
        merges: dict[int, int] = {
            e.reason_id or 0: e.into_id or 0 for e in self._until(day) if e.kind == "merged"
        }
        while pk in merges:
            pk = merges[pk]
        return pk

    def read(self, cited: Cited, day: str | None) -> dict[str, str]:
        """The ids under which a citation is shown."""
        reason = self.standing(cited.reason if day else cited.recoded or cited.reason, day)
        group = self.group_of(reason, day)
        if day is None:
            return _with_untested(cited, {"reason": str(reason), "reason_group": str(group)})
        found = {
            "reason": self._id(reason, self.name_of(reason, day), self.names_of(reason)),
            "reason_group": self._id(
                group,
                self.group_name(group, day),
                {self.group_name(group, each) for each in self.days},
            ),
        }
        return _with_untested(cited, found)

    def names_of(self, pk: int) -> set[str]:
        return {self.name_of(pk, day) for day in self.days}

    def meant(self, value: str, *, today: bool) -> set[str]:
        """The ids that a filter's value chooses."""
        pk = int(value.partition(":")[0])
        if today:
            return {str(self.standing(pk, None))}
        names = self.names_of(pk)
        return {value} if ":" in value else {self._id(pk, name, names) for name in names}

    def _id(self, pk: int, name: str, names: set[str]) -> str:
        return str(pk) if len(names) == 1 else f"{pk}:{name}"

    def _until(self, day: str | None) -> list[ReasonChange]:
        return [each for each in self.changes if day is None or each.since.isoformat() <= day]


def _with_untested(cited: Cited, ids: dict[str, str]) -> dict[str, str]:
    return ids | ({"untested_reason": ids["reason"]} if cited.checks == "untested" else {})
