"""Deciding on names, and keeping rates."""

from typing import Any

from django import forms
from django.conf import settings

from common.clock import company_today
from common.forms import DateInput
from common.periods import month_start
from common.text import name_key
from deals.forms.deals import DealStepForm
from deals.models import Account, CatalogueEntry, Currency


class NameForm(DealStepForm):
    name = forms.CharField(label="Name", max_length=200)


class SameAsForm(DealStepForm):
    """Which listed name another one stands for, typed as it is listed."""

    into = forms.CharField(label="Same as", max_length=200)

    def __init__(self, *args: Any, entry: CatalogueEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        if entry.proposed is not None:
            self.fields["into"].initial = entry.proposed.today.name

    def clean_into(self) -> CatalogueEntry:
        written = self.cleaned_data["into"]
        entries = type(self.entry)._default_manager.select_related("merged_into")
        found = entries.filter(name_key=name_key(written)).exclude(pk=self.entry.pk).first()
        if found is None:
            raise forms.ValidationError(f"“{written}” isn't listed. Type a name as it is listed.")
        return found.today


class AccountForm(DealStepForm):
    industry = forms.CharField(label="Industry", required=False, max_length=80)
    segment = forms.CharField(label="Segment", required=False, max_length=80)
    country = forms.CharField(label="Country", required=False, max_length=80)
    employees = forms.IntegerField(label="Employees", required=False, min_value=0)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        names = ("industry", "segment", "country", "employees")
        initial = {name: getattr(account, name) for name in names}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)


class NamesFilterForm(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    after = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class RateForm(DealStepForm):
    currency = forms.ModelChoiceField(
        label="Currency", queryset=Currency.objects.all(), empty_label="Choose…"
    )
    since = forms.DateField(label="From this day on", widget=DateInput())
    rate = forms.DecimalField(label="Rate", max_digits=20, decimal_places=10, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reporting = settings.ENV.reporting_currency
        self.fields["since"].initial = month_start(company_today())
        self.fields["rate"].help_text = f"How many {reporting} one unit is worth."
        self.fields["currency"].queryset = Currency.objects.exclude(  # type: ignore[attr-defined]
            code=reporting
        )


class DecisionForm(forms.Form):
    """What to do with a name: `keep` it, or take it for the one proposed (`proposed`)."""

    decision = forms.ChoiceField(choices=[("keep", "keep"), ("proposed", "proposed")])
