from odoo import models

KEYS = ("res_model", "res_field", "res_id")


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        """Override to keep people from making something a file that Lengow reads.

        Odoo asks whether they may change what it was, and not what becomes of it.
        """
        result = super().write(vals)
        if not self.env.su and not vals.keys().isdisjoint(KEYS):
            files = self.filtered(
                lambda file: file.res_field and file.res_model == "lengow.catalogue"
            )
            files.check_access("write")
        return result
