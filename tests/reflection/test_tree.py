"""The files of the project are whole."""

import re

from reflection.environment import PROJECT_ROOT

NOT_OURS = {"var", "staticfiles", "htmlcov", "node_modules"}
TEXT = {".py", ".html", ".js", ".css", ".md", ".txt", ".toml", ".yml", ".yaml", ".in", ".csv"}
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def test_no_file_holds_an_unresolved_conflict() -> None:
    rooms = [
        room
        for room in PROJECT_ROOT.iterdir()
        if room.name not in NOT_OURS and (room.is_file() or not room.name.startswith("."))
    ]
    files = [
        file
        for room in rooms
        for file in (room.rglob("*") if room.is_dir() else [room])
        if file.suffix in TEXT
    ]
    assert len(files) > 500
    assert [str(file) for file in files if CONFLICT.search(file.read_text(errors="replace"))] == []
