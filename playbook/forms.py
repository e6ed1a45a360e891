"""The playbook's address, parsed."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from deals.models import Outcome
from playbook.cursors import LARGEST, Cursor, Sort
from playbook.facets import FACETS, LOST, UNKNOWN, Facet
from playbook.query import PlaybookQuery, Scope
from playbook.search import LONGEST_QUERY
from trends.groups import SMALL

_ID = re.compile(r"[1-9]\d{0,17}")
_PERIOD = re.compile(r"(19|20)\d\d(-(Q[1-4]|0[1-9]|1[0-2]))?")


def _check(facet: Facet, value: str) -> None:
    if value == UNKNOWN and facet.name not in ("outcome", "period"):
        return
    if value == SMALL and facet.name == "team":
        return
    if facet.is_named and not _ID.fullmatch(value):
        raise forms.ValidationError(f"“{value}” names no {facet.title.lower()}.")
    if facet.name == "outcome" and value not in (*Outcome.values, LOST):
        raise forms.ValidationError(f"“{value}” is no outcome.")
    if facet.name == "period" and not _PERIOD.fullmatch(value):
        raise forms.ValidationError(f"“{value}” is no year, quarter or month such as 2026-Q3.")


class PlaybookForm(forms.Form):
    """Everything that the playbook's list can be asked."""

    q = forms.CharField(required=False, max_length=LONGEST_QUERY, label="Search")
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    account = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    scope = forms.ChoiceField(required=False, choices=Scope.choices)
    sort = forms.ChoiceField(required=False, choices=Sort.choices)
    after = forms.CharField(required=False, max_length=60)
    before = forms.CharField(required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for facet in FACETS.values():
            self.fields[facet.name] = forms.CharField(
                required=False, max_length=80, label=facet.title
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for facet in FACETS.values():
            if value := cleaned.get(facet.name):
                self._try(facet.name, lambda facet=facet, value=value: _check(facet, value))
        sort = Sort(cleaned.get("sort") or Sort.NEWEST)
        for name in ("after", "before"):
            if value := cleaned.get(name):
                cleaned[name] = self._try(name, lambda value=value: Cursor.parse(value, sort))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    def query(self) -> PlaybookQuery:
        """What was asked. Only for a valid form."""
        asked = self.cleaned_data
        return PlaybookQuery(
            words=asked["q"],
            choices=tuple((name, asked[name]) for name in FACETS if asked[name]),
            since=asked["since"],
            until=asked["until"],
            account=asked["account"],
            scope=Scope(asked["scope"] or Scope.STANDING),
            sort=Sort(asked["sort"] or Sort.NEWEST),
            after=asked["after"] or None,
            before=asked["before"] or None,
        )

    def _try(self, name: str, step: Any) -> Any:
        try:
            return step()
        except (forms.ValidationError, ValueError) as error:
            message = error.messages[0] if isinstance(error, forms.ValidationError) else str(error)
            self.add_error(name, message)
            return None


class VersionsForm(forms.Form):
    """Which two versions are compared, as `?from=1&to=3`; either may be left out."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        for name in ("from", "to"):
            self.fields[name] = forms.IntegerField(required=False, min_value=1, max_value=32_767)

    @property
    def earlier(self) -> int | None:
        number: int | None = self.cleaned_data["from"]
        return number

    @property
    def later(self) -> int | None:
        number: int | None = self.cleaned_data["to"]
        return number
