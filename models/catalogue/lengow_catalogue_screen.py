"""What only the screens of a catalog need: sentences and smart buttons."""

from datetime import timedelta
from itertools import pairwise
from statistics import median

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import babel_locale_parse

MINUTE = timedelta(minutes=1)
# Of so many of the last pulls is said how often Lengow comes.
PULLS_LOOKED_AT = 20
# What Lengow asks for again and again, and gets: a file, or that it has not changed.
PULL_STATUSES = (200, 304)
NOT_CHANGED = 304
# The check of the address looks as a stranger would.
OWN_AGENT = "Odoo-Lengow-Check"


class LengowCatalogueScreen(models.AbstractModel):
    """The face of a catalog."""

    _name = "lengow.catalogue.screen"
    _description = "Screens of Lengow Catalogs"

    last_fetch_at = fields.Datetime(compute="_compute_fetch_text")
    fetch_text = fields.Char(string="Fetched", compute="_compute_fetch_text")
    freshness_text = fields.Char(
        string="Last Refresh", compute="_compute_freshness_text"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "listed_count", "withdrawn_count")
    @api.depends_context("lang")
    def _compute_fetch_text(self):
        for catalogue in self:
            pulls = self.env["lengow.catalogue.fetch"].search(
                [
                    ("catalogue_id", "=", catalogue._origin.id),
                    # A look at it says more after the name, such as ?limit=10.
                    ("file", "=like", "catalogue.%"),
                    ("file", "not like", "?"),
                    ("status", "in", PULL_STATUSES),
                    # A question beforehand brings nothing, and is no pull.
                    "|",
                    ("status", "=", NOT_CHANGED),
                    ("size", ">", 0),
                    ("agent", "!=", OWN_AGENT),
                ],
                order="fetched_at desc, id desc",
                limit=PULLS_LOOKED_AT,
            )
            catalogue.last_fetch_at = pulls[:1].fetched_at
            catalogue.fetch_text = (
                catalogue._pull_text(pulls) if pulls else catalogue._no_pull_text()
            )

    @api.depends("refreshed_at")
    @api.depends_context("lang")
    def _compute_freshness_text(self):
        cron = self.env.ref("lengow_connector.cron_refresh_catalogues").sudo()
        now = fields.Datetime.now()
        for catalogue in self:
            if not catalogue.refreshed_at:
                catalogue.freshness_text = self.env._("Not yet")
                continue
            ago = catalogue._span(catalogue.refreshed_at - now, add_direction=True)
            if not cron.active:
                catalogue.freshness_text = self.env._(
                    "%s; its scheduled action is switched off", ago
                )
                continue
            # What is due already begins within the next minute.
            wait = max(cron.nextcall - now, MINUTE)
            catalogue.freshness_text = self.env._(
                "%(ago)s, next %(wait)s",
                ago=ago,
                wait=catalogue._span(wait, add_direction=True),
            )

    # === ACTION METHODS === #

    def action_preview(self):
        """Show the first rows as Lengow reads them, and any row with its sources."""
        self.ensure_one()
        self.check_access("read")
        return self.env["lengow.catalogue.preview"]._open_for(self)

    def action_open_rows(self):
        """Open what these catalogs list."""
        self.check_access("read")
        return self._open_own("lengow_catalogue_row_action", [("state", "=", "listed")])

    def action_open_out_of_stock(self):
        """Open the rows of these catalogs of which nothing is left."""
        self.check_access("read")
        return self._open_own(
            "lengow_catalogue_row_action",
            [("state", "=", "listed"), ("quantity", "=", 0)],
        )

    def action_open_withdrawn(self):
        """Open the rows that leave these catalogs."""
        self.check_access("read")
        return self._open_own(
            "lengow_catalogue_row_action", [("state", "=", "withdrawn")]
        )

    def action_open_products(self):
        """Open the products that these catalogs list."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "product.product_normal_action_sell"
        )
        rows = [("catalogue_id", "in", self.ids), ("state", "=", "listed")]
        return {
            **action,
            "domain": [("lengow_row_ids", "any", rows)],
            "context": {"create": False},
        }

    def action_open_changes(self):
        """Open what would change at Lengow once these catalogs are released."""
        self.check_access("read")
        return self._open_own("lengow_catalogue_change_action")

    def action_open_issues(self):
        """Open what is wrong with the products of these catalogs."""
        self.check_access("read")
        return self._open_own("lengow_catalogue_issue_action")

    def action_open_errors(self):
        """Open what keeps products of these catalogs from being offered."""
        self.check_access("read")
        return self._open_own(
            "lengow_catalogue_issue_action", [("level", "=", "error")]
        )

    def action_open_unknown(self):
        """Open the orders that lower no quantity, since nobody knows their SKUs."""
        self.check_access("read")
        stock, orders = self.env["lengow.catalogue.stock"], self.env["lengow.order"]
        for catalogue in self:
            orders |= orders.browse(stock._begin(catalogue).unknown_orders.ids)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lengow_connector.lengow_order_action"
        )
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    def action_open_fetches(self):
        """Open when Lengow has fetched these catalogs."""
        self.check_access("read")
        return self._open_own("lengow_catalogue_fetch_action")

    def action_open_address(self):
        """Show what is to be done in Lengow, with the address to copy."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("lengow_connector.lengow_catalogue_view_form_address")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add %s in Lengow", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # === HELPERS === #

    def _open_own(self, xml_id, domain=()):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"lengow_connector.{xml_id}"
        )
        # The filters that the menu sets would hide what was asked for.
        return {
            **action,
            "domain": [("catalogue_id", "in", self.ids), *domain],
            "context": {},
        }

    def _pull_text(self, pulls):
        """Say when Lengow came last, how often it comes and what it got."""
        last = pulls[0]
        said = {
            "ago": self._span(
                last.fetched_at - fields.Datetime.now(), add_direction=True
            ),
            "rows": self._attachment("catalogue.csv").description or 0,
            "answer": self._answer_text(last.status),
        }
        times = pulls.mapped("fetched_at")
        spans = [later - earlier for later, earlier in pairwise(times)]
        # Looks in quick succession are somebody's trial, and no rhythm.
        if len(spans) > 1 and median(spans) >= MINUTE:
            said["often"] = self._span(median(spans))
            return self.env._(
                "Lengow fetched it %(ago)s, about every %(often)s. Rows: %(rows)s, "
                "%(answer)s",
                **said,
            )
        return self.env._(
            "Lengow fetched it %(ago)s. Rows: %(rows)s, %(answer)s", **said
        )

    def _answer_text(self, status):
        if status == NOT_CHANGED:
            return self.env._("nothing new")
        return self.env._("the whole file")

    def _no_pull_text(self):
        if self.state == "draft":
            return self.env._("Nothing can be fetched before it is published.")
        return self.env._("Lengow has not fetched it yet: add its address there.")

    @api.model
    def _span(self, delta, **kwargs):
        """Say a span of time as people do, such as “9 minutes ago”.

        :param timedelta delta: negative for what is past
        :rtype: str
        """
        return format_timedelta(
            delta,
            granularity="minute",
            threshold=2,
            locale=babel_locale_parse(self.env.lang),
            **kwargs,
        )
