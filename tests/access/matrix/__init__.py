"""Who gets which status from which address: one line each, `tests.access` says how to add one."""

from tests.access.matrix import (
    api,
    deals,
    debriefs,
    frame,
    people,
    playbook,
    reasons,
    templates,
    trends,
)
from tests.access.matrix.lines import Line

# Addresses of libraries, by the beginning of their route, and why they have no line.
ELSEWHERE = {
    "accounts/": "allauth's own pages; ours of them are specified in tests/people/test_pages.py",
}

LINES: list[Line] = [
    *frame.LINES,
    *people.LINES,
    *playbook.LINES,
    *debriefs.LINES,
    *reasons.LINES,
    *templates.LINES,
    *deals.LINES,
    *trends.LINES,
    *api.LINES,
]
