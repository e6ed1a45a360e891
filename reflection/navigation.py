"""What every page's frame shows: the menus that fit the reader's role, the theme, the instance's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from people.models import Role

EVERYONE = frozenset(Role.values)
SALES = frozenset({Role.REP, Role.MANAGER, Role.ADMIN})
REPS = frozenset({Role.REP})
LEADS = frozenset({Role.MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
THEMES = {"auto": "Auto", "light": "Light", "dark": "Dark"}
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Entry:
    """One possible line of a menu; it appears once its URL name exists, to the roles named."""

    label: str
    url_name: str
    icon: str
    roles: frozenset[str] = EVERYONE
    summary: str = ""


@dataclass(frozen=True)
class Link:
    """A menu line as this reader sees it."""

    label: str
    url: str
    icon: str
    summary: str
    current: bool


@dataclass(frozen=True)
class Navigation:
    """The menus of one page."""

    primary: list[Link]
    manage: list[Link]
    personal: list[Link]
    search_url: str
    home_url: str


PRIMARY = (
    Entry(
        "Debriefs",
        "debriefs:mine",
        "inbox",
        SALES,
        summary="What waits for your debrief, and what you have written.",
    ),
    Entry(
        "Playbook",
        "playbook:list",
        "book-open",
        summary="Every debrief, searchable: what similar deals taught us.",
    ),
    Entry(
        "Dashboard",
        "trends:dashboard",
        "chart-column",
        summary="Why deals are lost, what changed, and the deals behind each number.",
    ),
    Entry(
        "Deals",
        "deals:list",
        "handshake",
        SALES,
        summary="Open and closed deals, and the debriefs they still need.",
    ),
)
MANAGE = (
    Entry("Import deals", "deals:import_list", "upload", LEADS),
    Entry("Participation", "trends:participation", "inbox", LEADS),
    Entry("Names to review", "deals:review_list", "list-checks", LEADS),
    Entry("Triage of reasons", "debriefs:triage", "tag", LEADS),
    Entry("People", "people:list", "users", LEADS),
    Entry("Teams", "people:team_tree", "building-2", LEADS),
    Entry("Questions", "debriefs:template_list", "settings", ADMINS),
    Entry("Loss reasons", "debriefs:reason_list", "target", ADMINS),
    Entry("Exchange rates", "deals:rate_list", "globe", ADMINS),
    Entry("Audit", "audit", "shield-check", ADMINS),
    Entry("Undelivered events", "outbox:dead_letters", "inbox", ADMINS),
)
PERSONAL = (
    Entry("Your profile", "people:profile", "user"),
    Entry("Your participation", "trends:participation", "inbox", REPS),
    Entry("Reminders", "notices:reminders", "clock"),
    Entry("API tokens", "people:token_list", "key-round"),
    Entry("Change password", "account_change_password", "lock"),
    Entry("Two-step sign-in", "mfa_index", "shield-check"),
)


def address(url_name: str) -> str:
    """The path of `url_name`, or "" while no such page exists."""
    return _address(url_name, get_urlconf())


@cache
def _address(url_name: str, urlconf: str | None) -> str:
    try:
        return reverse(url_name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def links(entries: tuple[Entry, ...], role: str, path: str) -> list[Link]:
    """Those of `entries` that have a page and suit `role`; the one that `path` lies nearest under is current."""
    nearest = _nearest(path, (*PRIMARY, *MANAGE, *PERSONAL, *entries))
    return [
        Link(entry.label, url, entry.icon, entry.summary, url == nearest)
        for entry in entries
        if role in entry.roles and (url := address(entry.url_name))
    ]


def _nearest(path: str, entries: Iterable[Entry]) -> str:
    """The address that `path` lies under; the longest, as some lie under others."""
    every = {address(entry.url_name) for entry in entries}
    return max((url for url in every if url and _is_under(path, url)), key=len, default="")


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def menus(request: HttpRequest) -> Navigation:
    """The menus for the person signed in; empty ones for anybody else. Costs no query beyond session and user."""
    user = getattr(request, "user", None)
    role = getattr(user, "role", "") if user is not None and user.is_authenticated else ""
    return Navigation(
        primary=links(PRIMARY, role, request.path),
        manage=links(MANAGE, role, request.path),
        personal=links(PERSONAL, role, request.path),
        search_url=address("playbook:list") if role else "",
        home_url=address("home") or "/",
    )


def theme_of(request: HttpRequest) -> str:
    """The theme chosen on this device; "auto", which follows the device, until one is."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def frame(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: `navigation`, `theme`, `themes` and `instance_name` for base.html and base_entry.html."""
    return {
        "navigation": SimpleLazyObject(lambda: menus(request)),
        "theme": theme_of(request),
        "themes": THEMES,
        "instance_name": settings.ENV.company_name,
    }
