from odoo import api, fields, models


class LengowDocumentOwner(models.AbstractModel):
    """What a record with a `lengow_order_id` offers for its documents.

    So sale orders and invoices show the documents of their Lengow order.
    """

    _name = "lengow.document.owner"
    _description = "Has Marketplace Documents"

    lengow_document_count = fields.Integer(
        string="Marketplace Documents", compute="_compute_lengow_document_count"
    )

    @api.depends("lengow_order_id")
    def _compute_lengow_document_count(self):
        # A number only: who may see which documents is decided when they are opened.
        orders_sudo = self.sudo().lengow_order_id
        counts = {order.id: order.document_count for order in orders_sudo}
        for record in self:
            record.lengow_document_count = counts.get(
                record.sudo().lengow_order_id.id, 0
            )

    def action_open_lengow_documents(self):
        """Open the marketplace's documents of these records."""
        self.check_access("read")
        return self.env["lengow.document"]._open_documents(
            [("order_id", "in", self.sudo().lengow_order_id.ids)]
        )
