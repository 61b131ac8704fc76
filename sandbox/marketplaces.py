"""Definitions of marketplaces: files, status maps and the endpoint that serves them."""

import json
from pathlib import Path

from .replies import json_reply

DATA = Path(__file__).parent / "data"


def load_marketplaces():
    """Return the definitions of ``data/marketplaces``: code -> definition."""
    definitions = {}
    for path in sorted((DATA / "marketplaces").glob("*.json")):
        definitions.update(json.loads(path.read_text(encoding="utf-8")))
    return definitions


USUAL_CODES = ("Unshipped",)
"""Raw statuses that are the usual ones although their channel's map names others
first."""


def raw_status(definition, status):
    """Return the usual raw status of a channel for a Lengow status, or None."""
    if not isinstance(definition, dict):
        return None
    codes = definition["orders"]["status"].get(status) or [None]
    return next((code for code in codes if code in USUAL_CODES), codes[0])


def lengow_status_of(definition, code):
    """Return the Lengow status that a channel's raw status stands for, or None."""
    for status, codes in definition["orders"]["status"].items():
        if code in codes:
            return status
    return None


def known_statuses(definition):
    """Return the Lengow statuses that a channel's map knows, in its own order."""
    return [status for status, codes in definition["orders"]["status"].items() if codes]


def list_marketplaces(state, request, account):
    """Answer ``GET /v3.0/marketplaces``: an object keyed by code, never paged."""
    code = request.args.get("marketplace")
    definitions = state.marketplaces
    if code:
        definitions = {code: definitions[code]} if code in definitions else {}
    return json_reply(definitions)
