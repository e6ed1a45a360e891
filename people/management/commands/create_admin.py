import getpass
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from people.errors import PeopleError
from people.models import Role, User
from people.services import create_person


class Command(BaseCommand):
    help = "Lets an admin in. The password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="The full name; the username by default.")
        parser.add_argument(
            "--superuser", action="store_true", help="May also use the framework's own admin."
        )
        parser.add_argument("--json", action="store_true", help="Report as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User(username=options["username"], email=options["email"])
        try:
            password = _read_password()
            validate_password(password, person)
            admin = create_person(
                full_name=options["name"] or options["username"],
                username=options["username"],
                email=options["email"],
                role=Role.ADMIN,
                password=password,
                is_superuser=options["superuser"],
                by=None,
            )
        except (PeopleError, ValidationError) as refusal:
            raise CommandError(_reason(refusal)) from refusal
        report = {"id": admin.pk, "username": admin.username, "email": admin.email}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(f"{admin.username} is an admin and can sign in.")


def _read_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ: run the command again.")
    return password


def _reason(refusal: Exception) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
