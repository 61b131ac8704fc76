"""Measure the addon against bare Odoo, as ratios within one run.

Each benchmark is a script in ``dev/bench/``. It runs in an Odoo shell on a database of
its own, prints what it measured, and exits with a message when a limit is not kept.
"""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .. import paths, queue_job
from ..console import RuntimeProblem, say, step
from ..odoo import Runtime, script_source
from ..setup.databases import Databases
from ..setup.everything import ensure_runtime

BENCHES = paths.DEV / "bench"
# Measures the addon on the job engine, which has to be there.
WITH_QUEUE_JOB = {"bench_queue_job"}
# Takes minutes, so somebody must ask for it.
BY_NAME_ALONE = {
    "bench_catalogue",
    "bench_growth",
    "bench_memory",
    "bench_queries",
    "bench_screens",
    *WITH_QUEUE_JOB,
}


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "only", nargs="*", help="names of benchmarks; default: the quick ones"
    )


def run(options: Namespace) -> int:
    """Run the benchmarks one after the other; return the exit code.

    :raise RuntimeProblem: there is no benchmark, or none of a given name
    """
    scripts = _scripts(options.only)
    runtime, template = ensure_runtime()
    databases = Databases(runtime.server)
    base = f"lengow_bench_{os.getpid()}"
    failing = []
    try:
        databases.copy(template, base)
        _install(runtime, base)
        for script in scripts:
            say(f"▸ {script.stem}")
            if _measure(runtime, databases, base, script):
                failing.append(script.stem)
    finally:
        databases.drop(base)
    if failing:
        say(f"✗ over the limit: {', '.join(failing)}")
    return 1 if failing else 0


def _scripts(only: list[str]) -> list[Path]:
    found = {path.stem: path for path in sorted(BENCHES.glob("bench_*.py"))}
    if not found:
        raise RuntimeProblem(f"There is no benchmark in {BENCHES}.")
    unknown = [name for name in only if name not in found]
    if unknown:
        raise RuntimeProblem(
            f"There is no benchmark {unknown[0]}; there are {', '.join(found)}."
        )
    names = only or [name for name in found if name not in BY_NAME_ALONE]
    return [found[name] for name in names]


def _install(runtime: Runtime, database: str, addon: str = paths.ADDON) -> None:
    with step(f"installing {addon} in {database}"):
        runtime.run(
            f"--database={database}",
            f"--init={addon}",
            "--stop-after-init",
            "--no-http",
            log_name="bench-install",
        )


def _measure(runtime: Runtime, databases: Databases, base: str, script: Path) -> int:
    name = f"{base}_run"
    databases.copy(base, name)
    try:
        if script.stem in WITH_QUEUE_JOB:
            runtime = queue_job.with_queue_job(runtime)
            _install(runtime, name, queue_job.ADDON)
        return runtime.foreground(
            "shell",
            f"--database={name}",
            "--no-http",
            "--log-level=warn",
            stdin=[script_source(script)],
        )
    finally:
        databases.drop(name)
