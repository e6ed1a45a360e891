"""Template tags of the shared look: icons, initials, components that wrap a block."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the sprite, in the colour and size of the text beside it, not read aloud."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_block_tag
def component(content: str, name: str, **inputs: Any) -> str:
    """`templates/components/NAME.html` around the block, which it gets as `body` with its inputs."""
    return get_template(f"components/{name}.html").render({**inputs, "body": content})


@register.filter
def at(mapping: Mapping[Any, Any] | None, key: object) -> Any:
    """What `mapping` holds for `key`; empty where it holds nothing, or there is no mapping."""
    return mapping.get(key, "") if isinstance(mapping, Mapping) else ""


@register.filter
def initials(full_name: object) -> str:
    """The first letters of the first and the last word, in capitals; "?" for a nameless person."""
    words = str(full_name).split()
    if not words:
        return "?"
    ends = words if len(words) == 1 else (words[0], words[-1])
    return "".join(word[0] for word in ends).upper()
