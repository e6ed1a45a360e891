"""`dev.py` runs on any Python with nothing installed."""

import ast
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reflection.environment import PROJECT_ROOT

SOURCE = (PROJECT_ROOT / "dev.py").read_text()


def test_needs_nothing_but_the_standard_library() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_an_old_python_can_read_it_far_enough_to_say_what_it_needs() -> None:
    assert ast.parse(SOURCE, feature_version=(3, 7)).body


def test_says_what_it_can_do() -> None:
    asked = subprocess.run(
        [sys.executable, "dev.py", "--help"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in ("run", "test", "lint", "bench"):
        assert f"dev.py {name}" in asked.stdout


def test_an_unknown_name_is_refused() -> None:
    asked = subprocess.run(
        [sys.executable, "dev.py", "fly"], cwd=PROJECT_ROOT, capture_output=True, check=False
    )
    assert asked.returncode == 2


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_requirement_is_pinned_by_hash_and_names_no_index(name: str) -> None:
    lines = (PROJECT_ROOT / f"{name}.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert all("==" in pin for pin in pins)
    assert not any("://" in line for line in lines)
    hashed = sum("--hash=sha256:" in line for line in lines)
    assert hashed >= len(pins)


def test_every_direct_requirement_is_in_its_lock() -> None:
    for name in ("requirements", "requirements-dev"):
        wanted = {
            line.split("==")[0].split("[")[0].split("~=")[0].strip().lower()
            for line in (PROJECT_ROOT / f"{name}.in").read_text().splitlines()
            if line and not line.startswith(("#", "-r"))
        }
        locked = {pin.split("[")[0] for pin in pins_of(name)}
        assert wanted <= locked


def pins_of(lock: str) -> set[str]:
    """`name[extra]` of each locked package."""
    lines = (PROJECT_ROOT / f"{lock}.txt").read_text().splitlines()
    return {line.split("==")[0].strip() for line in lines if "==" in line}


def test_a_package_wanted_with_an_extra_is_pinned_with_it() -> None:
    """Otherwise pip looks the extra up apart, and refuses its next release for want of a hash."""
    pinned = {canonicalize_name(pin.split("[")[0]): pin for pin in pins_of("requirements-dev")}
    wanted = [
        requirement
        for package in distributions()
        for requirement in map(Requirement, package.requires or ())
        if requirement.extras and not (requirement.marker and "extra" in str(requirement.marker))
    ]
    assert wanted
    for requirement in wanted:
        pin = Requirement(pinned[canonicalize_name(requirement.name)])
        assert requirement.extras <= pin.extras, f"{requirement} is locked as {pin}"


def test_no_lock_of_another_tool_is_kept() -> None:
    assert not [name for name in ("uv.lock", "pylock.toml") if Path(PROJECT_ROOT / name).exists()]
