"""One form per intent. Forms clean; services act; `carry_out` shows what was refused."""

from collections.abc import Iterable
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from common.clock import company_today
from common.forms import DateInput, StepForm
from people.errors import PeopleError
from people.models import Role, Team, TeamKind, User
from people.services import PersonChanges
from people.validators import validate_chat_address

DAYS_A_TOKEN_LASTS = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "For ever")]
STATES = [
    ("", "Everybody"),
    ("active", "Can sign in"),
    ("inactive", "Can't sign in"),
    ("unconfirmed", "Named by an import"),
]


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where the page was only asked for."""
    return request.POST if request.method == "POST" else None


def _time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class PeopleStepForm(StepForm):
    """A form whose step may be refused by a rule about people, or by a field of the model."""

    refusals = (PeopleError, ValidationError)

    def told_by(self, refusal: PeopleError | ValidationError) -> Iterable[tuple[str | None, Any]]:
        if isinstance(refusal, PeopleError):
            return [(refusal.field, str(refusal))]
        if hasattr(refusal, "error_dict"):
            return refusal.error_dict.items()
        return [(None, refusal.error_list)]


class ChangesForm(PeopleStepForm):
    """Its fields are those that `change_person` takes."""

    @property
    def changes(self) -> PersonChanges:
        return cast(PersonChanges, self.cleaned_data)


class ProfileForm(ChangesForm):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=_time_zones,
        help_text="For the hour of your reminders. Deals close by the company's own calendar.",
    )


class TokenForm(PeopleStepForm):
    name = forms.CharField(
        label="What is it for?", max_length=80, help_text="Such as “nightly export”."
    )
    days = forms.TypedChoiceField(
        label="Good for",
        choices=DAYS_A_TOKEN_LASTS,
        coerce=int,
        empty_value=None,
        required=False,
        initial="90",
    )


class PeopleFilterForm(forms.Form):
    """The query string of the list of people."""

    q = forms.CharField(
        label="Name or address",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    role = forms.ChoiceField(
        label="Role",
        required=False,
        choices=[("", "Every role"), *Role.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    state = forms.ChoiceField(
        label="Who",
        required=False,
        choices=STATES,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    after = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class NewPersonForm(PeopleStepForm):
    full_name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(label="E-mail", help_text="The link to choose a password goes here.")
    username = forms.CharField(
        label="Username",
        required=False,
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="Left empty, it is made from the address. People sign in with either.",
    )
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.REP)
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.standing(), required=False, empty_label="No team"
    )
    since = forms.DateField(
        label="Belongs to it since",
        required=False,
        widget=DateInput(),
        help_text="Deals closed from that day on count for the team.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("team") and not cleaned.get("since"):
            cleaned["since"] = company_today()
        return cleaned


class PersonForm(ChangesForm):
    full_name = forms.CharField(label="Full name", max_length=150)
    username = forms.CharField(
        label="Username", max_length=150, validators=[UnicodeUsernameValidator()]
    )
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    coach = forms.ModelChoiceField(
        label="Coach",
        queryset=User.objects.none(),
        required=False,
        empty_label="The manager of their team",
        help_text="Reads what this person marks as private, and nobody else does.",
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=_time_zones)
    chat_webhook = forms.CharField(
        label="Chat webhook",
        required=False,
        max_length=500,
        validators=[validate_chat_address],
        help_text="An incoming webhook of Slack, Teams or Mattermost that reaches this person alone. They can then have their digest by chat.",
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaches = User.objects.active().in_sales().exclude(pk=person.pk)
        self._field("coach").queryset = coaches
        if person.email is None:
            self.fields["email"].required = False

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean_email(self) -> str | None:
        return self.cleaned_data["email"] or None


class MoveForm(PeopleStepForm):
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.standing(), empty_label="Choose a team"
    )
    since = forms.DateField(
        label="Since",
        widget=DateInput(),
        initial=company_today,
        help_text="May lie in the past: deals closed since then are counted again.",
    )


class LeaveForm(PeopleStepForm):
    on = forms.DateField(
        label="First day outside the team", widget=DateInput(), initial=company_today
    )


class ConfirmForm(PeopleStepForm):
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.REP)


class MergeForm(PeopleStepForm):
    into = forms.ModelChoiceField(
        label="The same person as", queryset=User.objects.none(), empty_label="Choose a person"
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = User.objects.standing().exclude(pk=person.pk)


class TeamForm(PeopleStepForm):
    """A team's place and who answers for it; its kind is settled when it is made."""

    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="Kind", choices=TeamKind.choices, initial=TeamKind.TEAM)
    parent = forms.ModelChoiceField(
        label="Under",
        queryset=Team.objects.standing(),
        required=False,
        empty_label="Nothing: the top of the tree",
    )
    manager = forms.ModelChoiceField(
        label="Manager",
        queryset=User.objects.active().filter(role__in=[Role.MANAGER, Role.ADMIN]),
        required=False,
        empty_label="Nobody yet",
        help_text="Answers for this team and all below it.",
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if team is not None:
            del self.fields["kind"]
            field: Any = self.fields["parent"]
            field.queryset = Team.objects.standing().exclude(pk=team.pk)


class SetupForm(PeopleStepForm):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label="Username",
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(
            username=self.cleaned_data.get("username", ""),
            email=self.cleaned_data.get("email", ""),
            full_name=self.cleaned_data.get("full_name", ""),
        )
        validate_password(password, person)
        return password
