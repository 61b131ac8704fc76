"""Run the demo and keep Odoo and the sandbox running, to look around in a browser."""

import contextlib
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from .. import paths
from ..console import RuntimeProblem, say, step
from ..demo import DATABASE, Demo, finished_demo, print_report, shortcomings
from ..process import end_with_parent, ending, free_port, port_is_free
from ..sandbox_process import answers
from ..setup.stamps import forget_state, write_state

USUAL_PORT = 8069
LANGUAGE = paths.DEV / "odoo_scripts" / "language.py"
STATE = "serve"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--port", type=int, help=f"default: {USUAL_PORT}, or a free one"
    )
    parser.add_argument("--locale", help="the users' language, such as fr_FR")


def run(options: Namespace) -> int:
    """Serve until interrupted; return the exit code."""
    with finished_demo() as demo:
        print_report(demo.report)
        for problem in shortcomings(demo.report):
            say(f"✗ {problem}")
        if options.locale:
            speak(demo, options.locale)
        with served(demo, options.port) as process:
            process.wait()
    return process.returncode


def speak(demo: Demo, locale: str) -> None:
    """Let the users of the demo work in a language.

    :param locale: its code in Odoo, such as fr_FR
    """
    with step(f"loading {locale}"):
        demo.runtime.run_script(LANGUAGE, DATABASE, "language", LENGOW_LOCALE=locale)


@contextlib.contextmanager
def served(demo: Demo, port: int | None = None) -> Iterator[subprocess.Popen]:
    """Run Odoo with its scheduled actions on the demo's database until the end.

    :raise RuntimeProblem: it does not start; with the path of its log
    """
    port = port or (USUAL_PORT if port_is_free(USUAL_PORT) else free_port())
    log = paths.LOGS / "serve.log"
    arguments = [
        f"--database={DATABASE}",
        f"--db-filter=^{DATABASE}$",
        "--no-database-list",
        f"--http-port={port}",
        "--max-cron-threads=2",
        f"--logfile={log}",
    ]
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        demo.runtime.command(*arguments),
        env=demo.runtime.environment(),
        cwd=paths.RUNTIME,
        stdin=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )
    with ending(process, patience=20):
        if not answers(process, port, seconds=120):
            raise RuntimeProblem(f"Odoo does not start; see {log}.")
        write_state(STATE, {"port": port})
        say()
        say(f"Odoo      http://127.0.0.1:{port}/odoo   login admin, password admin")
        say("          or lengow, stock, accountant, beispiel (of a second company),")
        say("          each with its login as password")
        say(f"Sandbox   {demo.sandbox.url}   control side under /_sandbox/")
        say(f"Log       {log.relative_to(paths.ROOT)}")
        say("Ctrl-C stops both.")
        try:
            yield process
        finally:
            forget_state(STATE)
