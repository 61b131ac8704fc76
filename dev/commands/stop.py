"""Stop the private PostgreSQL server; everything stays where it is."""

from argparse import ArgumentParser, Namespace

from .. import paths
from ..setup.postgres import remove_cluster, stop_server


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--remove", action="store_true", help="also delete the server's databases"
    )


def run(options: Namespace) -> int:
    """Stop the server; return the exit code."""
    paths.prepare_runtime()
    if options.remove:
        remove_cluster()
    else:
        stop_server()
    return 0
