"""What part of its order a line is, kept for the analysis.

    a line comes in, or some of the order is canceled ──► the shares of all its lines

Kept, since whoever adds up a year of commissions would look at the lines of each order
otherwise.
"""

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists

from ...lengow_api import CANCELED_STATUSES, LEFT_OUT_LINE_STATUSES

SHARES = ("kept_share", "order_share")


class LengowOrderLine(models.Model):
    _inherit = "lengow.order.line"

    kept_share = fields.Float(
        compute="_compute_kept_share",
        digits=0,
        store=True,
        help="The part of the line that was not canceled, from 0 to 1.",
    )
    order_share = fields.Float(
        compute="_compute_order_share",
        digits=0,
        store=True,
        help="The line's part of what is kept of its order, else of what was ordered; "
        "lines of no amount at all share alike.",
    )

    def _auto_init(self):
        """Override to give shares to the lines of an earlier version all at once."""
        cr, table = self.env.cr, self._table
        is_new = table_exists(cr, table) and not column_exists(cr, table, SHARES[0])
        if is_new:
            for name in SHARES:
                create_column(cr, table, name, "numeric")
        result = super()._auto_init()
        if is_new:
            self._fill_shares()
        return result

    # === COMPUTE METHODS === #

    @api.depends(
        "quantity", "quantity_canceled", "lengow_status", "order_id.lengow_status"
    )
    def _compute_kept_share(self):
        for line in self:
            if (
                line.order_id.lengow_status in CANCELED_STATUSES
                or line.lengow_status in LEFT_OUT_LINE_STATUSES
            ):
                line.kept_share = 0.0
            elif line.quantity_canceled > 0 and line.quantity > 0:
                canceled = line.quantity_canceled / line.quantity
                line.kept_share = max(1 - canceled, 0.0)
            else:
                line.kept_share = 1.0

    @api.depends(
        "order_id.line_ids.kept_share",
        "order_id.line_ids.amount_total",
    )
    def _compute_order_share(self):
        for order, lines in self.grouped("order_id").items():
            siblings = order.line_ids | lines
            # Beside a deduction, parts of a sum may be thousands of times the whole.
            weights = {line: max(line.amount_total, 0.0) for line in siblings}
            kept = sum(weights[line] * line.kept_share for line in siblings)
            ordered = sum(weights.values())
            for line in lines:
                if kept:
                    line.order_share = weights[line] * line.kept_share / kept
                elif ordered:
                    line.order_share = weights[line] / ordered
                else:
                    line.order_share = 1 / len(siblings)

    @api.model
    def _fill_shares(self):
        """Give every line its shares anew, as they are computed one by one."""
        self.env.cr.execute(
            SQL(
                """
                WITH kept AS (
                    SELECT l.id, l.order_id, GREATEST(l.amount_total, 0) AS amount,
                           CASE WHEN o.lengow_status IN %(order_statuses)s
                                     OR l.lengow_status IN %(line_statuses)s THEN 0
                                WHEN l.quantity_canceled > 0 AND l.quantity > 0
                                THEN GREATEST(1 - l.quantity_canceled / l.quantity, 0)
                                ELSE 1 END AS share
                      FROM lengow_order_line l
                      JOIN lengow_order o ON o.id = l.order_id
                ), shared AS (
                    SELECT id, share, amount,
                           SUM(amount * share) OVER siblings AS order_kept,
                           SUM(amount) OVER siblings AS order_ordered,
                           COUNT(*) OVER siblings AS order_lines
                      FROM kept
                    WINDOW siblings AS (PARTITION BY order_id)
                )
                UPDATE lengow_order_line l
                   SET kept_share = share,
                       order_share = COALESCE(amount * share / NULLIF(order_kept, 0),
                                              amount / NULLIF(order_ordered, 0),
                                              1.0 / order_lines)
                  FROM shared
                 WHERE shared.id = l.id
                """,
                order_statuses=tuple(CANCELED_STATUSES),
                line_statuses=tuple(LEFT_OUT_LINE_STATUSES),
            )
        )
