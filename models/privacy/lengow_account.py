"""When the personal data of an account's orders goes."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..outbox.lengow_action import OPEN_STATES

# For how long an action may be on its way whose answer is not there yet: longer than
# the days after which a person is called.
LONGEST_WAY = timedelta(days=4)


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    anonymise_after_months = fields.Integer(
        string="Delete Personal Data After",
        default=6,
        required=True,
        help="How many months after the order date the buyer's data is deleted from "
        "Odoo. Lengow itself deletes it after six.",
    )
    anonymise_orders = fields.Boolean(
        string="Delete Buyers' Data",
        default=True,
        help="Off: the data stays until somebody deletes it order by order. That needs "
        "a reason, which is kept in the history of this account.",
    )
    anonymise_off_reason = fields.Char(
        string="Reason to Keep It",
        help="For example a dispute for which the data is evidence.",
    )
    invoice_retention_years = fields.Integer(
        string="Keep Invoiced Customers",
        default=10,
        required=True,
        help="For how many years the law requires a posted invoice to be kept as it "
        "is. The customer on it is archived and loses e-mail and phone at once, and "
        "the rest when the years have passed, which begin when the fiscal year of the "
        "invoice ends.",
    )

    _anonymise_after_months_range = models.Constraint(
        "CHECK(anonymise_after_months BETWEEN 1 AND 120)",
        "Personal data is deleted after 1 to 120 months.",
    )
    _invoice_retention_years_range = models.Constraint(
        "CHECK(invoice_retention_years BETWEEN 0 AND 30)",
        "Invoices are kept for 0 to 30 years.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("anonymise_orders", "anonymise_off_reason")
    def _check_anonymise_off_reason(self):
        """Let nobody keep personal data without saying why.

        :raise ValidationError: if the reason is missing
        """
        for account in self:
            if (
                not account.anonymise_orders
                and not (account.anonymise_off_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._("Say why the buyers' data is not deleted.")
                )

    # === HELPERS === #

    def _log_anonymisation(self):
        for account in self:
            if account.anonymise_orders:
                body = self.env._("Buyers' data is deleted again.")
            else:
                body = self.env._(
                    "Buyers' data is not deleted any more. Reason: %s",
                    account.anonymise_off_reason or "",
                )
            account._message_log(body=body)

    # === ACTION METHODS === #

    def action_preview_anonymisation(self):
        """Show what the next run deletes, and what it keeps and why."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete Buyers' Data"),
            "res_model": "lengow.order.anonymise",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _due_for_anonymisation_domain(self):
        """Return the domain of the orders whose time is over.

        That is our own time, or Lengow's where nothing is left to be done here.

        :rtype: list
        """
        self.ensure_one()
        limit = fields.Datetime.now() - relativedelta(
            months=self.anonymise_after_months
        )
        return [
            ("account_id", "=", self.id),
            ("anonymised_at", "=", False),
            (
                "action_ids",
                "not any",
                [
                    ("state", "in", ("sending", "unknown")),
                    ("sent_at", ">", fields.Datetime.now() - LONGEST_WAY),
                ],
            ),
            "|",
            "|",
            "&",
            ("is_anonymised_by_lengow", "=", True),
            *settled_domain(),
            ("order_date", "<", limit),
            # Lengow did not say when it was placed
            "&",
            ("order_date", "=", False),
            ("create_date", "<", limit),
        ]


def settled_domain():
    """Return the domain of orders with which nothing is left to be done here.

    A buyer is needed to deliver to, to invoice, and to tell the marketplace of.

    :rtype: list
    """
    open_sale = [
        "|",
        "|",
        "|",
        ("state", "in", ("draft", "sent")),
        ("invoice_status", "=", "to invoice"),
        ("picking_ids", "any", [("state", "not in", ("done", "cancel"))]),
        ("order_line.invoice_lines.parent_state", "=", "draft"),
    ]
    return [
        "&",
        ("sale_order_ids", "not any", open_sale),
        ("action_ids", "not any", [("state", "in", OPEN_STATES)]),
    ]
