"""The logins that the sign-in page of a demo, and of nothing else, offers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reflection.demo.models import DemoLogin


def demo_logins() -> list[tuple[str, str, str]]:
    """Label, user name and password of each; none where the database holds no demo."""
    logins = DemoLogin.objects.filter(person__is_active=True)
    return list(logins.values_list("label", "person__username", "password"))


def offered(_: HttpRequest) -> Mapping[str, Any]:
    """Context processor: `demo_logins`, read only by a page that asks for it."""
    return {"demo_logins": SimpleLazyObject(demo_logins)}
