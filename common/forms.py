"""Forms whose page brings the form tag and the token, and steps that a service may refuse."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlainForm(forms.Form):
    """The page brings the form tag and the token."""

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True


class StepForm(PlainForm):
    """A form whose step may be refused by one of `refusals`."""

    refusals: ClassVar[tuple[type[Exception], ...]]

    def carry_out(self, step: Callable[[], object]) -> bool:
        """Whether the form was sent, was valid and its step went through.

        A refused step becomes an error of the field that it names.
        """
        if not self.is_valid():
            return False
        try:
            step()
        except self.refusals as refusal:
            for name, words in self.told_by(refusal):
                self.add_error(name if name in self.fields else None, words)
            return False
        return True

    def told_by(self, refusal: Any) -> Iterable[tuple[str | None, Any]]:
        """The fields that a refusal is about, each with what it says of it."""
        return [(refusal.field, str(refusal))]
