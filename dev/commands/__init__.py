"""One module per command, each with ``add_options(parser)`` and ``run(options)``."""

from . import setup, shell, stop, test

COMMANDS = (setup, test, shell, stop)
