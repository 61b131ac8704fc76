from odoo import api, fields, models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    is_busy = fields.Boolean(
        compute="_compute_is_busy",
        search="_search_is_busy",
        help="Whether it has orders that wait for somebody, or had new ones lately.",
    )
    overview = fields.Json(
        compute="_compute_overview", help="What its card on the overview shows."
    )
    overview_graph = fields.Text(
        compute="_compute_overview", help="Its new orders by day, as bars."
    )

    # === COMPUTE METHODS === #

    def _compute_is_busy(self):
        busy = self.env["lengow.overview"]._busy_marketplaces()
        for marketplace in self:
            marketplace.is_busy = marketplace in busy

    def _search_is_busy(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("id", "in", self.env["lengow.overview"]._busy_marketplaces().ids)]

    def _compute_overview(self):
        for marketplace, (card, graph) in (
            self.env["lengow.overview"]._cards(self).items()
        ):
            marketplace.overview = card
            marketplace.overview_graph = graph

    # === VIEWS === #

    @api.model
    @api.readonly
    def get_overview(self):
        """Return what the head of the overview shows, over all marketplaces.

        :return: the jobs with their numbers, how the accounts do, and what is left to
            do to set them up
        :rtype: dict
        """
        overview = self.env["lengow.overview"]
        return {
            "jobs": overview._jobs(),
            "health": overview._health(),
            "checklists": self.env["lengow.setup"]._checklists(),
        }

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `base` to teach the overview what there is none of."""
        help_message = super().get_empty_list_help(help_message)
        if not self.env.context.get("lengow_overview"):
            return help_message
        return self.env["lengow.overview"]._help_where_empty(help_message)

    # === ACTION METHODS === #

    def action_sync_now(self):
        """Synchronize every connected account that the user sees.

        :return: a notification with the counts
        :raise RedirectWarning: to the accounts, if none is connected
        """
        return self.env["lengow.order"].action_sync_now()
