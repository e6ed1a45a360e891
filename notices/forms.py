"""How a person wants to be reminded."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.conf import settings

from common.working_days import countries
from people.forms import PeopleStepForm
from people.models import Channel, User
from people.services import PersonChanges


def _hours() -> list[tuple[int, str]]:
    return [(hour, f"{hour}:00") for hour in range(24)]


def _calendars(chosen: str) -> Iterator[tuple[str, str]]:
    company = settings.ENV.company_calendar
    yield "", f"The company's ({company})" if company else "The company's"
    if chosen and chosen not in countries():
        yield chosen, chosen
    yield from countries().items()


class RemindersForm(PeopleStepForm):
    """Its fields are those that `change_person` takes."""

    channel = forms.ChoiceField(
        label="Your digest",
        choices=Channel.choices,
        help_text="One a day at most, on working days, and none when nothing is open.",
    )
    digest_hour = forms.TypedChoiceField(label="At", choices=_hours, coerce=int)
    calendar = forms.ChoiceField(
        label="Holidays of",
        required=False,
        help_text="No digest comes on a holiday, and it counts in no deadline of yours.",
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(person, name) for name in self.fields}
        if not person.chat_webhook:
            channel: Any = self.fields["channel"]
            channel.choices = [each for each in Channel.choices if each[0] != Channel.CHAT]
            channel.help_text += " By chat once an admin has entered your chat's webhook."
        calendar: Any = self.fields["calendar"]
        calendar.choices = list(_calendars(person.calendar))
        self.fields["digest_hour"].help_text = f"Where you are: {person.time_zone}."

    @property
    def changes(self) -> PersonChanges:
        return cast(PersonChanges, self.cleaned_data)
