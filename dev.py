#!/usr/bin/env python3
"""One entry for people: run, test, lint, bench. Standard library only, until the environment stands.

python3 dev.py run [--empty]      the product, with demo data on a new database
python3 dev.py test [PYTEST...]   every test
python3 dev.py lint               format, lint, types, templates, import rules, migrations
python3 dev.py bench [NAME...]    the benchmarks
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.json"
OLDEST_PYTHON = (3, 11)
LOCKS = {"run": "requirements.txt", "development": "requirements-dev.txt"}


def main() -> int | None:
    arguments = sys.argv[1:]
    targets = {"run": run, "test": test, "lint": lint, "bench": bench}
    if not arguments or arguments[0] not in targets:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    ensure_python()
    os.chdir(str(ROOT))
    return targets[arguments[0]](arguments[1:])


def run(arguments: list[str]) -> NoReturn:
    ensure_environment("run")
    content = [] if "--empty" in arguments or "--demo" in arguments else ["--demo"]
    replace_by([str(PYTHON), "manage.py", "up", *content, *arguments])


def test(arguments: list[str]) -> NoReturn:
    ensure_environment("development")
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        print("No Chromium on this machine: the browser tests are skipped.", flush=True)
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        arguments = ["-n", str(max(2, os.cpu_count() or 2)), *arguments]
    replace_by([str(PYTHON), "-m", "pytest", *arguments])


def lint(arguments: list[str]) -> int:
    ensure_environment("development")
    binaries = ENVIRONMENT / "bin"
    with_tests: list[str | Path] = [PYTHON, "-W", "ignore", "manage.py"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    checks: list[tuple[str, list[str | Path]]] = [
        ("format", [binaries / "ruff", "format", "--check", "."]),
        ("lint", [binaries / "ruff", "check", "."]),
        ("types", [binaries / "mypy"]),
        ("imports between apps", [binaries / "lint-imports"]),
        ("templates", [binaries / "djlint", "templates", "--lint", "--quiet"]),
        ("migrations written", [*with_tests, "makemigrations", "--check", "--dry-run"]),
        ("migrations in one line", [*with_tests, "check", "--fail-level", "WARNING"]),
    ]
    failed = [name for name, command in checks if not passes(name, command)]
    print("lint: " + ("failed: " + ", ".join(failed) if failed else "all clean"))
    return 1 if failed else 0


def bench(arguments: list[str]) -> NoReturn:
    ensure_environment("development")
    replace_by([str(PYTHON), "-m", "benchmarks", *arguments])


def passes(name: str, command: list[str | Path]) -> bool:
    print("--- " + name, flush=True)
    return subprocess.call([str(part) for part in command]) == 0


def replace_by(command: list[str]) -> NoReturn:
    """Become that program, so that signals and the exit code are its own."""
    os.execv(command[0], command)


def ensure_python() -> None:
    """Python 3.11 or newer: the one that runs us, or else the newest that PATH offers."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which("python3." + str(minor))
        if newer:
            os.execv(newer, [newer, str(Path(__file__).resolve()), *sys.argv[1:]])
    sys.exit("Reflection needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")


def ensure_environment(kind: str) -> None:
    """Make or refresh .venv when the locked requirements are not the ones that it was made from."""
    wanted = LOCKS[kind]
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not PYTHON.exists():
            make_environment()
        if installed().get(wanted) == digest(wanted):
            return
        print("Installing " + wanted + " ...", flush=True)
        install(wanted)
        covered = LOCKS.values() if kind == "development" else [wanted]
        STAMP.write_text(json.dumps({name: digest(name) for name in covered}))


def make_environment() -> None:
    print("Making .venv ...", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    if made.returncode != 0:
        shutil.rmtree(str(ENVIRONMENT), ignore_errors=True)
        sys.exit("A virtual environment can't be made here:\n" + made.stdout)


def install(lock: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", lock]
    if subprocess.call(command) != 0:
        sys.exit(lock + " could not be installed; the lines above say why.")


def installed() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
