"""Changing the reason list and saying what citations meant: one form per intent."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.clock import company_today
from common.forms import DateInput, StepForm
from debriefs.errors import ReasonRefused
from debriefs.models import CodedText, LossReason, ReasonGroup, TextCode
from debriefs.models.codes import LONGEST_CODE
from debriefs.models.reasons import LONGEST_NAME
from debriefs.queries.triage import Queue
from debriefs.services.judgements import MOST_REASONS
from debriefs.services.reasons import FEWEST_PARTS, Description, Part
from people.models import User

MOST_PARTS = 4


class ReasonForm(StepForm):
    """A form whose step the reason list may refuse."""

    refusals = (ReasonRefused,)


class DatedForm(ReasonForm):
    """A change from a day on. The day comes last, since today is nearly always right."""

    since = forms.DateField(
        label="From this day on",
        widget=DateInput(),
        help_text="Reports “as recorded” read deals closed before it as they were.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = company_today()
        self.order_fields([*(name for name in self.fields if name != "since"), "since"])


class NameForm(DatedForm):
    name = forms.CharField(label="Name", max_length=LONGEST_NAME)


class DescribeForm(ReasonForm):
    """What a reason means, who keeps it, and when to look at it again."""

    definition = forms.CharField(
        label="Definition",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="When to cite it, so that two people would choose alike.",
    )
    example = forms.CharField(
        label="Example",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="How it sounds in a deal.",
    )
    owner = forms.ModelChoiceField(
        label="Owner",
        required=False,
        queryset=User.objects.none(),
        empty_label="Nobody",
        help_text="Who answers for the definition.",
    )
    review_on = forms.DateField(label="Review on", required=False, widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keepers = User.objects.active().in_sales().order_by("full_name", "username")
        self.fields["owner"].queryset = keepers  # type: ignore[attr-defined]

    @property
    def description(self) -> Description:
        given = self.cleaned_data
        return Description(
            given["definition"].strip(),
            given["example"].strip(),
            given["owner"],
            given["review_on"],
        )


class AddReasonForm(DescribeForm, DatedForm):
    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    group = forms.ModelChoiceField(
        label="Group", queryset=ReasonGroup.objects.none(), empty_label="Choose a group"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = ReasonGroup.objects.standing()  # type: ignore[attr-defined]
        self.order_fields(["name", "group", "definition", "example", "owner", "review_on", "since"])


class MoveForm(DatedForm):
    group = forms.ModelChoiceField(
        label="To the group", queryset=ReasonGroup.objects.none(), empty_label="Choose a group"
    )

    def __init__(self, *args: Any, reason: LossReason, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ReasonGroup.objects.standing().exclude(pk=reason.group_id)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class MergeForm(DatedForm):
    into = forms.ModelChoiceField(
        label="Into", queryset=LossReason.objects.none(), empty_label="Choose a reason"
    )

    def __init__(self, *args: Any, reason: LossReason, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = LossReason.objects.choosable().ordinary().exclude(pk=reason.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class SplitForm(DatedForm):
    """Two parts, and room for more. A part is new, or a listed reason called by its name."""

    def __init__(self, *args: Any, reason: LossReason, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_PARTS + 1):
            must = number <= FEWEST_PARTS
            self.fields[f"name_{number}"] = forms.CharField(
                label=f"Part {number}", max_length=LONGEST_NAME, required=must
            )
            self.fields[f"definition_{number}"] = forms.CharField(
                label=f"When to cite part {number}",
                required=False,
                help_text="" if number > 1 else f"Left empty, it is that of “{reason.name}”.",
            )
        self.order_fields([*(name for name in self.fields if name != "since"), "since"])

    @property
    def parts(self) -> list[Part]:
        given = self.cleaned_data
        return [
            Part(given[f"name_{number}"], given[f"definition_{number}"])
            for number in range(1, MOST_PARTS + 1)
            if given[f"name_{number}"]
        ]


class PlaceForm(forms.Form):
    """One place up or down."""

    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class VersionForm(forms.Form):
    """The version of a debrief that was read."""

    version = forms.IntegerField()


class JudgeForm(ReasonForm):
    """A manager's reasons, the author's to begin with. Those cited can be named though off the list."""

    note = forms.CharField(
        label="Why",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Sales reads it beside the debrief.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, cited: Sequence[LossReason], version: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = version
        listed = LossReason.objects.choosable() | LossReason.objects.filter(
            pk__in=[reason.pk for reason in cited]
        )
        for rank in range(1, MOST_REASONS + 1):
            self.fields[f"reason_{rank}"] = forms.ModelChoiceField(
                label="Primary reason" if rank == 1 else f"Reason {rank}",
                queryset=listed,
                required=rank == 1,
                initial=cited[rank - 1] if rank <= len(cited) else None,
                empty_label="Choose…" if rank == 1 else "None",
            )
        self.order_fields(["reason_1", "reason_2", "reason_3", "note", "version"])

    @property
    def reasons(self) -> list[LossReason]:
        named = (self.cleaned_data[f"reason_{rank}"] for rank in range(1, MOST_REASONS + 1))
        return [reason for reason in named if reason is not None]


class MeantForm(ReasonForm):
    """What a citation meant, as listed."""

    into = forms.ModelChoiceField(queryset=LossReason.objects.all())


class NewReasonForm(ReasonForm):
    """What a citation meant, as a reason that the list doesn't have yet."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    group = forms.ModelChoiceField(
        label="Group", queryset=ReasonGroup.objects.none(), empty_label="Choose a group"
    )
    definition = forms.CharField(
        label="Definition",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="When to cite it, so that two people would choose alike.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = ReasonGroup.objects.standing()  # type: ignore[attr-defined]


class CodeForm(ReasonForm):
    """A listed code, or the name of a new one."""

    code = forms.ModelChoiceField(queryset=TextCode.objects.none(), required=False)
    name = forms.CharField(max_length=LONGEST_CODE, required=False)

    def __init__(self, *args: Any, of_text: CodedText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = TextCode.objects.of(of_text).standing()
        self.fields["code"].queryset = standing  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("code") and not given.get("name"):
            raise forms.ValidationError("Choose a code, or name a new one.")
        return given


class CodeNameForm(ReasonForm):
    name = forms.CharField(label="Name", max_length=LONGEST_CODE)


class MergeCodeForm(ReasonForm):
    into = forms.ModelChoiceField(
        label="Into", queryset=TextCode.objects.none(), empty_label="Choose a code"
    )

    def __init__(self, *args: Any, code: TextCode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = TextCode.objects.of(CodedText(code.of_text)).standing().exclude(pk=code.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class QueueForm(forms.Form):
    """Which queue of triage, and from where on."""

    show = forms.ChoiceField(required=False, choices=[(each, each) for each in Queue])
    after = forms.IntegerField(required=False, min_value=0)
