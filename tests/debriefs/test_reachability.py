"""The search for required questions that no answers lead to, against trying every answer."""

from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debriefs.branching import path_of
from debriefs.questions import TemplateDefinition
from debriefs.reachability import unreachable
from tests.debriefs.templates import asks, defined, section

ANSWERS = ("", "x", "y")
OUTCOMES = ("won", "postponed")
KEYS = ("a", "b", "c", "d")
OPTIONS = [{"key": key, "label": key} for key in ("x", "y")]
SECTIONS = {"one": ("a", "b"), "two": ("c",), "three": ("d",)}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule that looks at what comes before its target, as publishing asks."""
    effect = draw(st.sampled_from(["show", "hide", "require", "jump"]))
    targets = {"jump": ["two", "three"], "require": list(KEYS[1:])}
    target = draw(st.sampled_from(targets.get(effect, [*KEYS, "two", "three"])))
    first = SECTIONS.get(target, (target,))[0]
    before = ["outcome", *KEYS[: KEYS.index(first)]]
    conditions = []
    for on in draw(st.lists(st.sampled_from(before), min_size=1, max_size=2)):
        values = list(OUTCOMES) if on == "outcome" else ["x", "y"]
        comparison = draw(st.sampled_from(["one_of", "none_of", "answered", "unanswered"]))
        chosen = draw(st.sets(st.sampled_from(values), min_size=1, max_size=2))
        conditions.append({"on": on, "comparison": comparison, "values": sorted(chosen)})
    match = draw(st.sampled_from(["all", "any"]))
    return {"conditions": conditions, "effect": effect, "target": target, "match": match}


@st.composite
def definitions(draw: st.DrawFn) -> TemplateDefinition:
    required = draw(st.sets(st.sampled_from(KEYS), min_size=1))
    sections = [
        section(name, *(asks(k, "choice", options=OPTIONS, required=k in required) for k in keys))
        for name, keys in SECTIONS.items()
    ]
    return defined(*sections, rules=draw(st.lists(rules(), max_size=5)))


def by_trying_everything(definition: TemplateDefinition) -> list[str]:
    required = {question.key for question in definition.questions() if question.required}
    wanted = required | {rule.target for rule in definition.rules if rule.effect == "require"}
    reached: set[str] = set()
    for answers in product(*(ANSWERS[key in required :] for key in KEYS)):
        values = {f"answers.{key}.value": answer for key, answer in zip(KEYS, answers, strict=True)}
        for outcome in (*OUTCOMES, "no_decision"):
            reached |= path_of(definition, values, outcome=outcome).questions
    return [key for key in KEYS if key in wanted and key not in reached]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_the_search_finds_what_trying_every_answer_finds(definition: TemplateDefinition) -> None:
    assert unreachable(definition) == by_trying_everything(definition)
