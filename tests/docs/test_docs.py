"""The docs keep up: commands, dependencies, tables and links each have their entry."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from reflection.api import api
from reflection.environment import PROJECT_ROOT

DOCS = sorted(
    [*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").rglob("*.md")],
    key=lambda file: file.relative_to(PROJECT_ROOT),
)
OURS = {
    "outbox", "people", "notices", "deals", "debriefs", "trends", "playbook", "reflection",
    "reflection.demo",
}  # fmt: skip


def read(path: str) -> str:
    return (PROJECT_ROOT / path).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, until the next one of its level."""
    return text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def first_words_of_table(text: str) -> set[str]:
    return set(re.findall(r"^\| `([a-z_]+)", text, flags=re.MULTILINE))


def test_the_readme_tells_of_every_command_of_ours_and_of_no_other() -> None:
    assert first_words_of_table(section(read("README.md"), "Commands")) == own_commands()


def test_operations_tell_of_every_command_of_ours() -> None:
    told = first_words_of_table(section(read("docs/operations.md"), "On one machine"))
    assert own_commands() - told == set()


def own_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app in OURS}


def test_every_call_of_the_api_has_its_line_in_the_readme() -> None:
    told = set()
    for line in section(read("README.md"), "API").splitlines():
        for method, path in re.findall(r"`(GET|POST|PATCH|DELETE) (/[\w/{}]+)", line):
            told.add((method, without_names(path)))
    offered = {
        (method.upper(), without_names(path.removeprefix("/api/v1")))
        for path, calls in api.get_openapi_schema()["paths"].items()
        for method in calls
    }
    assert offered - told == set()


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_dependency_says_why_it_is_here() -> None:
    wanted = set()
    for file in ("requirements.in", "requirements-dev.in"):
        for line in read(file).splitlines():
            if found := re.match(r"([A-Za-z][\w.-]*)", line):
                wanted.add(found[1].lower())
    said = set(re.findall(r"`([A-Za-z][\w.-]*)`", read("docs/architecture.md")))
    assert wanted - said == set()


def test_every_table_of_ours_has_its_word_in_the_concepts() -> None:
    models = [model for config in apps.get_app_configs() for model in config.get_models()]
    ours = {model.__name__ for model in models if model._meta.app_config.name in OURS}
    said = set(re.findall(r"`([A-Z]\w+)`", read("docs/concepts.md")))
    assert ours - said == set()


def test_every_decision_and_guide_is_reached_from_the_index() -> None:
    linked = {
        (file.parent / target).resolve()
        for file in (PROJECT_ROOT / "docs/index.md", PROJECT_ROOT / "docs/decisions/index.md")
        for target in links_of(file)
    }
    missing = {str(file.relative_to(PROJECT_ROOT)) for file in DOCS if file not in linked}
    assert missing == {"README.md", "docs/index.md"}


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(PROJECT_ROOT)))
def test_every_link_leads_somewhere(file: Path) -> None:
    assert [target for target in links_of(file) if not (file.parent / target).exists()] == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(PROJECT_ROOT)))
def test_no_doc_speaks_of_a_path_outside_the_project(file: Path) -> None:
    assert "../shared" not in file.read_text(encoding="utf-8")


def links_of(file: Path) -> list[str]:
    """Targets of relative links, without their anchors."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text(encoding="utf-8"))
    return [target for target in targets if "://" not in target]
