from odoo import fields, models


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
