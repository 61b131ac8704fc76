"""Take the README's screenshots of the demo that make serve is showing."""

import os
import subprocess
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import paths
from ..console import RuntimeProblem, say
from ..process import port_is_free
from ..setup.stamps import read_state
from ..setup.venv import python
from .serve import STATE


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--shots",
        type=Path,
        default=paths.DEV / "screenshots.json",
        help="JSON file with the list of pictures",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=paths.ROOT / "static" / "description",
        help="folder for the pictures",
    )


def run(options: Namespace) -> int:
    """Take the pictures; return the exit code.

    :raise RuntimeProblem: make serve is not running
    """
    port = read_state(STATE).get("port")
    if not port or port_is_free(port):
        raise RuntimeProblem("Run make serve in another terminal first.")
    say("▸ screenshots")
    arguments = [options.shots.resolve(), options.output.resolve()]
    done = subprocess.run(
        [python(), "-m", "dev.browser", f"http://127.0.0.1:{port}", *arguments],
        cwd=paths.ROOT,
        env={**os.environ, "PYTHONNOUSERSITE": "1"},
        check=False,
    )
    return done.returncode
