"""Odoo with OCA's job engine, and the addon that lets it do the connector's work."""

from dataclasses import replace

from . import paths
from .odoo import Runtime
from .setup.everything import WAITING
from .setup.stamps import locked
from .setup.venv import FOR_QUEUE_JOB, ensure_packages

ADDON = "lengow_connector_queue_job"


def with_queue_job(runtime: Runtime) -> Runtime:
    """Return a runtime that knows the engine and the addon.

    :param runtime: without them
    """
    with locked("setup", WAITING):
        packages = ensure_packages(FOR_QUEUE_JOB)
    # The engine's wheel is found like Odoo's own addons, below `odoo.addons`.
    return replace(runtime, packages=(packages,), addons=(paths.EXTRAS,))
