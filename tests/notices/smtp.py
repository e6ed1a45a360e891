"""A mail server that speaks enough SMTP on loopback, and does to some mails what it is told."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

Reply = Callable[[str], str]


@dataclass
class MailServer:
    """`received` are the mails it took; `reply` says what a recipient gets after RCPT or DATA.

    `after_accepting` is called with the recipient when a mail was taken, before the client hears
    of it. It hangs up at the command `hangs_up_at`.
    """

    port: int = 0
    received: list[tuple[str, Message]] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    after_accepting: Callable[[str], None] = lambda _recipient: None
    hangs_up_at: str = ""

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.received]


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self.say("220 loopback")
        recipient = ""
        for line in self.rfile:
            command = line.strip().decode()
            verb = command.split(" ")[0].upper()
            if verb == self.server.mail.hangs_up_at:
                return None
            if verb == "QUIT":
                return self.say("221 bye")
            if verb == "RCPT":
                recipient = command.split("<")[1].split(">")[0]
                self.say(self.server.mail.replies.get(recipient, "250 ok"))
            elif verb == "DATA":
                self.say("354 go on")
                self.take(recipient)
            else:
                self.say("250 ok")
        return None

    def take(self, recipient: str) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        else:
            return
        mail = self.server.mail
        mail.received.append((recipient, message_from_bytes(b"".join(lines))))
        mail.after_accepting(recipient)
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    mail: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is part of the test."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.mail = MailServer(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.mail
        server.shutdown()
        thread.join()
