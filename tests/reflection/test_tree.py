"""The files of the project are whole."""

import subprocess

from reflection.environment import PROJECT_ROOT


def test_no_file_holds_an_unresolved_conflict() -> None:
    found = subprocess.run(
        ["git", "grep", "-lE", "^(<{7}|>{7}) "], cwd=PROJECT_ROOT, capture_output=True, check=False
    )
    assert (found.returncode, found.stdout) == (1, b"")
