from odoo import api, fields, models

from ...lengow_api import STATUS_TONES


class LengowStatusTone(models.AbstractModel):
    """What has a Lengow status, and shows it in the color of the status."""

    _name = "lengow.status.tone"
    _description = "Color of a Lengow Status"

    status_tone = fields.Char(
        compute="_compute_status_tone", search="_search_status_tone"
    )

    @api.depends("lengow_status")
    def _compute_status_tone(self):
        for record in self:
            record.status_tone = STATUS_TONES.get(record.lengow_status)

    def _search_status_tone(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [code for code, tone in STATUS_TONES.items() if tone in value]
        return [("lengow_status", "in", codes)]
