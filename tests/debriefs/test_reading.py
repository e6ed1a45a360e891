"""The reading rule over random histories: nothing is lost, nothing is counted twice."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from debriefs.models import ChangeKind
from debriefs.reading import Change, FirstStood, ReasonList

HISTORIES = 2_000
DAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 7) for day in (1, 10, 20)]


@dataclass
class History:
    """A list with random changes in force, and random debriefs that cite from it."""

    random: Random
    names: dict[int, str]
    groups: dict[int, int]
    changes: list[Change] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    parts: dict[int, list[int]] = field(default_factory=dict)
    recoded: dict[tuple[int, int], int] = field(default_factory=dict)
    debriefs: list[tuple[str, list[int]]] = field(default_factory=list)

    def listed(self) -> ReasonList:
        """As services keep it: in the order in which the changes took effect."""
        return ReasonList(
            tuple(FirstStood(pk, name, self.groups[pk]) for pk, name in self.names.items()),
            tuple(FirstStood(pk, f"Group {pk}") for pk in (1, 2, 3)),
            tuple(sorted(self.changes, key=lambda change: change.since)),
            (Change(1, ChangeKind.RENAMED, self.random.choice(DAYS), "Group one"),),
        )


def made(seed: int) -> History:
    random = Random(seed)
    reasons = range(1, random.randint(2, 7))
    history = History(
        random, {pk: f"R{pk}" for pk in reasons}, {pk: random.randint(1, 3) for pk in reasons}
    )
    for _ in range(random.randint(0, 14)):
        _change(history)
    for _ in range(random.randint(0, 20)):
        cited = random.sample(list(history.names), min(len(history.names), random.randint(1, 3)))
        history.debriefs.append((random.choice(DAYS), cited))
    _recode(history)
    return history


def _change(history: History) -> None:
    """One change as the services allow it."""
    random = history.random
    kind = random.choice(["renamed", "moved", "merged", "split", "taken back"])
    pk, day = random.choice(list(history.names)), random.choice(DAYS)
    free = pk not in history.merged and pk not in history.parts
    if kind == "merged":
        _merge(history, pk, day)
    elif kind == "taken back":
        _take_back(history)
    elif free and kind == "split":
        _split(history, pk, day)
    elif free and kind == "renamed":
        history.changes.append(Change(pk, kind, day, random.choice(["A", "B", history.names[pk]])))
    elif free:
        history.changes.append(Change(pk, "moved", day, target=random.randint(1, 3)))


def _merge(history: History, pk: int, day: str) -> None:
    """Not of a merged one; into what stands for the other; into none that is split."""
    into = history.random.choice(list(history.names))
    while into in history.merged:
        into = history.merged[into]
    if pk not in history.merged and into != pk and into not in history.parts:
        history.merged[pk] = into
        history.changes.append(Change(pk, "merged", day, target=into))


def _split(history: History, pk: int, day: str) -> None:
    new = max(history.names) + 1
    history.parts[pk] = [new, new + 1]
    for part in history.parts[pk]:
        history.names[part], history.groups[part] = f"R{part}", 1
    history.changes.append(Change(pk, "split", day))


def _take_back(history: History) -> None:
    if not history.changes:
        return
    gone = history.changes.pop(history.random.randrange(len(history.changes)))
    if gone.kind == "merged":
        del history.merged[gone.id]
    elif gone.kind == "split":
        del history.parts[gone.id]


def _recode(history: History) -> None:
    listed = history.listed()
    for place, (_, cited) in enumerate(history.debriefs):
        for reason in cited:
            parts = history.parts.get(listed.read(reason).reason, [])
            if parts and history.random.random() < 0.5:
                history.recoded[place, reason] = history.random.choice(parts)


def plainly(history: History, reason: int, day: str | None) -> tuple[int, str, int]:
    """The reading by replaying the history, change by change, for one citation."""
    upto = [c for c in history.listed().changes if day is None or c.since <= day]
    into = {c.id: c.target for c in upto if c.kind == "merged"}
    while reason in into:
        reason = into[reason]
    own = [c for c in upto if c.id == reason]
    names = [history.names[reason], *(c.name for c in own if c.kind == "renamed")]
    groups = [history.groups[reason], *(c.target for c in own if c.kind == "moved")]
    suffix = " (before the split)" if any(c.kind == "split" for c in own) else ""
    return reason, names[-1] + suffix, groups[-1]


@settings(max_examples=HISTORIES, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_in_both_readings_every_citation_of_a_random_history_counts_once(seed: int) -> None:
    history = made(seed)
    listed = history.listed()
    citations = sum(len(cited) for _, cited in history.debriefs)
    recorded: Counter[tuple[int, str, int]] = Counter()
    today: Counter[tuple[int, str, int]] = Counter()
    recorded_primary: Counter[int] = Counter()
    today_primary: Counter[int] = Counter()
    for place, (day, cited) in enumerate(history.debriefs):
        for rank, reason in enumerate(cited, start=1):
            then = listed.read(reason, day)
            now = listed.read(history.recoded.get((place, reason), reason))
            recorded[then.reason, then.name, then.group] += 1
            today[now.reason, now.name, now.group] += 1
            if rank == 1:
                recorded_primary[then.reason] += 1
                today_primary[now.reason] += 1
            assert (then.reason, then.name, then.group) == plainly(history, reason, day)
            meant = history.recoded.get((place, reason), reason)
            assert (now.reason, now.name, now.group) == plainly(history, meant, None)
    assert recorded.total() == today.total() == citations
    assert recorded_primary.total() == today_primary.total() == len(history.debriefs)
    assert all(reason in history.names for reason, _, _ in (*recorded, *today))


def test_the_random_histories_hold_every_kind_of_change_and_recodings() -> None:
    histories = [made(seed) for seed in range(300)]
    kinds = {change.kind for history in histories for change in history.changes}
    assert kinds == {"renamed", "moved", "merged", "split"}
    assert sum(bool(history.recoded) for history in histories) > 30


def one(*changes: Change) -> ReasonList:
    return ReasonList(
        (FirstStood(1, "Price", 1), FirstStood(2, "Terms", 1), FirstStood(3, "Fit", 2)),
        (FirstStood(1, "Commercial"), FirstStood(2, "Product")),
        changes,
    )


def read(listed: ReasonList, reason: int, day: str | None = None) -> tuple[int, str, int]:
    found = listed.read(reason, day)
    return found.reason, found.name, found.group


def test_a_change_reads_from_its_first_day_on() -> None:
    listed = one(
        Change(1, ChangeKind.RENAMED, "2026-03-01", "Price level"),
        Change(1, ChangeKind.MOVED, "2026-04-01", target=2),
    )
    assert read(listed, 1, "2026-02-28") == (1, "Price", 1)
    assert read(listed, 1, "2026-03-01") == (1, "Price level", 1)
    assert read(listed, 1, "2026-04-01") == (1, "Price level", 2)
    assert read(listed, 1) == (1, "Price level", 2)


def test_renamed_back_and_forth_it_reads_each_name_in_its_time() -> None:
    listed = one(
        Change(1, ChangeKind.RENAMED, "2026-02-01", "Cost"),
        Change(1, ChangeKind.RENAMED, "2026-03-01", "Price"),
    )
    days = ("2026-01-31", "2026-02-01", "2026-03-01")
    assert [read(listed, 1, day)[1] for day in days] == ["Price", "Cost", "Price"]


def test_merges_are_followed_as_far_as_they_reached_on_the_day() -> None:
    listed = one(
        Change(2, ChangeKind.MERGED, "2026-02-01", target=3),
        Change(1, ChangeKind.MERGED, "2026-03-01", target=2),
    )
    assert read(listed, 1, "2026-02-15") == (1, "Price", 1)
    assert read(listed, 2, "2026-02-15") == (3, "Fit", 2)
    assert read(listed, 1, "2026-03-01") == (3, "Fit", 2)


def test_a_split_reason_keeps_its_history_in_its_group() -> None:
    listed = one(Change(1, ChangeKind.SPLIT, "2026-03-01"))
    assert read(listed, 1, "2026-02-28") == (1, "Price", 1)
    assert read(listed, 1, "2026-03-01") == (1, "Price (before the split)", 1)
    assert read(listed, 1) == (1, "Price (before the split)", 1)


def test_rows_that_close_a_circle_are_read_and_not_run_after() -> None:
    listed = one(
        Change(1, ChangeKind.MERGED, "2026-03-01", target=2),
        Change(2, ChangeKind.MERGED, "2026-03-01", target=1),
    )
    assert read(listed, 1) == (2, "Terms", 1)
