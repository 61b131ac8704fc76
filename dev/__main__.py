"""The command line behind the Makefile: ``python3 -m dev COMMAND``."""

import argparse
import signal
import sys
from collections.abc import Sequence

if sys.version_info < (3, 11):  # noqa: UP036 (whatever python3 is on this machine)
    sys.exit("Python 3.11 or newer is needed: name one with make PYTHON=python3.11.")

from .commands import COMMANDS
from .console import RuntimeProblem, say


def main(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(prog="dev", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        summary = (command.__doc__ or "").splitlines()[0]
        options = commands.add_parser(name, help=summary, description=summary)
        command.add_options(options)
        options.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    # End like Ctrl-C does, so that nothing that was started is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.run(options)
    except RuntimeProblem as problem:
        say(f"✗ {problem}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
