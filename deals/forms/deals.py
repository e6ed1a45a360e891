"""Entering, changing and closing a deal by hand."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.forms import DateInput, StepForm
from common.money import without_padding
from deals.errors import DealRefused
from deals.facts import DealFacts
from deals.models import Closing, Competitor, Currency, Deal, Outcome, Product, Stage
from people.access import people_below
from people.models import User

MOST_SUGGESTED = 300


class SuggestingInput(forms.TextInput):
    """A text field that suggests listed names and takes any other one."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = names

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        attrs = {**(attrs or {}), "list": f"{name}-names", "autocomplete": "off"}
        options = format_html_join("", '<option value="{}"></option>', ((n,) for n in self.names))
        return format_html(
            '{}<datalist id="{}-names">{}</datalist>',
            super().render(name, value, attrs, renderer),
            name,
            options,
        )


class DealStepForm(StepForm):
    """A form whose step the rules of deals may refuse."""

    refusals = (DealRefused,)

    def told_by(self, refusal: DealRefused) -> list[tuple[str, str]]:
        return [(refusal.field, f"{refusal.why} {refusal.remedy}")]


def _names(model: type[Stage] | type[Product] | type[Competitor]) -> list[str]:
    return list(model.objects.standing().values_list("name", flat=True)[:MOST_SUGGESTED])


def _currencies() -> list[tuple[str, str]]:
    own = settings.ENV.reporting_currency
    codes = Currency.objects.values_list("code", "name")
    return sorted(
        ((code, f"{code} · {name}") for code, name in codes), key=lambda each: each[0] != own
    )


class AmountForm(DealStepForm):
    """The facts that an open deal and a closing share."""

    stage = forms.CharField(required=False, max_length=200)
    amount = forms.DecimalField(
        required=False,
        max_digits=18,
        decimal_places=3,
        help_text="Leave it empty when it isn't known.",
    )
    currency = forms.ChoiceField(required=False)
    competitors = forms.CharField(
        required=False,
        label="Competitors met",
        help_text="Names, parted by commas. A new name is taken as written and listed for review.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].widget = SuggestingInput(_names(Stage))
        self.fields["currency"].choices = _currencies()  # type: ignore[attr-defined]
        self.fields["competitors"].widget = SuggestingInput(_names(Competitor))

    def clean_amount(self) -> Decimal | None:
        amount: Decimal | None = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise ValidationError("An amount can't be below 0; leave it empty when unknown.")
        return amount

    def clean_competitors(self) -> tuple[str, ...]:
        names = self.cleaned_data["competitors"].split(",")
        return tuple(name.strip() for name in names if name.strip())


class DealForm(AmountForm):
    """A deal as it stands while open."""

    name = forms.CharField(max_length=250, label="Name of the deal")
    account = forms.CharField(
        required=False,
        max_length=200,
        help_text="The client. A new name is taken as written and listed for review.",
    )
    product = forms.CharField(required=False, max_length=200)
    opened_on = forms.DateField(required=False, label="Opened on", widget=DateInput())
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="You")
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))

    field_order = (
        "name",
        "account",
        "product",
        "amount",
        "currency",
        "stage",
        "competitors",
        "opened_on",
        "owner",
        "notes",
    )

    def __init__(self, *args: Any, user: User, deal: Deal | None = None, **kwargs: Any) -> None:
        if deal is not None:
            kwargs.setdefault("initial", _initial(deal))
        super().__init__(*args, **kwargs)
        self.fields["product"].widget = SuggestingInput(_names(Product))
        owners = _possible_owners(user)
        if deal is not None and deal.owner_id:
            owners |= User.objects.filter(pk=deal.owner_id)
            self.fields["owner"].empty_label = None  # type: ignore[attr-defined]
        if user.is_admin or user.is_manager:
            self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]

    @property
    def facts(self) -> DealFacts:
        given = self.cleaned_data
        values: dict[str, Any] = {
            name: given[name] or None for name in ("account", "product", "stage", "opened_on")
        }
        if given.get("owner") is not None:
            values["owner_id"] = given["owner"].pk
        return DealFacts(
            name=given["name"],
            notes=given["notes"],
            competitors=given["competitors"],
            amount=given["amount"],
            currency=given["currency"] if given["amount"] is not None else None,
            **values,
        )


class ClosingForm(AmountForm):
    """How a deal closed."""

    outcome = forms.ChoiceField(choices=[("", "Choose…"), *Outcome.choices])
    closed_on = forms.DateField(
        label="Closed on",
        widget=DateInput(),
        help_text="The day it was decided, by the company's calendar.",
    )
    winner = forms.CharField(
        required=False, max_length=200, label="Who won", help_text="The rival, if it went to one."
    )

    field_order = ("outcome", "closed_on", "stage", "winner", "competitors", "amount", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["winner"].widget = SuggestingInput(_names(Competitor))
        self.fields["stage"].label = "Stage at which it closed"

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of `close_deal`."""
        given = self.cleaned_data
        return {
            "outcome": Outcome(given["outcome"]),
            "closed_on": given["closed_on"],
            "stage": given["stage"] or None,
            "winner": given["winner"] or None,
            "competitors": given["competitors"],
            "amount": given["amount"],
            "currency": given["currency"] if given["amount"] is not None else None,
        }


class DealFilterForm(forms.Form):
    """The query string of the list."""

    q = forms.CharField(required=False, label="Deal or account")
    show = forms.ChoiceField(
        required=False, choices=[("closed", "Closed"), ("open", "Open")], label="Show"
    )
    mine = forms.BooleanField(required=False, label="Only mine")
    after = forms.CharField(required=False, widget=forms.HiddenInput)


def closing_initial(deal: Deal, closing: Closing | None, today: date) -> dict[str, Any]:
    """What the form of a closing starts from: the closing to correct, else the open deal."""
    base = _initial(deal)
    if closing is None:
        return {**base, "closed_on": today}
    currency = closing.currency_id or settings.ENV.reporting_currency
    return {
        **base,
        "outcome": closing.outcome,
        "closed_on": closing.closed_on,
        "stage": closing.stage.today.name if closing.stage else "",
        "winner": closing.winner.today.name if closing.winner else "",
        "amount": _as_typed(closing.known_amount, currency),
        "currency": currency,
    }


def _initial(deal: Deal) -> dict[str, Any]:
    meetings = deal.meetings.select_related("competitor__merged_into")
    met = sorted({row.competitor.today.name for row in meetings})
    currency = deal.currency_id or settings.ENV.reporting_currency
    return {
        "name": deal.name,
        "account": deal.account.today.name if deal.account else "",
        "product": deal.product.today.name if deal.product else "",
        "stage": deal.stage.today.name if deal.stage else "",
        "amount": _as_typed(deal.amount, currency),
        "currency": currency,
        "competitors": ", ".join(met),
        "opened_on": deal.opened_on,
        "owner": deal.owner_id,
        "notes": deal.notes,
    }


def _as_typed(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else without_padding(amount, currency)


def _possible_owners(user: User) -> Any:
    people = User.objects.active().in_sales()
    if user.is_admin:
        return people
    return people.filter(pk__in=people_below(user)) | people.filter(pk=user.pk)
