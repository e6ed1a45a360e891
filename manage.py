#!/usr/bin/env python
"""Django's command line for this project; embedded services are there for every command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reflection.settings")
    from reflection.embedded.commands import run_command

    run_command(sys.argv)


if __name__ == "__main__":
    main()
