from odoo import models

# In the context: nobody searches for what is in a file.
NO_INDEX = "lengow_no_index"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _index(self, bin_data, file_type, checksum=None):
        """Override to keep no second copy of a large file in the database.

        Odoo keeps the words of each text that is attached, so that it can be searched:
        of a CSV file all of it.
        """
        if self.env.context.get(NO_INDEX):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)
