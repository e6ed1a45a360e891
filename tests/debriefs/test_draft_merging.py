"""Two writers, lost replies, late posts: nothing that was typed is lost or silently replaced."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debriefs.models import Debrief, Draft
from debriefs.services.drafts import DraftReply, save_draft

FIELDS = ("answers.do_differently.text", "answers.for_my_coach.text", "runner_up.evidence")


@dataclass
class Page:
    """An open page: what it shows, what it has typed and not yet heard to be kept."""

    writer: str
    shown: dict[str, str] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    in_conflict: set[str] = field(default_factory=set)
    base: int = 0
    sequence: int = 0

    def type(self, name: str, text: str) -> None:
        self.shown[name] = text
        self.dirty.add(name)

    def post(self) -> dict[str, str]:
        self.sequence += 1
        return {name: self.shown[name] for name in self.dirty - self.in_conflict}

    def hear(self, reply: DraftReply, sent: dict[str, str]) -> None:
        self.base = reply.revision
        self.in_conflict |= set(reply.conflicts)
        for name, value in sent.items():
            if name not in reply.conflicts and self.shown[name] == value:
                self.dirty.discard(name)
        for name, value in reply.updates.items():
            if name not in self.dirty:
                self.shown[name] = value

    def keep_mine(self) -> None:
        self.in_conflict.clear()


STEPS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["type", "save", "lose the request", "lose the reply", "late"]),
        st.sampled_from(FIELDS),
    ),
    max_size=30,
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_draft_ends_with_what_was_typed_last_and_every_conflict_was_shown(
    debrief: Debrief, steps: list[tuple[str, str, str]]
) -> None:
    Draft.objects.update(fields={}, revision=0, sequences={})
    pages = {name: Page(writer=name) for name in "ab"}
    delayed: list[tuple[str, int, int, dict[str, str]]] = []
    for number, (who, step, name) in enumerate(steps):
        page = pages[who]
        if step == "type":
            page.type(name, f"{who}{number}")
        elif step == "late" and delayed:
            writer, base, sequence, sent = delayed.pop(0)
            save_draft(debrief, base_revision=base, writer=writer, sequence=sequence, changes=sent)
        else:
            _post(debrief, page, step, delayed)
    for page in [*pages.values()] * 2:
        page.keep_mine()
        _post(debrief, page, "save", delayed)
        page.keep_mine()
        _post(debrief, page, "save", delayed)

    kept = Draft.objects.get().values
    assert pages["b"].shown == kept
    assert {name: kept[name] for name in pages["a"].shown} == kept
    typed = {(who, name) for who, step, name in steps if step == "type"}
    assert set(kept) == {name for _, name in typed}


def _post(
    debrief: Debrief, page: Page, step: str, delayed: list[tuple[str, int, int, dict[str, str]]]
) -> None:
    sent = page.post()
    if step == "lose the request":
        delayed.append((page.writer, page.base, page.sequence, sent))
        return
    before = Draft.objects.get().fields
    reply = save_draft(
        debrief,
        base_revision=page.base,
        writer=page.writer,
        sequence=page.sequence,
        changes=sent,
    )
    for name, value in sent.items():
        stood, revision, last = before.get(name, ("", 0, ""))
        unseen = revision > page.base and last != page.writer and stood != value
        assert (name in reply.conflicts) is unseen
    if step != "lose the reply":
        page.hear(reply, sent)
