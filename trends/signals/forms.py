"""What somebody makes of a signal."""

from django import forms
from django.http import QueryDict

from common.forms import StepForm
from trends.errors import TrendError
from trends.signals.models import TEXT_LIMIT, Signal, SignalState
from trends.signals.services import TAKEN_UP


class SignalForm(StepForm):
    """A form whose step may be refused."""

    refusals = (TrendError,)

    def told_by(self, refusal: TrendError) -> list[tuple[str, str]]:
        return [(refusal.field, refusal.reason)]


class TakeUpForm(SignalForm):
    """The state that somebody gives a signal, and why."""

    state = forms.ChoiceField(
        label="What we make of it",
        choices=[(state.value, state.label) for state in TAKEN_UP],
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What explains it, or what was done and where it is written down. Read by sales.",
    )


class NoteForm(SignalForm):
    """What can still be said of a signal that is over."""

    note = forms.CharField(
        label="Note",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is worth knowing when it comes back. Read by sales.",
    )


def form_for(signal: Signal, given: QueryDict | None) -> SignalForm:
    """The form that a signal of its state takes."""
    if signal.is_over:
        return NoteForm(given)
    state = SignalState.WATCHED if signal.state == SignalState.NEW else signal.state
    return TakeUpForm(given, initial={"state": state})
