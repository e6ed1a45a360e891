"""`manage.py up`: the whole product of one data directory under one supervisor."""

import shutil
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.urls import reverse

from reflection.broker import restore_unacknowledged
from reflection.demo.load import load_demo, missing_rates_notice
from reflection.embedded.postgres import Postgres
from reflection.embedded.valkey import Valkey
from reflection.operations import READY_PATH
from reflection.supervisor import Program, Supervisor, supervised

WEB_GRACE = 15.0
WORKER_GRACE = 30.0


class Command(BaseCommand):
    help = "Runs the product: database, broker, web server, worker and scheduler, until Ctrl-C."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        first = parser.add_mutually_exclusive_group()
        first.add_argument(
            "--demo", action="store_true", help="load the demo company into an empty database"
        )
        first.add_argument(
            "--empty", action="store_true", help="load nothing; print a one-time set-up link"
        )

    def handle(self, *args: Any, demo: bool, empty: bool, **options: Any) -> None:
        env = settings.ENV
        supervisor = Supervisor(settings.EMBEDDED_LAYOUT, host=env.host, port=env.port)

        def run() -> None:
            supervisor.claim()
            self._start_services(supervisor)
            with supervisor.interruptible():
                self._prepare_database(demo=demo and not empty)
            self._start_programs(supervisor)
            supervisor.wait_until_ready(READY_PATH)
            if not supervisor.stop_requested:
                self._welcome()
            supervisor.watch()

        sys.exit(supervised(supervisor, run))

    def _start_services(self, supervisor: Supervisor) -> None:
        if settings.ENV.has_embedded_database:
            supervisor.start("database", Postgres(supervisor.layout))
        if settings.ENV.has_embedded_broker or settings.ENV.has_embedded_cache:
            supervisor.start("broker", Valkey(supervisor.layout))
        if settings.ENV.has_embedded_broker:
            restore_unacknowledged()

    def _prepare_database(self, *, demo: bool) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        if demo and _is_empty():
            self.stdout.write("Loading the demo company ...")
            self.stdout.flush()
            if not load_demo().has_rates:
                self.stdout.write(missing_rates_notice())
        connections.close_all()

    def _start_programs(self, supervisor: Supervisor) -> None:
        logs = settings.EMBEDDED_LAYOUT.logs
        supervisor.start(
            "worker",
            Program(
                worker_command(),
                log=logs / "worker.log",
                environment={},
                grace=WORKER_GRACE,
            ),
        )
        supervisor.start(
            "web",
            Program(
                web_command(),
                log=logs / "web.log",
                environment=web_environment(),
                grace=WEB_GRACE,
            ),
        )

    def _welcome(self) -> None:
        self.stdout.write(f"\nReflection is ready at {settings.ENV.base_url}")
        for line in _how_to_sign_in():
            self.stdout.write(line)
        self.stdout.write(f"Logs: {settings.EMBEDDED_LAYOUT.logs}   Stop: Ctrl-C\n")
        self.stdout.flush()
        connections.close_all()


def web_command() -> list[str]:
    env = settings.ENV
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", env.host, "--port", str(env.port)),
        *("--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "4", "--backpressure", "128"),
        *("--log-level", "warning", "--no-ws", "--http", "1"),
        "reflection.wsgi:application",
    ]


def web_environment() -> dict[str, str]:
    """Figures of all web processes meet in one directory, emptied at each start."""
    directory = settings.ENV.data_dir / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(directory)}


def worker_command() -> list[str]:
    env = settings.ENV
    return [
        *(sys.executable, "-m", "celery", "--app", "reflection", "worker", "--beat"),
        *("--pool", "threads", "--concurrency", str(env.job_threads)),
        *("--schedule", str(env.data_dir / "beat-schedule")),
        *("--loglevel", env.log_level, "--without-gossip", "--without-mingle"),
    ]


def _is_empty() -> bool:
    from deals.models import Deal
    from people.models import User

    return not Deal.objects.exists() and not User.objects.exists()


def _how_to_sign_in() -> list[str]:
    """The demo's logins where it is loaded; a set-up link as long as nobody can administer."""
    from people.services import create_setup_link, has_admin
    from reflection.demo.logins import demo_logins

    if not has_admin():
        path = reverse("people:setup_link", args=[create_setup_link()])
        return [
            "There is no admin yet. This link makes the first one, once, within 24 hours:",
            f"  {settings.ENV.base_url}{path}",
        ]
    logins = demo_logins()
    return ["Sign in to the demo as"] * bool(logins) + [
        f"  {label:<24} {username:<20} {password}" for label, username, password in logins
    ]
