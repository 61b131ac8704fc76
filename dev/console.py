"""What the person at the keyboard reads."""

import contextlib
import sys
import time
from collections.abc import Iterator


class RuntimeProblem(Exception):
    """Something that stops a command.

    Its text is one sentence that says what is missing and what to do about it; the
    command line prints it without a traceback and exits with 1.
    """


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a piece of work, and how long it took once it is done."""
    say(f"▸ {title}")
    started = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - started:.0f} s")
