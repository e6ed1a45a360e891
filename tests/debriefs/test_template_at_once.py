"""Two admins at the same moment, on two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from debriefs.edits import Retire
from debriefs.errors import DebriefError
from debriefs.models import QuestionTemplate, TemplateVersion
from debriefs.questions import TemplateDefinition
from debriefs.services import templates
from debriefs.services.defaults import install_defaults
from outbox.models import Event
from people.models import User
from tests.factories import AdminFactory


@pytest.fixture
def admin(transactional_db: None) -> User:
    install_defaults()
    return AdminFactory.create()


@pytest.fixture
def template(admin: User) -> QuestionTemplate:
    return QuestionTemplate.objects.get(is_default=True)


def at_once(*steps: Callable[[], object]) -> list[str]:
    """The name of what each step returned or raised, all let go at the same moment."""
    barrier = Barrier(len(steps))

    def run(step: Callable[[], object]) -> str:
        try:
            barrier.wait()
            return type(step()).__name__
        except DebriefError as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(run, steps))


def test_one_draft_is_begun_for_both(template: QuestionTemplate) -> None:
    begin = lambda: templates.begin_draft(template)  # noqa: E731
    assert at_once(begin, begin) == ["TemplateVersion", "TemplateVersion"]
    assert TemplateVersion.objects.drafts().count() == 1


def test_of_two_edits_of_one_revision_one_is_made(template: QuestionTemplate) -> None:
    draft = templates.begin_draft(template)
    made = at_once(
        lambda: templates.edit_draft(draft, Retire("objections"), revision=0),
        lambda: templates.edit_draft(draft, Retire("positioning"), revision=0),
    )
    assert made == ["TemplateMovedOn", "TemplateVersion"]
    draft.refresh_from_db()
    kept = {question.key for question in TemplateDefinition.of(draft).questions()}
    assert (draft.revision, len({"objections", "positioning"} & kept)) == (1, 1)


def test_a_draft_is_published_once(template: QuestionTemplate, admin: User) -> None:
    draft = templates.begin_draft(template)
    publish = lambda: templates.publish_draft(draft, revision=0, by=admin)  # noqa: E731
    assert at_once(publish, publish) == ["TemplateMovedOn", "TemplateVersion"]
    assert TemplateVersion.objects.published().get().number == 2
    assert Event.objects.filter(kind="template.published").count() == 1
