"""Run the tests: plain pytest first, then Odoo's with tours in a headless browser.

A full run deals Odoo's tests out, one share a core, and installs the addon in a fresh
copy of the template database for each. Naming tests narrows the run; Odoo tests named
so use one kept database, which is only updated.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from .. import paths
from ..console import RuntimeProblem, say
from ..odoo import Runtime
from ..process import end_with_parent, ending, free_port
from ..setup.databases import Databases
from ..setup.everything import WAITING, ensure_runtime
from ..setup.node import ensure_axe
from ..setup.stamps import forget_state, locked, write_state
from ..setup.venv import ensure_venv, python
from ..test_results import Counts, OdooLog, read_junit
from ..test_shares import cores, deal, odoo_test_files
from ..workbench import WORKBENCH, is_current_copy

PLAIN_FOLDERS = ("tests/lengow_api", "tests/catalogue", "sandbox/tests", "dev/tests")
ALL_ODOO_TESTS = f"/{paths.ADDON}"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "only",
        nargs="*",
        help="a test file or folder, a pytest node (FILE::TEST) or Odoo test tags "
        "(:Class.method); everything if left out",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget the kept database first"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show every line of Odoo's log"
    )


def run(options: Namespace) -> int:
    """Run the tests and print the counts as the last line; return the exit code."""
    plain, tags = split_targets(options.only)
    for target in plain:
        _check_there(target)
    counts = Counts()
    if plain:
        paths.prepare_runtime()
        with locked("setup", "waiting for another set-up of this checkout"):
            ensure_venv()
    if not tags:
        for target in plain:
            counts += _run_pytest(target)
    else:
        runtime, template = ensure_runtime()
        odoo = OdooTests(runtime, template, options.verbose)
        shares = [tags] if options.only else tags_of_shares()
        # A share keeps one core busy; the others, and pytest, are done beside it.
        with ThreadPoolExecutor(len(shares)) as beside:
            runs = [
                beside.submit(odoo.run, share, number=number)
                for number, share in enumerate(shares[1:], 2)
            ]
            runs += [beside.submit(_run_pytest, one, is_beside=True) for one in plain]
            try:
                counts += odoo.run(
                    shares[0],
                    is_kept=bool(options.only),
                    is_fresh=options.fresh,
                    number=1 if shares[1:] else None,
                )
            except BaseException:
                # Whoever gives up does not wait for what has not begun.
                beside.shutdown(wait=False, cancel_futures=True)
                raise
            for run_beside in runs:
                counts += run_beside.result()
    for name in counts.names:
        say(f"✗ {name[:200]}")
    say(str(counts))
    return 0 if counts.passed and not counts.failed else 1


def split_targets(only: list[str]) -> tuple[list[str], str]:
    """Tell the pytest targets from the Odoo test tags.

    :param only: what was asked for; everything if empty
    :return: pytest targets, and test tags joined by commas
    :raise RuntimeProblem: a path that does not exist
    """
    if not only:
        return list(PLAIN_FOLDERS), ALL_ODOO_TESTS
    plain, tags = [], []
    for target in (name.removeprefix("./") for name in only):
        if target[0] in ":.":
            tags.append(f"/{paths.ADDON}{target}")
        elif target[0] == "/":
            tags.append(target)
        elif _plain_folder(target):
            plain.append(target)
        else:
            tags.append(_tag_of_file(target))
    return plain, ",".join(tags)


def tags_of_shares() -> list[str]:
    """Return the test tags of all of Odoo's tests, for runs side by side."""
    files = odoo_test_files()
    return [
        ",".join(_tag_of_file(f"tests/{file.name}") for file in share)
        for share in deal(files, cores())
    ] or [ALL_ODOO_TESTS]


def _plain_folder(target: str) -> str | None:
    path = os.path.normpath(target.split("::")[0])
    for folder in PLAIN_FOLDERS:
        if path == folder or path.startswith(f"{folder}/"):
            return folder
    return None


def _tag_of_file(target: str) -> str:
    name, _, rest = target.partition(":")
    if not (paths.ROOT / name).exists():
        raise RuntimeProblem(f"There is no test file {name}.")
    selector = f":{rest}" if rest else ""
    if name.rstrip("/") == "tests":
        return ALL_ODOO_TESTS + selector
    return f"/{paths.ADDON}/{os.path.normpath(name)}{selector}"


def _check_there(target: str) -> None:
    if not (paths.ROOT / target.split("::")[0]).exists():
        raise RuntimeProblem(f"There is no test file or folder {target}.")


def _run_pytest(target: str, *, is_beside: bool = False) -> Counts:
    """Run pytest on a target inside one of the folders that it may be used on.

    What it prints comes at its end where it runs beside other tests.

    Each folder has a ``pytest.ini``, which makes it pytest's root: the folders above
    are packages that import Odoo, and pytest would import them on its way down.
    """
    report = paths.LOGS / f"pytest-{os.getpid()}.xml"
    report.unlink(missing_ok=True)
    if not is_beside:
        say(f"▸ pytest {target}")
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1"}
    done = subprocess.run(
        [python(), "-m", "pytest", f"--junitxml={report}", target],
        cwd=paths.ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if is_beside else None,
        stderr=subprocess.STDOUT if is_beside else None,
        text=True,
        errors="replace",
        check=False,
    )
    if is_beside:
        say(f"▸ pytest {target}\n{done.stdout.rstrip()}")
    counts = read_junit(report, done.returncode)
    report.unlink(missing_ok=True)
    return counts


class OdooTests:
    """One run of Odoo's own test runner on a database of its own."""

    def __init__(
        self,
        runtime: Runtime,
        template: str,
        is_verbose: bool,
        addon: str = paths.ADDON,
    ):
        self.addon = addon
        self.runtime = runtime
        self.template = template
        self.is_verbose = is_verbose
        self.databases = Databases(runtime.server)

    def run(
        self,
        tags: str,
        *,
        is_kept: bool = False,
        is_fresh: bool = False,
        number: int | None = None,
    ) -> Counts:
        """Run the tests that the tags name; return their counts.

        :param number: of the share of the tests, where others run beside it
        """
        with self._database(is_kept, is_fresh, number) as (name, action):
            return self.run_on(name, action, tags, number)

    def run_on(
        self, name: str, action: str, tags: str, number: int | str | None = None
    ) -> Counts:
        """Run tests on a database; return their counts.

        :param action: how the addon gets there: ``--init`` or ``--update``
        :param number: of the share of the tests, or what tells them from the others
        """
        what = f"share {number} of Odoo's tests" if number else f"Odoo tests {tags}"
        say(f"▸ {what} on {name}")
        log = OdooLog()
        exit_code = self._stream(
            [
                f"--database={name}",
                f"{action}={self.addon}",
                f"--test-tags={tags}",
                "--stop-after-init",
                "--max-cron-threads=0",
                f"--http-port={free_port()}",
            ],
            log,
            number,
        )
        return log.counts(exit_code)

    @contextmanager
    def _database(
        self, is_kept: bool, is_fresh: bool, number: int | None
    ) -> Iterator[tuple[str, str]]:
        with locked(WORKBENCH) as is_mine:
            # Somebody else at the kept database: take a copy instead of waiting.
            if is_kept and is_mine:
                yield self._kept_database(is_fresh)
                return
        name = "_".join(["lengow_test", str(os.getpid()), *_numbered(number)])
        try:
            self.databases.copy(self.template, name)
            yield name, "--init"
        finally:
            self.databases.drop(name)

    def _kept_database(self, is_fresh: bool) -> tuple[str, str]:
        if not is_fresh and is_current_copy(self.runtime, WORKBENCH, self.template):
            # The tests change the source's state for nobody, but this run's update is
            # not one that others can rely on if it fails half-way.
            write_state(WORKBENCH, {"template": self.template})
            return WORKBENCH, "--update"
        forget_state(WORKBENCH)
        self.databases.copy(self.template, WORKBENCH)
        write_state(WORKBENCH, {"template": self.template})
        return WORKBENCH, "--init"

    def _stream(
        self, arguments: list[str], log: OdooLog, number: int | str | None
    ) -> int:
        path = paths.LOGS / f"{'-'.join(['odoo-tests', *_numbered(number)])}.log"
        # Where shares run side by side, each line says whose it is.
        mark = "".join(f"{share}| " for share in _numbered(number))
        with locked("setup", WAITING):
            axe = ensure_axe()
        with (
            subprocess.Popen(
                self.runtime.command(*arguments),
                env={**self.runtime.environment(), "LENGOW_AXE": str(axe)},
                cwd=paths.RUNTIME,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                preexec_fn=end_with_parent,
            ) as process,
            ending(process),
            path.open("w", encoding="utf-8") as file,
        ):
            for line in process.stdout:
                file.write(line)
                if log.feed(line.rstrip("\n")) or self.is_verbose:
                    sys.stdout.write(mark + line)
                    sys.stdout.flush()
            process.wait()
        say(f"  whole log: {Path(path).relative_to(paths.ROOT)}")
        return process.returncode


def _numbered(number: int | str | None) -> list[str]:
    return [] if number is None else [str(number)]
