"""`python3 dev.py bench [NAME...]`: each benchmark in a process and a data directory of its own.

A benchmark is a module `benchmarks/NAME.py` with `run() -> list[Row]`, and optionally `DATA`, the
name of the data directory that it shares with others on the same data.
"""

import importlib
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.results import Row, table, write

NAMES = ("pages form import trends signals search suggest huddle effects faults soak").split()
DEFAULT_PORT = "8765"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--only"]:
        return run_one(arguments[1])
    here = Path(__file__).parent
    there_are = [name for name in NAMES if (here / f"{name}.py").exists()]
    unknown = [name for name in arguments if name not in there_are]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(there_are)}.")
        return 2
    codes = [_in_its_own_process(name) for name in arguments or there_are]
    return 1 if any(codes) else 0


def _in_its_own_process(name: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", name], check=False
    ).returncode


def run_one(name: str) -> int:
    """Print the table, keep the rows, and fail when a row fails."""
    results = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
    module = importlib.import_module(f"benchmarks.{name}")
    os.environ["DATA_DIR"] = str(results / "data" / getattr(module, "DATA", name))
    os.environ["PORT"] = os.environ.get("BENCH_PORT", DEFAULT_PORT)
    os.environ["WEB_WORKERS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    rows: list[Row] = module.run()
    write(results / f"{name}.json", rows)
    print(f"\n{name}\n{table(rows)}\n", flush=True)
    return 1 if any(row.verdict == "fail" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
