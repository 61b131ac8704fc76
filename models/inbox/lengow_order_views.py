"""How lists and boards of orders are drawn, apart from what stands in the views."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

# Of use to whoever looks into the addon, and to nobody who looks for an order.
TECHNICAL_FIELDS = frozenset(
    {
        "accept_warned_for",
        "auto_accept_examined",
        "difference_key",
        "dismissed_from",
        "imported_payload",
        "is_anonymised_by_lengow",
        "is_asked_for",
        "is_error_new",
        "is_outdated",
        "keyword",
        "payload",
        "payload_digest",
        "pending_kind",
        "pending_since",
        "pickup_ref",
        "reported_error",
        "ship_warned_for",
        "shipment_planned_at",
        "status_tone",
        "unread_end",
        "unread_from",
        "unread_retry_at",
        "unread_since",
    }
)


class LengowOrderViews(models.AbstractModel):
    """What the web client asks about the orders that it is to show."""

    _name = "lengow.order.views"
    _description = "Views of Lengow Orders"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override of `base` to offer nothing technical for filters and groups.

        The developer mode offers everything. Nothing else changes: a filter that has
        such a field goes on working.
        """
        described = super().fields_get(allfields, attributes)
        if self.env.user.has_group("base.group_no_one"):
            return described
        for name in TECHNICAL_FIELDS & described.keys():
            for use in {"searchable", "groupable"} & described[name].keys():
                described[name][use] = False
        return described

    def export_data(self, fields_to_export):
        """Override of `base` to keep who has exported which orders."""
        exported = super().export_data(fields_to_export)
        today = fields.Date.context_today(self)
        name = f"{today} {self.env._('marketplace orders')} (Odoo)"
        self.env["lengow.disclosure"]._record(self.ids, name)
        return exported

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `base`: where there are orders, the search shows none of them."""
        help_message = super().get_empty_list_help(help_message)
        of_all = self.env.context.get("lengow_all_orders")
        if not of_all or not self.search_count([], limit=1):
            return help_message
        return Markup(
            "<p class='o_view_nocontent_smiling_face'>%(title)s</p><p>%(text)s</p>"
        ) % {
            "title": self.env._("No order here"),
            "text": self.env._("Nothing is as you search for, or all of it is done."),
        }

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """Override of `base`: searching depends on how many accounts there are."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, view_type == "search" and self._has_many_accounts())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of `base` for phones and for several accounts.

        On a phone, one list of cards instead of columns. Where several accounts sell at
        the same marketplaces, these are listed by account.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban" and options.get("mobile"):
            arch.attrib.pop("default_group_by", None)
        if view_type == "search" and self._has_many_accounts():
            for node in arch.iterfind("searchpanel/field[@name='marketplace_id']"):
                node.set("groupby", "account_id")
        return arch, view

    @api.model
    def _search_panel_domain_image(
        self, field_name, domain, set_count=False, limit=False
    ):
        """Override of `web`: which marketplaces sell needs no look at all orders."""
        is_asked = field_name == "marketplace_id" and not set_count
        if not (is_asked and Domain(domain).is_true()):
            return super()._search_panel_domain_image(
                field_name, domain, set_count, limit
            )
        # Of the orders that are seen: whether one may open the marketplace is another
        # question.
        Marketplace = self.env["lengow.marketplace"].sudo()
        selling = Marketplace.with_context(active_test=False).search(
            [("order_ids", "any", self._search([]))], limit=limit or None
        )
        return {
            marketplace.id: {
                "id": marketplace.id,
                "display_name": marketplace.display_name,
            }
            for marketplace in selling
        }

    @api.model
    def _has_many_accounts(self):
        # As their names do: orders of one that is archived are listed, too.
        Account = self.env["lengow.account"].with_context(active_test=False)
        return Account.search_count([], limit=2) > 1

    @api.model
    def _sort_statuses(self, statuses, domain):
        """Return the statuses that orders have, from new to closed, not by alphabet.

        :param list statuses: the ones to be shown as columns
        :param domain: unused; columns without an order stay away
        """
        life = self._fields["lengow_status"].get_values(self.env)
        return sorted(statuses, key=life.index)
