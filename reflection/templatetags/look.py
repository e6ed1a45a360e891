"""Template tags of the shared look: icons and people's initials."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@cache
def _drawn_icon(name: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        sprite,
        name,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, drawn in the colour and size of the text beside it and hidden from readers aloud."""
    return _drawn_icon(name, static("icons/sprite.svg"))


@register.filter
def initials(full_name: object) -> str:
    """The first letters of the first and the last word, in capitals; "?" for a nameless person."""
    words = str(full_name).split()
    if not words:
        return "?"
    return "".join(word[0] for word in dict.fromkeys([words[0], words[-1]])).upper()
