"""`manage.py trends`: a trend table on the terminal, by the API's parameters."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people.models import User
from trends.engine import run
from trends.errors import TrendError, TrendRefused
from trends.presentation import as_json, shown_interval, shown_value
from trends.query import TrendQuery
from trends.results import Row, TrendResult
from trends.services import catch_up

_NAMED = ("by", "measure", "since", "until", "compare", "list", "judgement")


class Command(BaseCommand):
    help = "Prints a trend table; the parameters are those of GET /api/v1/trends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", help="one or two dimensions, such as reason,month")
        parser.add_argument("--measure", default="lost", help="such as lost, win_rate, lost_amount")
        parser.add_argument("--since", help="the first closing day, or its month")
        parser.add_argument("--until", help="the last closing day, or its month")
        parser.add_argument("--compare", help="previous, year, or SINCE..UNTIL")
        parser.add_argument("--list", help="today or recorded")
        parser.add_argument("--judgement", help="author or confirmed")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="DIMENSION=VALUE",
            help="a filter by label or id; null means unknown; may be repeated",
        )
        parser.add_argument(
            "--as", dest="username", help="answer with this person's rights; else with all"
        )
        parser.add_argument("--json", action="store_true", help="print the API's answer")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            query = TrendQuery.from_params(_params(options))
            catch_up()
            result = run(query, _viewer(options["username"]))
        except (TrendError, TrendRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(as_json(result)) if options["json"] else _table(result))


def _params(options: dict[str, Any]) -> dict[str, list[str]]:
    params = {name: [options[name]] for name in _NAMED if options[name]}
    for condition in options["where"]:
        name, equals, value = condition.partition("=")
        if not equals:
            raise CommandError(f"--where {condition}: write DIMENSION=VALUE.")
        params.setdefault(name, []).append(value)
    return params


def _viewer(username: str | None) -> User | None:
    if not username:
        return None
    found = User.objects.active().filter(username__iexact=username).first()
    if found is None:
        raise CommandError(f"--as {username}: there is no such active person.")
    return found


def _table(result: TrendResult) -> str:
    """Columns by width, the values as a person reads them."""
    keys = len(result.query.by)
    figures = ["n", result.query.measure, "95 %"]
    if any(row.untested is not None for row in result.rows):
        figures.append("untested")
    lines = [[key.label for key in row.keys] + _figures(result, row) for row in result.rows]
    lines.append(["Total", *[""] * keys][:keys] + _figures(result, result.total))
    lines = [[*result.query.by, *figures], *(line[: keys + len(figures)] for line in lines)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    body = [
        "  ".join(
            cell.ljust(width) if place < keys else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    coverage = result.coverage
    return "\n".join(
        [
            *body,
            "",
            f"{coverage.debriefed} of {coverage.closed} closed deals are debriefed."
            f" Tally of {result.as_of:%Y-%m-%d %H:%M:%S %Z}."
            if result.as_of
            else "There is no tally yet: run manage.py tally.",
        ]
    )


def _figures(result: TrendResult, row: Row) -> list[str]:
    untested = "" if row.untested is None else f"{row.untested.value:,}"
    return [str(row.n), shown_value(result, row), shown_interval(result, row), untested]
