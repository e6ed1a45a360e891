"""Django's command line with the embedded database under it."""

import sys

from django.core.management import call_command, execute_from_command_line

from reflection.embedded import attach
from reflection.embedded.processes import ServiceError

WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "create_max_migration_files",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "rebase_migration",
        "serve",
        "startapp",
        "up",
        "version",
    }
)


def run_command(argv: list[str]) -> None:
    """Run one command; the first one on a new data directory also makes the tables."""
    from django.conf import settings

    layout = settings.EMBEDDED_LAYOUT
    if not settings.EMBEDDED_DATABASE or not _needs_database(argv):
        _execute(argv)
        return
    try:
        with attach.database(layout) as is_new:
            if is_new and argv[1] != "migrate":
                _make_tables()
            _execute(argv)
    except ServiceError as error:
        sys.exit(f"reflection: {error}")


def _execute(argv: list[str]) -> None:
    from common.audit import acting

    with acting(command=" ".join(argv[1:2])):
        execute_from_command_line(argv)


def _needs_database(argv: list[str]) -> bool:
    if len(argv) < 2 or argv[1].startswith("-") or "--help" in argv or "-h" in argv:
        return False
    return argv[1] not in WITHOUT_DATABASE


def _make_tables() -> None:
    import django

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
