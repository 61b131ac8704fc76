from odoo import api, models


class LengowMending(models.AbstractModel):
    """What may be wrong with it can keep orders from being imported.

    Wherever and by whoever it is mended, the orders that waited for it go on.
    """

    _name = "lengow.mending"
    _description = "What Lengow Orders May Wait For"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have orders go on that waited for such a record."""
        records = super().create(vals_list)
        self.env["lengow.mend"]._note_mended(records)
        return records

    def write(self, vals):
        """Override to have orders go on that waited for such a change."""
        mend = self.env["lengow.mend"]
        known = mend._names_of(self) if mend._may_mend(self, vals) else set()
        result = super().write(vals)
        mend._note_mended(self, vals, known)
        return result

    def unlink(self):
        """Override to have orders go on that only such a record kept from it."""
        mend = self.env["lengow.mend"]
        known = mend._names_of(self) if mend._may_mend(self) else set()
        result = super().unlink()
        if known:
            mend._note_mended(self.browse(), known=known)
        return result
