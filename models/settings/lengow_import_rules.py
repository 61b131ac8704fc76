from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lengow_api import BEFORE_SHIPMENT_STATUSES, TO_ACCEPT_STATUSES

# Before it there was no Lengow; a year that is mistyped is soon in the far future.
EARLIEST = fields.Datetime.to_datetime("2010-01-01")
LONGEST_AHEAD = timedelta(days=366)
RULES = (
    "import_fulfilled_by_marketplace",
    "import_max_age_days",
    "import_orders_from",
    "import_taken_orders",
)


class LengowImportRules(models.AbstractModel):
    """Which orders become sale orders: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.import.rules"
    _description = "Lengow Import Rules"

    import_orders_from = fields.Datetime(
        string="Import Orders Placed From",
        tracking=True,
        copy=False,
        help="Orders that were placed before are listed and ignored, since another "
        "system has taken care of them. A person may still import one. Empty: from "
        "whenever.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("import_orders_from")
    def _check_import_orders_from(self):
        """Refuse a moment that nobody means.

        :raise ValidationError: naming the record, if the year is mistyped
        """
        latest = fields.Datetime.now() + LONGEST_AHEAD
        for record in self.filtered("import_orders_from"):
            if not EARLIEST <= record.import_orders_from <= latest:
                raise ValidationError(
                    self.env._(
                        "%(record)s: orders cannot be imported from %(year)s on. Enter "
                        "a date since 2010 and at most a year ahead.",
                        record=record.display_name,
                        year=record.import_orders_from.year,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to judge orders by rules that have changed."""
        names = [name for name in RULES if name in vals]
        before = {record: [record[name] for name in names] for record in self}
        result = super().write(vals)
        if names:
            changed = self.filtered(lambda r: [r[name] for name in names] != before[r])
            changed._follow_rules()
        return result

    # === BUSINESS METHODS === #

    def _follow_rules(self):
        """Judge anew what is open once the rules of these have changed.

        What was ignored comes back where it is still to be shipped; who wants the rest,
        too, imports it by hand.
        """
        if not self:
            return
        field = "account_id" if self._name == "lengow.account" else "marketplace_id"
        to_ship = (*TO_ACCEPT_STATUSES, *BEFORE_SHIPMENT_STATUSES)
        orders = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    (field, "in", self.ids),
                    "|",
                    ("import_state", "in", ("waiting", "ready", "error")),
                    "&",
                    ("import_state", "=", "ignored"),
                    "|",
                    ("lengow_status", "in", to_ship),
                    # whose status nobody knows
                    ("unread_from", "!=", False),
                ]
            )
        )
        self.env["lengow.second.look"]._look_soon(orders)
