"""The connector on OCA's job engine: the addon's own tests, and a day with real jobs.

Two Odoo processes, of which some are killed, do what the scheduled actions hand over.
"""

import os

import pytest

from dev import paths
from dev.commands.test import OdooTests
from dev.queue_job import ADDON, with_queue_job
from dev.setup.databases import Databases
from dev.setup.everything import ensure_runtime

SCRIPT = paths.DEV / "odoo_scripts" / "engine_day.py"


@pytest.fixture(scope="module")
def runtime_and_template():
    runtime, template = ensure_runtime()
    return with_queue_job(runtime), template


@pytest.fixture(scope="module")
def database(runtime_and_template):
    """The name of a copy of the template database."""
    runtime, template = runtime_and_template
    databases = Databases(runtime.server)
    name = f"lengow_queue_job_{os.getpid()}"
    databases.copy(template, name)
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def counts(runtime_and_template, database):
    """The outcome of the addon's own tests, which have installed it."""
    tests = OdooTests(*runtime_and_template, is_verbose=False, addon=ADDON)
    return tests.run_on(database, "--init", f"/{ADDON}", number="queue-job")


def test_addon_passes_its_own_tests(counts):
    assert counts.passed
    assert not counts.failed


def test_everything_happens_once_whoever_is_killed(
    runtime_and_template, database, counts
):
    runtime, _template = runtime_and_template
    log = runtime.run_script(SCRIPT, database, "engine")
    told = log.read_text(encoding="utf-8")
    assert "one process killed" in told
    assert "after a lost answer: sent once, and found" in told
    assert "after a kill: sent once, and found" in told
