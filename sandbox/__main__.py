"""``python -m sandbox``: serve until interrupted."""

import argparse
import sys
import threading
import time

from .server import SandboxServer


def main(arguments=None):
    """Start a server, print its address and keys, and serve until interrupted.

    :param arguments: command line without the program; default: that of the process
    """
    options = _parser().parse_args(arguments)
    server = SandboxServer(
        options.port,
        seed=not options.no_seed,
        action_delay=options.action_delay,
        # A client that outlives the server must not be given a number twice.
        first_action_id=int(time.time()),
    )
    if options.samples:
        server.state.load_samples()
    try:
        server.start()
    except OSError as error:
        raise SystemExit(f"Port {options.port} cannot be used: {error}") from error
    count = len(server.state.records())
    sys.stdout.write(
        f"Lengow sandbox at {server.url} with {count} orders\n"
        f"Access token {server.keys[0]}, secret {server.keys[1]}\n"
    )
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


def _parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8969, help="0 takes a free one")
    parser.add_argument(
        "--no-seed", action="store_true", help="start without the demo orders"
    )
    parser.add_argument(
        "--samples", action="store_true", help="also put the recorded orders"
    )
    parser.add_argument(
        "--action-delay",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="from an action to its effect (default 2)",
    )
    return parser


if __name__ == "__main__":
    main()
