"""A chat that takes webhooks on loopback, and answers them as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Chat:
    """`received` are the key and the body of each post; `status` is what it answers."""

    origin: str = ""
    status: int = 200
    received: list[tuple[str, Any]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        chat = self.server.chat
        chat.received.append((self.headers["Idempotency-Key"], json.loads(body)))
        if chat.status == 0:
            self.connection.close()
            return
        self.send_response(chat.status)
        self.send_header("Location", f"{chat.origin}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing to say."""


class _Server(ThreadingHTTPServer):
    chat: Chat


@contextmanager
def chat_server() -> Iterator[Chat]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.chat = Chat(origin=f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.chat
        server.shutdown()
        thread.join()
