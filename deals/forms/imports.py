"""The forms of the import pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from deals.forms.deals import DealStepForm
from deals.imports.findings import findings_from
from deals.imports.mapping import ATTRIBUTE, FIELDS, IGNORED, mapping_from
from deals.imports.parsing import Order
from deals.imports.profiles import BY_KEY, SOURCES
from deals.imports.survey import samples
from deals.imports.vocabulary import OPEN
from deals.models import ImportFile, ImportRun, Outcome

KEEP = "keep"
LARGEST_UPLOAD = 64 * 1024 * 1024


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more uploaded files."""

    widget = ManyFiles(attrs={"accept": ".csv,.txt,.tsv,.json,text/csv,application/json"})

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(each, initial) for each in given]
        if sum(file.size for file in files) > LARGEST_UPLOAD:
            raise forms.ValidationError(
                "Together they are larger than 64 MB. Use the command import_deals on the server."
            )
        return files


class UploadForm(DealStepForm):
    chosen = FilesField(
        label="CSV or JSON files",
        help_text="Deals, and the lists that go with them: accounts, products, people. Any order.",
    )
    source = forms.ChoiceField(
        label="They come from",
        choices=[
            ("auto", "Recognise it by the columns"),
            *((key, BY_KEY[key].label) for key in SOURCES if key != "auto"),
        ],
    )


class ColumnsForm(DealStepForm):
    """Which column is which fact, with the first values of each; and how dates are meant."""

    identity = forms.ChoiceField(
        label="What makes a row the same deal again?",
        choices=[
            ("external_id", "The id in the CRM"),
            ("account_name", "Account and name together"),
            ("row", "Its row number in the file"),
        ],
    )
    dates = forms.ChoiceField(
        label="A date such as 03/04/2026",
        required=False,
        choices=[
            ("", "As the column shows"),
            (Order.DAY_FIRST.value, "Day first: 3 April"),
            (Order.MONTH_FIRST.value, "Month first: 4 March"),
        ],
    )

    def __init__(self, *args: Any, run: ImportRun, file: ImportFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapping = mapping_from(run.mapping)
        self.headers = list(file.headers)
        self.fields["identity"].initial = mapping.identity
        self.fields["dates"].initial = mapping.dates
        shown = samples(file)
        for place, header in enumerate(self.headers):
            target = mapping.columns.get(header, IGNORED)
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=[
                    (IGNORED, "Leave out"),
                    *FIELDS.items(),
                    (KEEP, "Keep as an attribute"),
                ],
                initial=KEEP if target.startswith(ATTRIBUTE) else target,
                help_text=" · ".join(shown[header]) or "Empty in the first rows",
            )

    def mapping(self) -> dict[str, object]:
        columns = {}
        for place, header in enumerate(self.headers):
            chosen = self.cleaned_data[f"column_{place}"]
            columns[header] = f"{ATTRIBUTE}{header}"[:90] if chosen == KEEP else chosen
        return {
            "columns": columns,
            "identity": self.cleaned_data["identity"],
            "dates": self.cleaned_data["dates"],
        }


class StagesForm(DealStepForm):
    """What stages mean that neither the list nor the built-in words know."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, run: ImportRun, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.words = list(findings_from(run.findings).unknown_stages.items())[:50]
        for place, (word, rows) in enumerate(self.words):
            self.fields[f"stage_{place}"] = forms.ChoiceField(
                label=f"“{word}”",
                required=False,
                help_text=f"{rows:,} {'row' if rows == 1 else 'rows'}",
                choices=[
                    ("", "Reject these rows"),
                    (OPEN, "A stage of open deals"),
                    *Outcome.choices,
                ],
            )

    def stages(self) -> dict[str, str]:
        chosen = {
            word: self.cleaned_data.get(f"stage_{place}", "")
            for place, (word, _) in enumerate(self.words)
        }
        return {word: meaning for word, meaning in chosen.items() if meaning}
