"""Static files as they are served past a developer's machine: by hashed names only."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

IMPORTS = re.compile(r'\b(?:from\s*|import\()"(\.[^"]+)"')


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "reflection.static.HashedStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_each_module_imports_files_that_are_kept(collected: Path) -> None:
    scripts = list((collected / "js").glob("*.js"))
    imports = [(script, each) for script in scripts for each in IMPORTS.findall(script.read_text())]
    assert len(imports) >= 3
    missing = [each for script, each in imports if not (script.parent / each).exists()]
    assert missing == []
