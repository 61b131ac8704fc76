from odoo import api, fields, models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    accepts_invoices = fields.Boolean(
        string="Takes Our Invoices",
        compute="_compute_accepts_invoices",
        help="Whether Lengow can hand our invoices to this marketplace.",
    )
    send_invoices = fields.Boolean(
        string="Send Our Invoices",
        default=True,
        help="Invoices and credit notes of its orders are sent to the marketplace when "
        "they are posted, where it takes them.",
    )
    invoiced_by_marketplace = fields.Boolean(
        help="The marketplace issues the invoice to the buyer itself, in your name: "
        "Odoo makes none for its orders, and sends none.",
    )

    @api.depends("definition")
    def _compute_accepts_invoices(self):
        for marketplace in self:
            definition = marketplace._get_definition()
            marketplace.accepts_invoices = bool(
                definition and definition.accepts_invoices
            )

    def _wants_invoices(self):
        """Return whether our invoices are to be sent to this marketplace.

        :rtype: bool
        """
        return (
            self.accepts_invoices
            and self.send_invoices
            and not self.invoiced_by_marketplace
        )
