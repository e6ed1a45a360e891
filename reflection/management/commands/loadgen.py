"""`manage.py loadgen N`: synthetic closed deals with debriefs."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import company_today
from reflection.loadgen.draws import Load
from reflection.loadgen.errors import AlreadyLoaded
from reflection.loadgen.generate import generate
from reflection.loadgen.progress import ProgressBar


class Command(BaseCommand):
    help = "Writes N synthetic closed deals with debriefs, reproducible by --seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("deals", metavar="N", type=_at_least_one, help="how many closed deals")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed writes the same rows"
        )
        parser.add_argument(
            "--debriefed",
            type=_share,
            default=0.6,
            help="share of the deals with a debrief, 0 to 1",
        )
        parser.add_argument(
            "--months",
            type=_at_least_one,
            default=36,
            help="months up to today that they closed in",
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(
        self, *args: Any, deals: int, seed: int, debriefed: float, months: int, **options: Any
    ) -> None:
        load = Load(deals, seed=seed, debriefed=debriefed, months=months, today=company_today())
        bar = ProgressBar(sys.stderr, "Deals", deals)
        try:
            loaded = generate(load, report=bar.reach)
        except AlreadyLoaded as error:
            raise CommandError(str(error)) from error
        report = asdict(loaded)
        self.stdout.write(json.dumps(report) if options["json"] else _in_words(report))


def _in_words(loaded: dict[str, Any]) -> str:
    return "Wrote {deals:,} deals with {debriefs:,} debriefs (seed {seed}) in {seconds} s.".format(
        **loaded
    )


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share
