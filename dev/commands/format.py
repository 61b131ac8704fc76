"""Format Python, XML and JavaScript, and fix what the linters can fix themselves."""

from argparse import ArgumentParser, Namespace

from .. import paths
from ..process import run_logged
from ..setup.venv import python
from .lint import check_formatting, ensure_tools


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Format everything in place; return the exit code."""
    prettier = ensure_tools()
    ruff = python().parent / "ruff"
    run_logged([ruff, "check", "--fix-only", "--quiet", "."], "fix", cwd=paths.ROOT)
    run_logged([ruff, "format", "--quiet", "."], "format", cwd=paths.ROOT)
    return 0 if check_formatting(prettier, "--write") else 1
