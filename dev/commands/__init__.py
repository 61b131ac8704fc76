"""One module per command, each with ``add_options(parser)`` and ``run(options)``."""

from . import (
    bench,
    demo,
    dist,
    format,
    lint,
    screenshots,
    serve,
    setup,
    shell,
    stop,
    test,
    test_modules,
    translations,
    upgrade,
)

COMMANDS = (
    setup,
    demo,
    serve,
    test,
    test_modules,
    lint,
    format,
    bench,
    shell,
    screenshots,
    translations,
    upgrade,
    dist,
    stop,
)
