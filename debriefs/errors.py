"""What a debrief refuses, each with words that a page or the API can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something about a template that publishing refuses or warns of.

    `where` is the key of a section, question or factor, `rules.N` counted from 0, or
    `scope`; empty for the template as a whole.
    """

    where: str
    message: str


class DebriefError(Exception):
    """A step that was refused; nothing was saved."""


class FieldsRefused(DebriefError):
    """Some fields can't be taken. `errors` maps a field's name to what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


class AlreadySubmitted(DebriefError):
    """The debrief was submitted meanwhile, from another tab, device or request."""


class AmendingClosed(DebriefError):
    """The days for amending are over; a manager above the author can open it again."""


class NotTheirs(DebriefError):
    """Only the author writes a debrief; only managers above reopen it."""


class NotClosed(DebriefError):
    """The deal was opened again: there is nothing to debrief until it closes."""


class RequestNotOpen(DebriefError):
    """The request was already done or dismissed."""


class CannotBeAsked(DebriefError):
    """This person can't be asked for a second view."""


class TemplateMovedOn(DebriefError):
    """Somebody changed or published the draft since the page was opened: reload it."""


class PublishingRefused(DebriefError):
    """The template can't be published as it is. `findings` say where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(" ".join(finding.message for finding in findings))


class TemplateNotRetired(DebriefError):
    """The default template always applies; another one has to become the default first."""


class ReasonRefused(DebriefError):
    """A change of the reason list, or a judgement on reasons, that can't be made.

    `field` is the form's field that it concerns, `remedy` what to do instead.
    """

    def __init__(self, field: str, why: str, remedy: str) -> None:
        self.field, self.why, self.remedy = field, why, remedy
        super().__init__(f"{why} {remedy}")
