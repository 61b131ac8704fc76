"""Remember what a step was built from, and let one set-up run at a time."""

import contextlib
import fcntl
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from .. import paths
from ..console import say


def digest(*parts: str | bytes | Path) -> str:
    """Return a short key of texts, bytes and the contents of files, in order.

    :return: twelve hexadecimal digits
    """
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif isinstance(part, str):
            part = part.encode()
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()[:12]


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it.

    Threads may write the same one at once, as shares of the tests do.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{threading.get_native_id()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def read_state(name: str) -> dict:
    """Return what was last remembered under a name; empty when nothing (usable) was."""
    try:
        return json.loads((paths.STATE / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def write_state(name: str, state: dict) -> None:
    """Remember a small dictionary under a name until it is overwritten."""
    text = json.dumps(state, indent=1, sort_keys=True)
    write_atomically(paths.STATE / f"{name}.json", text)


def forget_state(name: str) -> None:
    """Forget what was remembered under a name."""
    (paths.STATE / f"{name}.json").unlink(missing_ok=True)


@contextlib.contextmanager
def locked(name: str, waiting: str | None = None) -> Iterator[bool]:
    """Hold a lock of this checkout; it is free again when the process ends, however.

    :param waiting: what to say before waiting for another holder; None does not wait
    :return: whether the lock is held; always true where waiting was allowed
    """
    with (paths.LOCKS / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is None:
                yield False
                return
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield True
