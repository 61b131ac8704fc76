"""How orders are grouped on the screen: statuses in the order of an order's life."""

from odoo import api, fields, models


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    lengow_status = fields.Selection(group_expand="_sort_statuses")

    @api.model
    def _sort_statuses(self, statuses, domain):
        """Return the statuses that orders have, from new to closed, not by alphabet.

        :param list statuses: the ones to be shown as columns
        :param domain: unused; columns without an order stay away
        """
        life = self._fields["lengow_status"].get_values(self.env)
        return sorted(statuses, key=life.index)

    @api.model
    def _search_panel_selection_range(self, field_name, **kwargs):
        """Override of `web` to list statuses in the order of an order's life."""
        shown = super()._search_panel_selection_range(field_name, **kwargs)
        life = self._fields[field_name].get_values(self.env)
        return sorted(shown, key=lambda value: life.index(value["id"]))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `base`: on a phone, one list of cards instead of columns."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban" and options.get("mobile"):
            arch.attrib.pop("default_group_by", None)
        return arch, view
