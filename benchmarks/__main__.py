"""`python3 dev.py bench [NAME...] [--sizes 10k,100k]`: each in a process and a data directory of its own.

A benchmark is a module `benchmarks/NAME.py` with `run() -> list[Row]`, and optionally `DATA`, the
name of the data directory that it shares with others on the same data.

One that measures growth has `SIZES` and `across` beside: `run(size)` gives the rows of one size, in a process of
its own, `data(size)` the name of its data directory, and `across({size: rows})` what follows from
several. `--sizes` chooses some of them; all are the default.
"""

import argparse
import importlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.results import Row, read, table, write

NAMES = ("pages form import trends signals search suggest huddle effects faults soak").split()
DEFAULT_PORT = "8765"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--only"]:
        return run_one(*arguments[1:])
    parser = argparse.ArgumentParser(prog="dev.py bench")
    here = Path(__file__).parent
    there_are = [name for name in NAMES if (here / f"{name}.py").exists()]
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(there_are))
    parser.add_argument("--sizes", type=lambda text: text.split(","), default=[])
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in there_are]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(there_are)}.")
        return 2
    codes = [run(name, given.sizes) for name in given.names or there_are]
    return 1 if any(codes) else 0


def run(name: str, chosen: list[str]) -> int:
    """In its own process, or each of its sizes in one, and then what follows from them."""
    module = importlib.import_module(f"benchmarks.{name}")
    if not hasattr(module, "across"):
        return _in_its_own_process(name)
    sizes = list(module.SIZES)
    if set(chosen) - set(sizes):
        print(f"The sizes of {name} are {', '.join(sizes)}.")
        return 2
    sizes = [size for size in sizes if not chosen or size in chosen]
    codes = [_in_its_own_process(name, size) for size in sizes]
    found = {size: read(_results() / f"{name}-{size}.json") for size in sizes if not codes.pop(0)}
    rows = [replace(row, name=f"{size}: {row.name}") for size in found for row in found[size]]
    growth = module.across(found)
    write(_results() / f"{name}.json", [*rows, *growth])
    if growth:
        print(f"{name}, growth\n{table(growth)}\n", flush=True)
    failed = len(found) < len(sizes) or any(row.verdict == "fail" for row in [*rows, *growth])
    return 1 if failed else 0


def _in_its_own_process(*which: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", *which], check=False
    ).returncode


def _results() -> Path:
    return Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"


def run_one(name: str, size: str = "") -> int:
    """Print the table, keep the rows, and fail when a row of an only size fails."""
    results = _results()
    module = importlib.import_module(f"benchmarks.{name}")
    data = module.data(size) if size else getattr(module, "DATA", name)
    os.environ["DATA_DIR"] = str(results / "data" / data)
    os.environ["PORT"] = os.environ.get("BENCH_PORT", DEFAULT_PORT)
    os.environ["WEB_WORKERS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    rows: list[Row] = module.run(size) if size else module.run()
    title = f"{name}-{size}" if size else name
    write(results / f"{title}.json", rows)
    print(f"\n{title}\n{table(rows)}\n", flush=True)
    return 1 if not size and any(row.verdict == "fail" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
