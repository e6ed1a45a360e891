"""What a debrief refuses, each with words that a page or the API can show."""

from collections.abc import Mapping


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
