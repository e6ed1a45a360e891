"""`manage.py serve`: the web server alone, for an instance whose services run elsewhere."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from reflection.management.commands.up import web_command, web_environment


class Command(BaseCommand):
    help = "Runs the web server alone; the database, broker and workers run elsewhere."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        command = web_command()
        os.execve(command[0], command, {**os.environ, **web_environment()})
