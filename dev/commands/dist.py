"""Build the wheel and the archive that merchants install, into ``dist/``."""

from argparse import ArgumentParser, Namespace

from .. import dist, paths
from ..console import say
from ..setup.stamps import locked
from ..setup.venv import ensure_venv


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Build all of them and say where they are; return the exit code.

    :raise RuntimeProblem: this is no checkout of git, or the wheel cannot be built
    """
    paths.prepare_runtime()
    with locked("setup", "waiting for another set-up of this checkout"):
        python = ensure_venv()
    built = dist.build(python)
    for one in (built, *built.extras):
        for path in (one.wheel, one.archive):
            say(f"{path.relative_to(paths.ROOT)}  {path.stat().st_size // 1024} kB")
    return 0
