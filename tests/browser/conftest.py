"""A real browser over the live server, signed in as anybody, at any width, in either theme."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from people.models import User

# The browser's driver keeps an event loop in this thread, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visit(Protocol):
    def __call__(
        self, path: str, *, by: User | None = None, width: int = 1280, theme: str = "auto"
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Open a path of the live server in a context of its own; a script's error fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(
        path: str, *, by: User | None = None, width: int = 1280, theme: str = "auto"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            base_url=live_server.url,
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = {"theme": theme} | ({settings.SESSION_COOKIE_NAME: _session(by)} if by else {})
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    _await_last_requests()
    assert complaints == []


def _await_last_requests() -> None:
    """Until the server has done what closing pages sent: emptying the tables would deadlock with it."""
    quiet, until = 0, time.monotonic() + 5
    while quiet < 3 and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            quiet = 0 if cursor.fetchone() != (0,) else quiet + 1
        time.sleep(0.05)


def _session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
