"""The forms of saved views and annotations."""

from datetime import date
from typing import Any

from django import forms

from common.forms import DateInput, PlainForm, StepForm
from trends.dashboard.errors import BoardRefused
from trends.dashboard.state import presets
from trends.models import WEEKDAYS, AnnotationKind

THESE_DAYS = ""


class BoardForm(StepForm):
    """A form whose step may be refused."""

    refusals = (BoardRefused,)


class ViewForm(BoardForm):
    """The name of a view, and whether all of sales may open it."""

    name = forms.CharField(label="Name", max_length=80)
    is_shared = forms.BooleanField(
        label="Everybody in sales may open it by its link",
        help_text="They see it with their own rights; only you change it.",
        required=False,
    )

    def __init__(self, *args: Any, can_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_share:
            del self.fields["is_shared"]


class NewViewForm(ViewForm):
    """A view of the page that `address` names, which the page sends along."""

    address = forms.CharField(widget=forms.HiddenInput, max_length=4_000)

    field_order = ("address", "name", "period", "is_shared")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moving = [(each.key, f"{each.label}, moving on with the days") for each in presets(today)]
        self.fields["period"] = forms.ChoiceField(
            label="Period",
            required=False,
            choices=[(THESE_DAYS, "These days, whenever it is opened"), *moving],
        )
        self.order_fields(self.field_order)


class AnnotationForm(BoardForm):
    day = forms.DateField(label="Day", widget=DateInput())
    kind = forms.ChoiceField(
        label="Kind",
        choices=[each for each in AnnotationKind.choices if each[0] != AnnotationKind.ACTION],
    )
    words = forms.CharField(
        label="What happened",
        max_length=200,
        help_text="Everybody who sees the dashboard reads it.",
    )


class WeeklyForm(PlainForm):
    """On which day of the week a view comes by mail, and at which hour, where the person is."""

    weekday = forms.TypedChoiceField(label="On", choices=list(enumerate(WEEKDAYS)), coerce=int)
    hour = forms.TypedChoiceField(
        label="At", choices=[(hour, f"{hour}:00") for hour in range(24)], coerce=int, initial=8
    )

    @property
    def wishes(self) -> dict[str, int]:
        return {"weekday": self.cleaned_data["weekday"], "hour": self.cleaned_data["hour"]}
