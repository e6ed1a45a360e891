"""A page and its fragments share an address."""

from django.http import HttpRequest


def is_fragment(request: HttpRequest) -> bool:
    """htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"
