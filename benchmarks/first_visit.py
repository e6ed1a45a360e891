"""What a browser fetches when it opens a page for the first time, in bytes on the wire."""

import gzip
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from benchmarks.harness import Product, Request

_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_IMPORTED = re.compile(r"""(?:from|import\b)\s*["'](\.[^"']+)["']""")
_IN_STYLE = re.compile(r"""url\(["']?([^"')]+)""")


@dataclass(frozen=True)
class Visit:
    """Bytes of the page, gzipped as a proxy would, and of everything together."""

    page: int
    total: int


def first_visit(running: Product, path: str) -> Visit:
    page = running.send(Request(path)).body
    size = len(gzip.compress(page))
    files: dict[str, int] = {}
    waiting = [_plain(link) for link in _LINKED.findall(html.unescape(page.decode()))]
    while waiting:
        address = waiting.pop()
        if address in files:
            continue
        plain = running.send(Request(address)).body
        packed = running.send(Request(address, headers={"Accept-Encoding": "br, gzip"})).body
        files[address] = len(packed)
        waiting.extend(_named_in(address, plain))
    return Visit(size, size + sum(files.values()))


def _named_in(address: str, body: bytes) -> Iterator[str]:
    """The files that a script or a style sheet asks for."""
    pattern = {".js": _IMPORTED, ".css": _IN_STYLE}.get(address[address.rfind(".") :])
    for name in pattern.findall(body.decode()) if pattern else ():
        if not name.startswith("data:"):
            yield _plain(urljoin(address, name))


def _plain(link: str) -> str:
    return urlsplit(link).path
