"""Build everything that the other commands need, and nothing else."""

from argparse import ArgumentParser, Namespace

from ..console import say
from ..setup.everything import ensure_runtime


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Set everything up; return the exit code."""
    runtime, template = ensure_runtime()
    say(f"ready: Odoo {runtime.source.key}, template database {template}")
    return 0
