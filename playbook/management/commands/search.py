"""`manage.py search "words"`: what the playbook's page finds, on the terminal."""

import json
import re
from html import unescape
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from debriefs.price import marked
from people.models import Role, User
from playbook import names, queries
from playbook.facets import FACETS
from playbook.forms import PlaybookForm
from playbook.presentation import as_json
from playbook.queries import Hit, Page

MOST_HITS = 1_000

_PASSED_ON = ("since", "until", "scope", "sort", "after")
_TAGS = re.compile(r"</?mark>")


class Command(BaseCommand):
    help = "Searches the playbook; the parameters are those of its page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "words", nargs="?", default="", help='such as "price or terms", integr*'
        )
        parser.add_argument("--as", dest="username", help="search with this person's rights")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="FACET=VALUE",
            help=f"narrow by {', '.join(FACETS)} by id or name; null means unknown",
        )
        parser.add_argument("--since", help="the first closing day")
        parser.add_argument("--until", help="the last closing day")
        parser.add_argument("--scope", help="standing (as the trends count) or all")
        parser.add_argument("--sort", help="newest, oldest or amount")
        parser.add_argument("--after", help="where the next page begins, as the last one said")
        parser.add_argument("--limit", type=int, default=queries.PAGE_SIZE)
        parser.add_argument("--json", action="store_true", help="print the API's answer")

    def handle(self, *args: Any, **options: Any) -> None:
        form = PlaybookForm(_address(options))
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise CommandError(f"{name}: {errors[0]}")
        if not 1 <= options["limit"] <= MOST_HITS:
            raise CommandError(f"--limit goes from 1 to {MOST_HITS}.")
        try:
            page = queries.search(form.query(), _viewer(options["username"]), size=options["limit"])
        except PermissionDenied as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps(as_json(page)) if options["json"] else _listing(page))


def _address(options: dict[str, Any]) -> dict[str, str]:
    address = {name: options[name] for name in _PASSED_ON if options[name]}
    for condition in options["where"]:
        name, equals, value = condition.partition("=")
        if not equals or name not in FACETS:
            raise CommandError(
                f"--where {condition}: write one of {', '.join(FACETS)}, =, a value."
            )
        address[name] = _id_or_value(name, value)
    return address | {"q": options["words"]}


def _id_or_value(facet: str, value: str) -> str:
    """A name of a competitor, reason and so on becomes its id; anything else stays as it is."""
    if not FACETS[facet].is_id(value) or value.isdecimal():
        return value
    found = names.find(FACETS[facet].names_kind, value)
    if found is None:
        raise CommandError(f"--where {facet}={value}: there is no {facet} of that name.")
    return str(found)


def _viewer(username: str | None) -> User:
    """The person named, else somebody who may read all that is for sales."""
    if not username:
        return User(role=Role.ADMIN)
    found = User.objects.active().filter(username__iexact=username).first()
    if found is None:
        raise CommandError(f"--as {username}: there is no such active person.")
    return found


def _listing(page: Page) -> str:
    lines = [line for hit in page.hits for line in _lines(hit)]
    total = f"{page.total_words} debrief{'' if page.total == 1 else 's'}"
    if page.next and page.next.after:
        total += f"; go on with --after {page.next.after}"
    return "\n".join([*lines, total])


def _lines(hit: Hit) -> list[str]:
    account = hit.account.name if hit.account else "no account"
    reasons = ", ".join(
        marked(reason.name, untested=reason.id in hit.untested_ids) for reason in hit.reasons
    )
    words = unescape(_TAGS.sub("*", str(hit.snippet))) if hit.snippet else hit.excerpt
    facts = [f"{hit.closed_on:%Y-%m-%d}", hit.outcome.label, account, reasons]
    return [
        f"{hit.deal}  [debrief {hit.debrief_id}]",
        "  " + " · ".join(fact for fact in facts if fact),
        *([f"  {' '.join(words.split())}"] if words else []),
        "",
    ]
