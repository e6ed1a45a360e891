"""The forms of the template editor, each of which makes one edit."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from common.forms import PlainForm, StepForm
from deals.models import Currency, Outcome, Product
from debriefs.checks import BY_CHOICE, BY_SIZE, CHOOSING, LIMITS
from debriefs.edits import Meaning, new_key
from debriefs.errors import DebriefError, FieldsRefused
from debriefs.exchange import LARGEST_FILE
from debriefs.models import Audience
from debriefs.questions import (
    Comparison,
    Condition,
    Effect,
    Match,
    Option,
    Question,
    QuestionKind,
    Section,
    TemplateDefinition,
)
from debriefs.wording import COMPARISONS, answer_labels
from people.models import Team

AUDIENCES = [
    (Audience.COMPANY, "The whole company, partners included"),
    (Audience.SALES, "Sales: reps, managers and admins"),
    (Audience.PRIVATE, "Private: the author and their coach"),
]
KINDS = [(kind.value, kind.label) for kind in QuestionKind]
MEANINGS = [
    (Meaning.SAME.value, "It asks the same in other words: its trend goes on"),
    (
        Meaning.NEW.value,
        "It asks something else: its trend begins anew, and the old one is retired",
    ),
]
EFFECTS = [
    (Effect.SHOW.value, "Show it only then"),
    (Effect.HIDE.value, "Hide it then"),
    (Effect.REQUIRE.value, "Require an answer then"),
]
NEW_OPTION = "new_options"


class DraftForm(StepForm):
    """A form that changes a draft as it stood at the revision it was opened on.

    When somebody else was first, the form stands on the draft's new revision once its page
    is built anew, so that sending it again is a decision.
    """

    refusals = (DebriefError,)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def told_by(self, refusal: DebriefError) -> Iterable[tuple[str | None, str]]:
        if isinstance(refusal, FieldsRefused):
            return refusal.errors.items()
        return [(None, str(refusal))]

    def stand_on(self, revision: int) -> None:
        """Show this revision in the hidden field, whatever was sent."""
        self.data = cast(QueryDict, self.data).copy()
        self.data["revision"] = str(revision)


class TemplateNameForm(PlainForm):
    name = forms.CharField(
        label="What is it called?", max_length=120, help_text="Such as “Large deals”."
    )


class SectionForm(DraftForm):
    title = forms.CharField(label="Title", max_length=LIMITS["title"])
    audience = forms.ChoiceField(
        label="Who reads the answers?",
        choices=AUDIENCES,
        widget=forms.RadioSelect,
        help_text="The author can open an answer wider, nobody can open it but them.",
    )
    intro = forms.CharField(
        label="A sentence to begin with",
        required=False,
        max_length=LIMITS["intro"],
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @staticmethod
    def values_of(section: Section) -> dict[str, Any]:
        return {"title": section.title, "audience": section.audience, "intro": section.intro}


class MeaningMixin(forms.Form):
    meaning = forms.ChoiceField(
        label="If you changed the words, what do they ask now?",
        choices=MEANINGS,
        required=False,
        widget=forms.RadioSelect,
        help_text="Debriefs may have answered this already; their answers stay as they are.",
    )

    def clean_meaning(self) -> Meaning | None:
        given = self.cleaned_data["meaning"]
        return Meaning(given) if given else None


class FactorForm(MeaningMixin, DraftForm):
    name = forms.CharField(label="Name", max_length=LIMITS["name"])
    help = forms.CharField(label="Help", required=False, max_length=LIMITS["help"])
    field_order = ("revision", "name", "help", "meaning")

    def __init__(self, *args: Any, is_published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_published:
            del self.fields["meaning"]

    @property
    def meaning_given(self) -> Meaning | None:
        return self.cleaned_data.get("meaning")


class QuestionForm(MeaningMixin, DraftForm):
    """What its kind needs is asked; `question` is the one being changed, if any."""

    kind = forms.ChoiceField(label="Kind of answer", choices=KINDS)
    text = forms.CharField(
        label="Question",
        max_length=LIMITS["text"],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As you would say it to a colleague.",
    )
    help = forms.CharField(
        label="Help",
        required=False,
        max_length=LIMITS["help"],
        help_text="Shown small below the question.",
    )
    required = forms.BooleanField(label="An answer is required", required=False)
    skill = forms.CharField(
        label="Skill it speaks to",
        required=False,
        max_length=40,
        help_text="Such as “discovery” or “negotiation”; for the skills of the team.",
    )

    def __init__(
        self,
        *args: Any,
        kind: QuestionKind,
        question: Question | None = None,
        is_published: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.options = question.options if question else ()
        if kind in CHOOSING:
            self._ask_options()
        if kind is QuestionKind.SCALE:
            self._ask_words(low="What 1 means", high="What 5 means")
        if kind is QuestionKind.NUMBER:
            self._ask_words(unit="Unit, such as days or %")
        if question is None:
            self.fields["kind"].widget = forms.HiddenInput()
        else:
            self.fields["kind"].help_text = "Another kind makes it another question."
        if not is_published:
            del self.fields["meaning"]

    @staticmethod
    def values_of(question: Question) -> dict[str, Any]:
        names = ("kind", "text", "help", "required", "skill", "low", "high", "unit")
        labels = {f"option_{o.key}": o.label for o in question.options}
        places = {f"place_{o.key}": n for n, o in enumerate(question.options, start=1)}
        return {name: getattr(question, name) for name in names} | labels | places

    def asked(self) -> Question:
        """The question that was entered, under the key of the one being changed."""
        said = self.cleaned_data
        return Question(
            key=self.question.key if self.question else "",
            kind=QuestionKind(said["kind"]),
            text=said["text"],
            help=said["help"],
            required=said["required"],
            options=self._options(),
            low=said.get("low", ""),
            high=said.get("high", ""),
            unit=said.get("unit", ""),
            skill=new_key(said["skill"], ()) if said["skill"] else "",
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        asks_choices = said.get("kind") in CHOOSING and NEW_OPTION in self.fields
        if asks_choices and len(self._options()) < 2:
            self.add_error(NEW_OPTION, "Give at least two choices.")
        return said

    @property
    def meaning_given(self) -> Meaning | None:
        return self.cleaned_data.get("meaning")

    def option_rows(self) -> list[tuple[Any, Any]]:
        """The fields of each choice there is: its words and its place."""
        return [(self[f"option_{o.key}"], self[f"place_{o.key}"]) for o in self.options]

    def _ask_options(self) -> None:
        for number, option in enumerate(self.options, start=1):
            self.fields[f"option_{option.key}"] = forms.CharField(
                label=f"Choice {number}",
                required=False,
                max_length=LIMITS["label"],
                help_text="" if number > 1 else "Leave one empty to take it out.",
            )
            self.fields[f"place_{option.key}"] = forms.IntegerField(
                label="Place",
                required=False,
                min_value=1,
                max_value=99,
                widget=forms.NumberInput(attrs={"aria-label": f"Place of choice {number}"}),
            )
        self.fields[NEW_OPTION] = forms.CharField(
            label="More choices" if self.options else "Choices",
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="One per line.",
        )

    def _ask_words(self, **labels: str) -> None:
        for name, label in labels.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LIMITS["label"]
            )

    def _options(self) -> tuple[Option, ...]:
        said = self.cleaned_data
        kept = (
            sorted(
                (said.get(f"place_{o.key}") or 99, n, Option(o.key, said[f"option_{o.key}"]))
                for n, o in enumerate(self.options)
                if said.get(f"option_{o.key}")
            )
            if self.options and f"option_{self.options[0].key}" in self.fields
            else []
        )
        new = (line.strip() for line in said.get(NEW_OPTION, "").splitlines())
        return (*(each for _, _, each in kept), *(Option("", line) for line in new if line))


class RuleForm(DraftForm):
    """One condition on one question or on the outcome, and what it does to a target."""

    effect = forms.ChoiceField(label="What happens", choices=EFFECTS)
    match = forms.ChoiceField(
        label="With more than one condition",
        choices=[(Match.ALL.value, "All of them must hold"), (Match.ANY.value, "One is enough")],
    )
    comparison = forms.ChoiceField(label="The answer")
    values = forms.MultipleChoiceField(
        label="Answers", required=False, widget=forms.CheckboxSelectMultiple
    )
    bound = forms.CharField(label="Compared with", required=False, max_length=25)

    def __init__(
        self,
        *args: Any,
        definition: TemplateDefinition,
        on: str,
        is_section: bool,
        may_jump: bool,
        is_first: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = answer_labels(definition, on)
        kind = next((q.kind for q in definition.questions() if q.key == on), None)
        self.fields["comparison"].choices = [  # type: ignore[attr-defined]
            (each.value, COMPARISONS[each]) for each in comparisons_for(kind, labels)
        ]
        self.fields["values"].choices = list(labels.items())  # type: ignore[attr-defined]
        effects = EFFECTS if not is_section else [e for e in EFFECTS if e[0] != Effect.REQUIRE]
        jump = [(Effect.JUMP.value, "Jump to it then, leaving out the sections between")]
        self.fields["effect"].choices = [*effects, *(jump if may_jump else [])]  # type: ignore[attr-defined]
        sized = kind in (QuestionKind.NUMBER, QuestionKind.DATE, QuestionKind.SCALE)
        if not labels:
            del self.fields["values"]
        if not sized:
            del self.fields["bound"]
        elif kind is QuestionKind.DATE:
            self.fields["bound"].widget = forms.DateInput(attrs={"type": "date"})
        if is_first:
            del self.fields["match"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        comparison = said.get("comparison")
        if comparison in BY_CHOICE and "values" in self.fields and not said.get("values"):
            self.add_error("values", "Choose the answers that it waits for.")
        needs_bound = comparison in BY_SIZE or (
            comparison in BY_CHOICE and "values" not in self.fields
        )
        if needs_bound and not said.get("bound"):
            self.add_error("bound", "Say what the answer is compared with.")
        return said

    def condition(self, on: str) -> Condition:
        said = self.cleaned_data
        comparison = Comparison(said["comparison"])
        values: tuple[str, ...] = ()
        if comparison in BY_CHOICE and "values" in said:
            values = tuple(said["values"])
        elif comparison in (*BY_SIZE, *BY_CHOICE):
            values = (said["bound"],)
        return Condition(on, comparison, values)


def comparisons_for(kind: QuestionKind | None, labels: Mapping[str, str]) -> list[Comparison]:
    """What can be asked of an answer of this kind; of the outcome, which is always known."""
    if kind is None:
        return [Comparison.ONE_OF, Comparison.NONE_OF]
    by_size = [Comparison.AT_LEAST, Comparison.AT_MOST]
    known = [Comparison.ANSWERED, Comparison.UNANSWERED]
    if kind in (QuestionKind.NUMBER, QuestionKind.DATE):
        return [*by_size, *known]
    if kind is QuestionKind.SCALE:
        return [Comparison.ONE_OF, *by_size, *known]
    return [Comparison.ONE_OF, Comparison.NONE_OF, *known] if labels else known


class ScopeForm(DraftForm):
    """Which deals a template asks about. What is left empty narrows nothing."""

    outcomes = forms.MultipleChoiceField(
        label="How the deal ended",
        required=False,
        choices=Outcome.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen means every outcome.",
    )
    amount_from = forms.DecimalField(
        label="Amount from", required=False, min_value=0, max_digits=18, decimal_places=3
    )
    amount_below = forms.DecimalField(
        label="Amount below",
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=3,
        help_text="A deal whose amount is unknown is in no size.",
    )
    amount_currency = forms.ModelChoiceField(
        label="Currency",
        queryset=Currency.objects.all(),
        required=False,
        empty_label="None",
        help_text="Deals in other currencies are converted at the rate of the day they closed.",
    )
    products = forms.ModelMultipleChoiceField(
        label="Products",
        queryset=Product.objects.standing(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    teams = forms.ModelMultipleChoiceField(
        label="Teams, each with those below it",
        queryset=Team.objects.standing(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Exported template", help_text=f"A JSON file of at most {LARGEST_FILE // 1024} kB."
    )
