"""The whole set-up in the order that its parts need each other."""

from .. import paths
from ..odoo import Runtime
from . import debian
from .odoo_source import ensure_odoo
from .postgres import ensure_server
from .stamps import locked
from .template import ensure_template
from .venv import ensure_venv

WAITING = "waiting for another set-up of this checkout"


def ensure_runtime() -> tuple[Runtime, str]:
    """Return a runtime that can run Odoo, and the name of its template database.

    Only what is missing or out of date is built, so that a second call takes a second.

    :raise RuntimeProblem: something is missing that cannot be had from here
    """
    paths.prepare_runtime()
    with locked("setup", WAITING):
        debian.ensure_packages([debian.BROWSER, debian.FONTS, debian.REPORTS])
        python = ensure_venv()
        server = ensure_server()
        source = ensure_odoo()
        runtime = Runtime(source, python, server)
        return runtime, ensure_template(runtime)
