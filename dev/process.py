"""Start other programs: quietly with a log, or in the foreground."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from . import paths
from .console import RuntimeProblem, say

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>, Linux alone
HEARTBEAT_SECONDS = 10
TAIL_LINES = 30


def _tail(log: Path, lines: int) -> list[str]:
    text = log.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()][-lines:]


def run_logged(
    command: Sequence[str | Path],
    log_name: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin_text: str | None = None,
) -> Path:
    """Run a program whose output goes to a log, with a sign of life every ten seconds.

    :param log_name: name of the file in ``.runtime/log/``, without its ending
    :param stdin_text: what the program reads on its standard input; nothing if None
    :return: the path of the log
    :raise RuntimeProblem: the program failed; the end of its log was printed
    """
    log = paths.LOGS / f"{log_name}.log"
    stdin = subprocess.DEVNULL if stdin_text is None else subprocess.PIPE
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            text=True,
            preexec_fn=end_with_parent,
        )
        with ending(process):
            if stdin_text is not None:
                process.stdin.write(stdin_text)
                process.stdin.close()
            _wait_with_heartbeat(process, log)
    if process.returncode:
        for line in _tail(log, TAIL_LINES):
            say(f"    {line}")
        name = Path(command[0]).name
        raise RuntimeProblem(f"{name} failed ({process.returncode}); see {log}.")
    return log


def _wait_with_heartbeat(process: subprocess.Popen, log: Path) -> None:
    started = time.monotonic()
    while True:
        try:
            process.wait(HEARTBEAT_SECONDS)
            return
        except subprocess.TimeoutExpired:
            last = _tail(log, 1) or [""]
            elapsed = time.monotonic() - started
            say(f"  … {elapsed:.0f} s  {last[0].strip()[:90]}")


@contextlib.contextmanager
def ending(process: subprocess.Popen, patience: float = 10) -> Iterator[None]:
    """End a program that is still running when the block is left, however it is."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def end_with_parent() -> None:
    """Ask the system to end this new process when the one that started it is gone.

    For ``Popen(preexec_fn=…)``: even a parent that was killed leaves nothing behind.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_free(port: int) -> bool:
    """Say whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_root() -> bool:
    """Say whether this process may do what only root may."""
    return os.geteuid() == 0
