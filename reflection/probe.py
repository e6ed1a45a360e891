"""`python -m reflection.probe`: exit code 0 when this container's process can do its work."""

import os
import socket
import sys
import urllib.request


def web_is_ready() -> bool:
    port = os.environ.get("PORT") or "8000"
    try:
        url = f"http://127.0.0.1:{port}/healthz/ready"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def worker_is_ready() -> bool:
    """Does the worker of this host answer a ping by way of the broker?"""
    from reflection.celery import app

    name = f"celery@{socket.gethostname()}"
    return bool(app.control.inspect(destination=[name], timeout=10).ping())


def main(arguments: list[str]) -> int:
    ready = worker_is_ready() if "--worker" in arguments else web_is_ready()
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
