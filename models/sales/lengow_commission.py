from odoo import api, fields, models


class LengowCommission(models.Model):
    """What of an order's commission is booked, and where.

    A commission that changes afterwards has another one, for the difference. With the
    draft bill or the analytic entry it is deleted, too, and what it was for is booked
    anew.
    """

    _name = "lengow.commission"
    _description = "Booked Commission of a Marketplace Order"
    _inherit = ["lengow.guarded"]
    _order = "date desc, id desc"

    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # Accountants need not be able to read marketplace orders.
    order_name = fields.Char(
        related="order_id.name", string="Marketplace Order", store=True, index="trigram"
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        help="In whose books it is: those of the company that has the order.",
    )
    marketplace_id = fields.Many2one(
        related="order_id.marketplace_id", store=True, index=True
    )
    marketplace_name = fields.Char(
        related="order_id.marketplace_id.name", string="Name of the Marketplace"
    )
    date = fields.Date(string="Order Date", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="What is booked here of the commission that the marketplace tells.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Vendor Bill",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    analytic_line_id = fields.Many2one(
        "account.analytic.line",
        string="Analytic Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_company_id(self):
        for commission in self:
            company = commission.order_id.sudo().company_id
            commission.company_id = commission.company_id or company

    # === ACTION METHODS === #

    def action_open_order(self):
        """Open the order of this commission: whoever only keeps books has no other."""
        self.ensure_one()
        self.check_access("read")
        if self.env["lengow.order"].has_access("read"):
            return self.order_id._get_records_action()
        return self.order_id.sudo().sale_order_ids.sudo(False)._get_records_action()

    # === CRON METHODS === #

    @api.model
    def _cron_book_commissions(self):
        """Book the commissions that are due."""
        self.env["lengow.commission.booking"]._run()
