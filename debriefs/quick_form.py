"""The quick debrief: what must be answered and nothing else, on one screen."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from crispy_forms.utils import render_crispy_form
from django import forms

from debriefs.forms import Part, ReasonChoice, laid_out, reason_inputs, section_part
from debriefs.questions import TemplateDefinition
from debriefs.skeleton import Skeleton


class QuickForm(forms.Form):
    """The outcome, the primary reason, how we know it, and the questions in `required`."""

    def __init__(
        self,
        definition: TemplateDefinition,
        reasons: Sequence[ReasonChoice],
        required: frozenset[str],
    ) -> None:
        super().__init__()
        parts = [
            section_part(replace(section, questions=asked, factors=()), definition)
            for section in definition.sections
            if (asked := tuple(each for each in section.questions if each.key in required))
        ]
        self.helper = laid_out(Part("quick", *parts, **reason_inputs(reasons)))


@lru_cache(maxsize=64)
def quick_skeleton_of(
    definition: TemplateDefinition, reasons: tuple[ReasonChoice, ...], required: frozenset[str]
) -> Skeleton:
    """The quick form of a definition, ready to be filled."""
    return Skeleton(render_crispy_form(QuickForm(definition, reasons, required)))
