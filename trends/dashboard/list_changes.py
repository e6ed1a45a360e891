"""Where the list of reasons changed: marks for charts of reasons over time."""

from collections.abc import Iterable, Sequence
from datetime import date

from common.charts import Annotation
from debriefs.models.reasons import ChangeKind
from debriefs.reading import Change, ReasonList
from trends.dashboard.scores import place_of
from trends.dashboard.words import day
from trends.results import Key
from trends.snapshot import store


def list_changes(
    reasons: Iterable[str], time: str, periods: Sequence[Key]
) -> tuple[list[Annotation], str]:
    """Renames, merges and splits of these reasons, as marks and in sentences.

    Each reason is an id, with the name of the day behind a colon where it went by several.
    """
    listed = store.held.labels.reason_list
    numbers = {int(each.partition(":")[0]) for each in reasons}
    marks, sentences = [], []
    for change in listed.changes:
        told = _told(change, listed)
        since = date.fromisoformat(change.since)
        place = place_of(since, time, periods)
        if told and place is not None and numbers & {change.id, change.target}:
            marks.append(Annotation(place, "List changed", f"From {day(since)}: {told}"))
            sentences.append(f"From {day(since)}: {told}.")
    return marks, " ".join(sentences)


def _told(change: Change, listed: ReasonList) -> str:
    """The change in words, empty for one that names nothing otherwise."""
    before = _name(change.id, listed, listed.interval(change.since) - 1)
    if change.kind == ChangeKind.RENAMED:
        return f"“{before}” is called “{change.name}”"
    if change.kind == ChangeKind.MERGED:
        return f"“{before}” counts as “{_name(change.target, listed, -1)}”"
    return f"“{before}” is split" if change.kind == ChangeKind.SPLIT else ""


def _name(reason: int, listed: ReasonList, interval: int) -> str:
    standing = listed.standings[interval].get(reason)
    return standing.name if standing else ""
