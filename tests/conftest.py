"""One throw-away database for the whole run, and what every test may ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from reflection.embedded.layout import Layout
from reflection.embedded.valkey import Valkey, cache_url
from tests.services import ThrowAwayCluster
from tests.settings import BROKER_LAYOUT, HOME_VARIABLE

pytest_plugins = ["tests.actors"]

CLUSTER = pytest.StashKey[ThrowAwayCluster]()


def pytest_configure(config: pytest.Config) -> None:
    """Only the controller starts the cluster; the workers of xdist inherit its address."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    cluster = ThrowAwayCluster(Path(os.environ[HOME_VARIABLE]))
    config.stash[CLUSTER] = cluster
    cluster.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        cluster.stop()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits and cached fragments of one test must not reach the next."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """An empty, running broker at the settings' own address; without it, publishing fails at once.

    It keeps its messages over a stop, so what a killed worker of another test held is dropped.
    """
    server = Valkey(BROKER_LAYOUT)
    server.start()
    with Redis.from_url(cache_url(BROKER_LAYOUT)) as client:
        client.flushall()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's Chromium; browser tests are skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    pytest.skip("no Chromium on this machine")


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A data directory of its own with a path short enough for sockets."""
    home = Path("/tmp") / f"reflection-layout-{os.getpid()}-{tmp_path.name[-12:]}"
    yield Layout(home)
    shutil.rmtree(home, ignore_errors=True)
