"""What a person says when a request is put off, handed over, or not worth a debrief."""

from typing import Any

from django import forms

from common.clock import company_today
from common.forms import DateInput, PlainForm
from debriefs.deadlines import SnoozeDays
from debriefs.models import DebriefRequest
from debriefs.services.requests import LONGEST_REASON, may_take_over
from people.models import User


class DismissForm(PlainForm):
    because = forms.CharField(
        label="Why is this deal not worth a debrief?",
        help_text="One sentence. It stays in the figures as “not worth a debrief”.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclineForm(DismissForm):
    """The same of a second view that somebody asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = "Why have you no view of it?"
        self.fields["because"].help_text = "One sentence. Whoever asks about this deal reads it."


class SnoozeForm(PlainForm):
    until = forms.DateField(label="Until", widget=DateInput())

    def __init__(self, *args: Any, days: SnoozeDays | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if days is not None:
            self.fields["until"].widget.attrs |= {"min": f"{days.first}", "max": f"{days.last}"}
            self.fields["until"].initial = days.first


def _named_with_team(person: Any) -> str:
    return f"{person}, {person.team_name}" if person.team_name else str(person)


class HandOverForm(PlainForm):
    to = forms.ModelChoiceField(
        label="Who writes it instead?", queryset=User.objects.none(), empty_label="Choose a person"
    )
    because = forms.CharField(
        label="Why?",
        help_text="They read it with the request, such as “She led the last two calls”.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, request: DebriefRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.label_from_instance = _named_with_team
        field.queryset = may_take_over(request).with_team_on(company_today())
