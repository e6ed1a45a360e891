"""`manage.py tally`: bring the trend tallies up to date, rebuild them, or prove them."""

import json
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trends import services
from trends.check import CheckReport, check
from trends.models import TallyState

CHECKS = 3


class Command(BaseCommand):
    help = (
        "Brings the trend tallies up to date; --rebuild builds them from the source rows;"
        " --check compares them with the source and fails on any difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="build every month anew")
        parser.add_argument(
            "--workers",
            type=int,
            choices=range(1, 17),
            default=1,
            metavar="N",
            help="with --rebuild: how many months are built at once, each over a connection (1)",
        )
        parser.add_argument(
            "--check", action="store_true", help="compare with the source; fail on a difference"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        delivered = services.catch_up()
        if options["rebuild"]:
            services.rebuild(workers=options["workers"])
        report: dict[str, Any] = {
            "delivered": delivered,
            "rebuilt": options["rebuild"],
            **services.size(),
        }
        checked = _checked() if options["check"] else None
        if checked:
            report["checked"] = asdict(checked)
        state = TallyState.objects.get()
        report["brought_up_to_date_at"] = state.brought_up_to_date_at.isoformat()
        report["seconds"] = round(time.monotonic() - begun, 2)
        self.stdout.write(json.dumps(report) if options["json"] else _in_words(report, checked))
        if checked and checked.differences:
            count = len(checked.differences)
            raise CommandError(f"The tally differs from the source in {count} places.")


def _checked() -> CheckReport:
    """The comparison, again after a catch-up where people changed deals meanwhile."""
    for _ in range(CHECKS - 1):
        report = check()
        if not report.differences or not services.catch_up():
            return report
    return check()


def _in_words(report: dict[str, Any], checked: CheckReport | None) -> str:
    done = "Rebuilt" if report["rebuilt"] else "Brought up to date"
    lines = [f"{done}: {report['deals']:,} deals in {report['months']} months."]
    if checked:
        lines += [
            f"  {each.where}, {each.what}: the tally says {each.tally}, the source {each.source}"
            for each in checked.differences
        ]
        if not checked.differences:
            lines.append(f"Checked against {checked.deals:,} source deals: no difference.")
    return "\n".join(lines)
