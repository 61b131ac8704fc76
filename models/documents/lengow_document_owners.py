"""Sale orders and invoices show the documents of their Lengow order."""

from odoo import api, fields, models


class LengowDocumentOwner(models.AbstractModel):
    """What a record with a `lengow_order_id` offers for its documents."""

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
        return self.env["lengow.document"]._open_documents(
            [("order_id", "in", self.sudo().lengow_order_id.ids)]
        )


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "lengow.document.owner"]

    def _get_mail_thread_data_attachments(self):
        """Override of `mail` to show the documents among the record's files."""
        files = super()._get_mail_thread_data_attachments()
        return files | self.lengow_order_id._readable_document_files()


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "lengow.document.owner"]

    lengow_order_name = fields.Char(
        related="lengow_order_id.name", string="Marketplace Order"
    )
    lengow_marketplace_name = fields.Char(
        related="lengow_order_id.marketplace_id.name", string="Marketplace"
    )

    def _get_mail_thread_data_attachments(self):
        """Override of `mail` to show the documents among the record's files."""
        files = super()._get_mail_thread_data_attachments()
        return files | self.lengow_order_id._readable_document_files()
