"""Which orders are to be imported, or looked at again."""

from odoo.fields import Domain

from ...lengow_api import IMPORTABLE_STATUSES

CONNECTED = Domain("account_id.state", "!=", "draft") & Domain(
    "account_id.active", "=", True
)
READY = Domain("import_state", "=", "ready")
# They waited for their account to be set up only, and a click had no time for them.
RELEASED = (
    Domain("import_state", "=", "waiting")
    & Domain("lengow_status", "in", list(IMPORTABLE_STATUSES))
    & Domain("account_id.setup_state", "!=", "held")
    & Domain("line_ids", "not any", [("lengow_status", "=", "waiting_acceptance")])
)
# A setting has changed that concerns them, and whoever did it could not wait.
OUTDATED = Domain("is_outdated", "=", True)
