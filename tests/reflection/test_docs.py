"""Docs that can't rot: what the code offers is named where people look for it."""

import re
from pathlib import Path

from django.core.management import get_commands

from reflection.environment import PROJECT_ROOT

OPERATIONS = (PROJECT_ROOT / "docs" / "operations.md").read_text()


def own_commands() -> set[str]:
    apps = {path.parent.name for path in PROJECT_ROOT.glob("*/apps.py")} | {"reflection"}
    return {name for name, app in get_commands().items() if app in apps}


def test_every_command_of_ours_has_its_entry() -> None:
    listed = set(re.findall(r"^\| `(\w+)", OPERATIONS, re.MULTILINE))
    assert own_commands() <= listed


def test_links_between_docs_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(PROJECT_ROOT)}: {target}"
        for page in [*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_no_doc_speaks_of_a_path_outside_the_project() -> None:
    pages = [*PROJECT_ROOT.glob("*.md"), *Path(PROJECT_ROOT / "docs").rglob("*.md")]
    assert [page.name for page in pages if "../shared" in page.read_text()] == []
