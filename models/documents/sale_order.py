from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "lengow.document.owner"]

    def _get_mail_thread_data_attachments(self):
        """Override of `mail` to show the documents among the record's files."""
        files = super()._get_mail_thread_data_attachments()
        return files | self.lengow_order_id._readable_document_files()
