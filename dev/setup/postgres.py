"""PostgreSQL: a private cluster on a Unix socket, or the server that ``PGHOST`` names.

The cluster belongs to this checkout, listens on no port, and gives up durability for
speed: it holds nothing that cannot be built again.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import paths
from ..console import RuntimeProblem, say, step
from ..process import is_root
from . import debian
from .stamps import locked

ROLE = "odoo"
SERVER_USER = "postgres"
PORT = "5432"
# A socket's address has room for 107 bytes, name of the socket included.
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")
# Where to go when the checkout cannot be used: a place that every user can reach and
# that outlives a restart, and one with a short name.
ELSEWHERE = Path("/var/tmp")  # noqa: S108
SHORT = Path("/tmp")  # noqa: S108
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE_SECONDS = 10
# Lossless when the server is killed, though not when the machine is: see
# `_forget_after_crash`. Not `wal_level=minimal`: with it a killed server forgets the
# last values of sequences.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A reachable PostgreSQL server.

    ``env`` is what libpq programs and Odoo need in their environment to connect.
    """

    env: Mapping[str, str] = field(repr=False)
    is_private: bool = True

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Run SQL and return the rows as psql prints them, columns joined by ``|``.

        :raise RuntimeProblem: the server refused it; with what the server said
        """
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeProblem(f"PostgreSQL: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def answers(self) -> bool:
        """Say whether a connection can be made now."""
        try:
            return self.query("SELECT 1") == ["1"]
        except RuntimeProblem:
            return False


def ensure_server() -> Server:
    """Return a running server, after creating and starting the private one if needed.

    :raise RuntimeProblem: the server of ``PGHOST`` or the private one cannot be used
    """
    if os.environ.get("PGHOST"):
        return _own_server()
    debian.ensure_packages([debian.SERVER, debian.CLIENT])
    cluster = _Cluster.of_this_checkout()
    server = cluster.server()
    if not server.answers():
        with locked("postgres", "waiting for another start of PostgreSQL"):
            if not server.answers():
                cluster.create()
                cluster.start(server)
    return server


def stop_server() -> None:
    """Stop the private cluster if it runs."""
    if debian.postgres_programs() is not None:
        _Cluster.of_this_checkout().stop()


def remove_cluster() -> None:
    """Stop the private cluster and delete all its databases."""
    stop_server()
    if debian.postgres_programs() is not None:
        cluster = _Cluster.of_this_checkout()
        shutil.rmtree(cluster.home, ignore_errors=True)
        shutil.rmtree(cluster.socket_folder, ignore_errors=True)


def _own_server() -> Server:
    debian.ensure_packages([debian.CLIENT])
    env = {name: value for name, value in os.environ.items() if name != "PGDATABASE"}
    server = Server(env, is_private=False)
    try:
        rights = server.query(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except RuntimeProblem as problem:
        host = env["PGHOST"]
        raise RuntimeProblem(
            f"The server that PGHOST={host} names cannot be used: {problem}"
        ) from None
    if rights != ["t"]:
        raise RuntimeProblem(
            f"The role of PGHOST={env['PGHOST']} may not create databases: grant it "
            "CREATEDB, or name another one with PGUSER."
        )
    return server


@dataclass(frozen=True, slots=True)
class _Cluster:
    home: Path
    programs: Path
    user: str | None

    @classmethod
    def of_this_checkout(cls) -> "_Cluster":
        programs = debian.postgres_programs()
        # The server refuses to run as root, so that it runs as the user that its
        # Debian package created for it.
        user = SERVER_USER if is_root() else None
        home = paths.RUNTIME / "postgres"
        if user and not _can_enter(user, paths.RUNTIME):
            home = ELSEWHERE / f"lengow-connector-{paths.CHECKOUT_KEY}"
        return cls(home, programs, user)

    @property
    def data(self) -> Path:
        # One cluster per major version: another one cannot read its files.
        version = self.programs.parent.name
        return self.home / (version if version.isdigit() else "data")

    @property
    def socket_folder(self) -> Path:
        if len(os.fsencode(self.home / "run")) <= LONGEST_SOCKET_FOLDER:
            return self.home / "run"
        return SHORT / f"lengow-connector-{paths.CHECKOUT_KEY}"

    def server(self) -> Server:
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PG")
        }
        env |= {"PGHOST": str(self.socket_folder), "PGPORT": PORT, "PGUSER": ROLE}
        return Server(env)

    def create(self) -> None:
        """Initialise the cluster, complete or not at all."""
        for folder in (self.home, self.socket_folder):
            self._own(folder)
        self._forget_after_crash()
        if (self.data / "PG_VERSION").is_file():
            return
        with step("PostgreSQL cluster"):
            if not self.home.is_relative_to(paths.RUNTIME):
                say(f"  in {self.home}: {self.user} cannot enter {paths.RUNTIME}")
            draft = self.home / "draft"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(self.data, ignore_errors=True)
            self._run(
                "initdb",
                f"--pgdata={draft}",
                f"--username={ROLE}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            )
            draft.rename(self.data)

    def start(self, server: Server) -> None:
        """Start the server, also over what a killed one left behind."""
        self._forget_dead_server()
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run(
            "pg_ctl",
            f"--pgdata={self.data}",
            f"--log={self.home / 'server.log'}",
            f"--options={options}",
            "--wait",
            "--silent",
            "start",
        )
        for _attempt in range(50):
            if server.answers():
                return
            time.sleep(0.1)
        raise RuntimeProblem(f"PostgreSQL does not answer; see {self.home}/server.log.")

    def stop(self) -> None:
        if self._is_alive():
            self._run("pg_ctl", f"--pgdata={self.data}", "--mode=fast", "stop")

    def _forget_dead_server(self) -> None:
        """Remove what a killed server left behind, once none of its processes is left.

        PostgreSQL does so by itself, unless another program has got the dead server's
        process number in the meantime, as after a restart of the machine.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._is_alive():
            if time.monotonic() > deadline:
                return
            time.sleep(0.1)
        socket = self.socket_folder / f".s.PGSQL.{PORT}"
        for leftover in (self.data / "postmaster.pid", socket, Path(f"{socket}.lock")):
            leftover.unlink(missing_ok=True)

    def _is_alive(self) -> bool:
        # Every process of a server works in its data folder, and a dead one in none.
        for link in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                if link.readlink() == self.data:
                    return True
        return False

    def _forget_after_crash(self) -> None:
        """Drop the databases if the machine went down under the running server.

        Without fsync nobody knows what reached the disk, and all of it can be built
        again.
        """
        boot = BOOT_ID.read_text(encoding="utf-8") if BOOT_ID.exists() else ""
        note = self.home / "boot"
        known = note.read_text(encoding="utf-8") if note.exists() else boot
        if (self.data / "postmaster.pid").exists() and known != boot:
            say("  the machine stopped while PostgreSQL ran: new databases")
            shutil.rmtree(self.data)
        note.write_text(boot, encoding="utf-8")

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
        wanted = pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()
        if owner == wanted:
            return
        if owner != os.geteuid():
            raise RuntimeProblem(f"{folder} belongs to someone else: remove it.")
        shutil.chown(folder, self.user, self.user)

    def _run(self, program: str, *arguments: str) -> None:
        identity = {}
        if self.user:
            identity = {"user": self.user, "group": self.user, "extra_groups": []}
        log = paths.LOGS / f"{program}.log"
        # Into a file: a pipe would stay open for as long as the server lives.
        with log.open("w", encoding="utf-8") as output:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                check=False,
                **identity,
            )
        if done.returncode:
            for line in log.read_text(encoding="utf-8").splitlines()[-15:]:
                say(f"    {line}")
            raise RuntimeProblem(
                f"{program} failed; see {log} and {self.home}/server.log."
            )


def _can_enter(user: str, folder: Path) -> bool:
    trial = subprocess.run(
        ["test", "-x", str(folder)],
        user=user,
        group=user,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return trial.returncode == 0
