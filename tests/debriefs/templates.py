"""Small template definitions for tests."""

from typing import Any

from debriefs.questions import TemplateDefinition


def asks(key: str, kind: str = "rating", **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": f"{key.title()}?", **more}


def section(key: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "key": key, "title": key.title(), "audience": "sales", "questions": list(questions), **more
    }  # fmt: skip


def defined(*sections: dict[str, Any], rules: Any = ()) -> TemplateDefinition:
    return TemplateDefinition.from_json({"sections": list(sections), "rules": list(rules)})


def rule(effect: str, target: str, on: str = "a", *values: str, **more: Any) -> dict[str, Any]:
    condition = {"on": on, "comparison": "one_of", "values": list(values or ("no",))}
    return {"conditions": [condition], "effect": effect, "target": target, **more}


def small(*rules: dict[str, Any]) -> TemplateDefinition:
    """Two sections: `one` with `a` and `b`, `two` with `c`."""
    return defined(
        section("one", asks("a"), asks("b")), section("two", asks("c", "long_text")), rules=rules
    )
