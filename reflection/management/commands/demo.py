"""`manage.py demo`: the demo company."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reflection.demo.errors import DemoRefused
from reflection.demo.load import load_demo, missing_rates_notice
from reflection.demo.logins import demo_logins


class Command(BaseCommand):
    help = "Loads the demo company: 18 months of deals and debriefs up to today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="load into a database that already holds deals"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        try:
            loaded = load_demo(force=force)
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(loaded)))
            return
        self.stdout.write(
            f"Halden Analytics is here: {loaded.people} people, {loaded.closed_deals:,} closed "
            f"and {loaded.open_deals} open deals, {loaded.debriefs:,} debriefs."
        )
        if not loaded.has_rates:
            self.stdout.write(missing_rates_notice())
        for label, username, password in demo_logins():
            self.stdout.write(f"  {label:<24} {username:<16} {password}")
