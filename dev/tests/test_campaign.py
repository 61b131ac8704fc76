"""The outbox under faults and kills, with real processes and a database of its own.

The short form of what ``make bench B=bench_faults`` does at length.
"""

import json
import os

import pytest

from dev import paths
from dev.setup.databases import Databases
from dev.setup.everything import ensure_runtime

SCRIPT = paths.DEV / "odoo_scripts" / "campaign.py"


@pytest.fixture
def installed():
    """A runtime, and the name of a database with the addon."""
    runtime, template = ensure_runtime()
    databases = Databases(runtime.server)
    name = f"lengow_campaign_{os.getpid()}"
    databases.copy(template, name)
    try:
        runtime.run(
            f"--database={name}",
            f"--init={paths.ADDON}",
            "--stop-after-init",
            "--no-http",
            log_name="campaign-install",
        )
        yield runtime, name
    finally:
        databases.drop(name)


def test_every_action_happens_exactly_once_whatever_fails(installed):
    runtime, database = installed
    request = {"actions": 60, "seed": 20260115, "seconds": 240}
    log = runtime.run_script(
        SCRIPT, database, "fault-campaign", LENGOW_CAMPAIGN=json.dumps(request)
    )
    assert "actions in" in log.read_text(encoding="utf-8")
