"""What an action costs this process and the product's services."""

import time
from collections.abc import Callable

from benchmarks import cpu
from benchmarks.harness import Product


def cpu_ms(running: Product, action: Callable[[], object]) -> float:
    """CPU milliseconds of this process, the web server, the database and the cache.

    Looking into the other processes is no part of it.
    """
    others = cpu.tree(running.roots)
    mine = time.process_time_ns()
    action()
    mine = time.process_time_ns() - mine
    return (mine + cpu.between(others, cpu.tree(running.roots))) / 1e6
