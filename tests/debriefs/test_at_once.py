"""Two requests at the same moment, on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from debriefs.errors import AlreadySubmitted
from debriefs.models import Debrief, DebriefVersion, Draft
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_debrief
from outbox.models import Event
from tests.debriefs.submissions import FIRST, SECOND, quick
from tests.factories import UserFactory, closed_deal

LESSON = "answers.do_differently.text"
COACH = "answers.for_my_coach.text"


@pytest.fixture
def begun(transactional_db: None) -> Debrief:
    install_defaults()
    rep = UserFactory.create()
    return begin_debrief(closed_deal(owner=rep), author=rep)


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What each step returned or raised, all let go at the same moment."""
    barrier = Barrier(len(steps))

    def run(step: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return step()
        except AlreadySubmitted as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def submit(debrief: Debrief, submission_id: UUID) -> DebriefVersion:
    return submit_debrief(debrief, quick(), submission_id=submission_id, by=debrief.author)


def test_one_submission_sent_twice_at_once_is_one_version_for_both(begun: Debrief) -> None:
    first, second = at_once(lambda: submit(begun, FIRST), lambda: submit(begun, FIRST))
    assert first == second == DebriefVersion.objects.get()
    assert Event.objects.filter(kind="debrief.submitted").count() == 1


def test_two_submissions_at_once_are_one_debrief_and_one_clear_answer(begun: Debrief) -> None:
    answers = at_once(lambda: submit(begun, FIRST), lambda: submit(begun, SECOND))
    version = DebriefVersion.objects.get()
    assert version in answers
    assert "This debrief was already submitted, from another tab or device." in answers


def test_beginning_twice_at_once_is_one_debrief(begun: Debrief) -> None:
    closing, author = begun.closing, begun.author
    begun.delete()
    first, second = at_once(*[lambda: begin_debrief(closing, author=author)] * 2)
    assert first == second == Debrief.objects.get()
    assert Draft.objects.count() == 1


def test_two_tabs_saving_at_once_lose_nothing(begun: Debrief) -> None:
    def save(writer: str, name: str) -> Callable[[], object]:
        return lambda: save_draft(
            begun, base_revision=0, writer=writer, changes={name: f"From {writer}."}
        )

    at_once(save("a", LESSON), save("b", COACH))
    draft = Draft.objects.get()
    assert draft.values == {LESSON: "From a.", COACH: "From b."}
    assert draft.revision == 2
