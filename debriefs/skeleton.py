"""A form rendered once and filled many times.

A debrief has some 150 inputs; rendering each by templates at every request would cost more
than everything else on the page. crispy-forms renders the form of a template version once,
with marks where values go, and a request only joins strings.
"""

import re
from collections.abc import Callable, Mapping
from html import unescape

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

_MARK = re.compile(
    r"⟦(value|checked|selected|invalid|error|open|current|hidden|part) ([\w.-]+)(?: ([^⟧]*))?⟧"
)

Filler = Callable[[str, str, Mapping[str, str], Mapping[str, str]], str]


class Skeleton:
    """HTML with marks.

    `⟦value NAME⟧`, `⟦checked NAME CHOICE⟧`, `⟦selected NAME CHOICE⟧`, `⟦current NAME CHOICE⟧`
    (a class for the part that is current), `⟦open NAME⟧` and `⟦hidden NAME⟧` (attributes
    where there is a value), `⟦invalid NAME⟧` (an attribute of a bad field), `⟦error NAME⟧`
    (its message) and `⟦part NAME⟧` (a part of the page that a template rendered; other text
    is escaped). A box of several is checked where its choice is one line of the value.
    """

    def __init__(self, html: str) -> None:
        parts = _MARK.split(html)
        self._texts = parts[0::4]
        self._marks = [
            (_FILLERS[kind], name, unescape(choice or ""))
            for kind, name, choice in zip(parts[1::4], parts[2::4], parts[3::4], strict=True)
        ]

    def fill(self, values: Mapping[str, str], errors: Mapping[str, str]) -> SafeString:
        """The HTML with these values and messages, each escaped."""
        pieces = [self._texts[0]]
        for (filler, name, choice), text in zip(self._marks, self._texts[1:], strict=True):
            pieces.append(filler(name, choice, values, errors))
            pieces.append(text)
        return mark_safe("".join(pieces))  # noqa: S308


def field_id(name: str) -> str:
    """The id of a field's element, usable in a style sheet and an address."""
    return name.replace(".", "-")


def _value(name: str, _: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    value = values.get(name)
    return escape(value) if value else ""


def _checked(name: str, choice: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    value = values.get(name, "")
    return " checked" if value == choice or choice in value.split("\n") else ""


def _selected(name: str, choice: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    return " selected" if values.get(name) == choice else ""


def _current(name: str, choice: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    return " is-current" if values.get(name) == choice else ""


def _open(name: str, _: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return " open" if values.get(name) or name in errors else ""


def _hidden(name: str, _: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    return " hidden" if values.get(name) else ""


def _part(name: str, _: str, values: Mapping[str, str], __: Mapping[str, str]) -> str:
    return conditional_escape(values.get(name, ""))


def _invalid(name: str, _: str, __: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return ' aria-invalid="true"' if name in errors else ""


def _error(name: str, _: str, __: Mapping[str, str], errors: Mapping[str, str]) -> str:
    if name not in errors:
        return ""
    return (
        f'<p class="invalid-feedback d-block" id="{field_id(name)}-error">'
        f"{escape(errors[name])}</p>"
    )


_FILLERS: dict[str, Filler] = {
    "value": _value,
    "checked": _checked,
    "selected": _selected,
    "current": _current,
    "hidden": _hidden,
    "part": _part,
    "open": _open,
    "invalid": _invalid,
    "error": _error,
}
