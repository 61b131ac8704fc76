"""The Lengow sandbox as a program of its own, for as long as a block lasts."""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import RuntimeProblem
from .process import end_with_parent, ending, free_port, port_is_free

USUAL_PORT = 8969
# Wants neither this machine's proxy nor anything else between.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: where it listens, and what it holds."""

    url: str

    def orders(self) -> list[dict]:
        """Return every order of the sandbox, in the shape that Lengow sends."""
        with _direct.open(f"{self.url}/_sandbox/orders", timeout=30) as answer:
            found = json.load(answer)
        return found if isinstance(found, list) else found["orders"]


@contextlib.contextmanager
def running_sandbox(python: Path, *, action_delay: float = 2) -> Iterator[Sandbox]:
    """Run the sandbox with its demo orders; on its usual port when that is free.

    :param python: an interpreter that has the sandbox's requirements
    :param action_delay: seconds that an action takes to have its effect
    :raise RuntimeProblem: it does not start; with the path of its log
    """
    port = USUAL_PORT if port_is_free(USUAL_PORT) else free_port()
    log = paths.LOGS / "sandbox.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [
                python,
                "-m",
                "sandbox",
                f"--port={port}",
                f"--action-delay={action_delay}",
            ],
            cwd=paths.ROOT,
            env={**os.environ, "PYTHONNOUSERSITE": "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
        )
        with ending(process):
            if not answers(process, port, seconds=30):
                raise RuntimeProblem(f"The sandbox does not start; see {log}.")
            yield Sandbox(f"http://127.0.0.1:{port}")


def answers(process: subprocess.Popen, port: int, seconds: float) -> bool:
    """Wait until a program listens on a port; say whether it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        time.sleep(0.1)
    return False
