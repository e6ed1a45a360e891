"""Addresses of the frame around every page: the way in, reminders, the audit and the outbox."""

from tests.access.matrix.lines import ADMINS, ADMINS_DONE, SIGNED_IN, line, post

LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("home", "302 302 302 302 302 302 302"),
    line("theme", "405 405 405 405 405 405 405"),
    post("theme", "302 302 302 302 302 302 302", sent=lambda _world: {"theme": "dark"}),
    line("notices:reminders", SIGNED_IN),
    line("audit", ADMINS),
    line("outbox:dead_letters", ADMINS),
    post("outbox:replay_all", ADMINS_DONE),
    post("outbox:replay", ADMINS_DONE, lambda world: {"pk": 1}),
]
