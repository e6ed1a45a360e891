"""Where the embedded services of one data directory keep their files and sockets."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LONGEST_SOCKET_PATH = 100
HOME_OF_ROOTS_SERVICES = Path("/var/lib/reflection")


@dataclass(frozen=True)
class Account:
    """The operating system's account that the services run under; PostgreSQL refuses to be root."""

    uid: int
    gid: int

    @classmethod
    def for_services(cls) -> "Account | None":
        """`nobody` when we are root, None (ourselves) otherwise."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)

    def reaches(self, directory: Path) -> bool:
        """Can this account enter the directory, given the modes of all its parents?"""
        probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(directory)]
        found = subprocess.run(
            probe, user=self.uid, group=self.gid, extra_groups=[], cwd="/", check=False
        )
        return found.returncode == 0


@dataclass(frozen=True)
class Layout:
    """The paths of one data directory; the same for whoever asks, so that clients need no registry."""

    data_dir: Path

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]

    @property
    def postgres(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def logs(self) -> Path:
        return self.data_dir / "log"

    @property
    def instance_lock(self) -> Path:
        """Held by the supervisor."""
        return self.data_dir / "instance.lock"

    @property
    def database_lock(self) -> Path:
        """Held by whoever runs the database: the supervisor, or one command for its own duration."""
        return self.data_dir / "database.lock"

    @property
    def guests_lock(self) -> Path:
        """Shared by commands that use a database which another command runs."""
        return self.data_dir / "database-guests.lock"

    @property
    def children(self) -> Path:
        """The supervisor's note of its process groups, read by the next start after a crash."""
        return self.data_dir / "children.json"

    @property
    def sockets(self) -> Path:
        """The directory of the sockets: a path over 107 bytes can't be bound, so a long one moves."""
        near = self.data_dir / "run"
        if len(str(near / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
            return near
        return Path("/tmp") / f"reflection-{os.geteuid()}-{self.digest}"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def prepare(self, account: Account | None) -> None:
        """Make the directories, each with mode 0700 and owned by the account of the services."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        for directory in (self.postgres, self.valkey, self.sockets):
            self._prepare_owned(directory, account)

    def _prepare_owned(self, directory: Path, account: Account | None) -> None:
        """When root's data directory is closed to the account, the files live outside, behind a link."""
        outside = (
            account is not None and not directory.exists() and not account.reaches(directory.parent)
        )
        if outside:
            real = enterable(HOME_OF_ROOTS_SERVICES / self.digest) / directory.name
            real.mkdir(exist_ok=True)
            directory.unlink(missing_ok=True)
            directory.symlink_to(real)
        else:
            directory.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            os.chown(directory, account.uid, account.gid)
        directory.chmod(0o700)


def enterable(directory: Path) -> Path:
    """Make a directory under `/var/lib/reflection` that the services can enter, whatever the umask."""
    directory.mkdir(parents=True, exist_ok=True)
    for part in (directory, *directory.parents):
        part.chmod(0o755)
        if part == HOME_OF_ROOTS_SERVICES:
            break
    return directory
