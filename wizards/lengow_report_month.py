from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from babel.dates import format_date
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse

# How far back the months are offered.
MONTHS = 36
MEASURES = {
    "order_count": "count_distinct",
    "amount_total": "sum",
    "amount_commission": "sum",
    "amount_net": "sum",
    "canceled_count": "count_distinct",
    "amount_canceled": "sum",
    "refunded_count": "count_distinct",
    "amount_refunded": "sum",
    "late_count": "count_distinct",
}


class Row(NamedTuple):
    """What the page says of a marketplace, or of all of them."""

    marketplace: object
    """A `lengow.marketplace`; empty for the totals."""
    values: dict
    """Of the measures of `lengow.order.report`, by name; amounts in the company's
    currency."""

    @property
    def late_share(self):
        """The late ones among the orders, in percent."""
        return 100 * self.values["late_count"] / (self.values["order_count"] or 1)


class LengowReportMonth(models.TransientModel):
    """A page a month, to print: what a company sold on its marketplaces."""

    _name = "lengow.report.month"
    _description = "Monthly Report on Marketplaces"
    _inherit = ["lengow.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Selection(
        selection="_selection_month",
        required=True,
        default=lambda self: self._month_key(1),
    )
    marketplace_ids = fields.Many2many(
        "lengow.marketplace",
        string="Marketplaces",
        domain="[('account_id.served_company_ids', 'in', [company_id])]",
        help="All of them if none is chosen.",
    )

    # === FIELDS AS THEY ARE SHOWN === #

    @api.model
    def _selection_month(self):
        """Return the months that can be printed, the current one first."""
        locale = babel_locale_parse(self.env.lang)
        return [
            (key, format_date(_first_day(key), "LLLL yyyy", locale=locale).capitalize())
            for key in map(self._month_key, range(MONTHS))
        ]

    @api.model
    def _month_key(self, back):
        """Return a month as it is stored: `2026-01`.

        :param int back: how many months ago, on the user's calendar
        """
        today = fields.Date.context_today(self)
        return f"{today - relativedelta(months=back):%Y-%m}"

    @api.depends("month")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Marketplaces, %s", report._month_label() or ""
            )

    # === ACTION METHODS === #

    def action_print(self):
        """Print the page as PDF.

        :raise UserError: if there is no order to tell about
        """
        self.ensure_one()
        if not self._orders().search_count(self._domain(), limit=1):
            raise UserError(
                self.env._("There is no marketplace order in %s.", self._month_label())
            )
        report = self.env.ref("lengow_connector.lengow_report_month_report")
        return report.report_action(self)

    # === WHAT THE PAGE SAYS === #

    def _rows(self):
        """Return a row for each marketplace that had orders, the largest one first.

        :rtype: list[Row]
        """
        groups = self._read_measures(["marketplace_id"])
        rows = [Row(marketplace, values) for (marketplace,), values in groups]
        return sorted(rows, key=lambda row: -row.values["amount_total"])

    def _totals(self):
        """Return the row of all marketplaces together.

        :rtype: Row
        """
        ((_keys, values),) = self._read_measures([])
        return Row(self.env["lengow.marketplace"], values)

    def _unconverted(self):
        """Say which orders' amounts do not count, by the currency without rate.

        :rtype: list[str]
        """
        groups = self._orders()._read_group(
            [*self._domain(), ("has_no_rate", "=", True)],
            ["order_currency_id"],
            ["order_count:count_distinct"],
        )
        return [
            self.env._(
                "Orders in %(currency)s without an exchange rate: %(count)s. They "
                "count, their amounts do not.",
                count=count,
                currency=currency.name or self.env._("an unknown currency"),
            )
            for currency, count in groups
        ]

    def _read_measures(self, groupby):
        """Return the measures of the period, by group.

        :param list groupby: names of fields
        :return: the values of `groupby`, and the measures by name
        :rtype: list[tuple[tuple, dict]]
        """
        groups = self._orders()._read_group(
            self._domain(),
            groupby,
            [f"{name}:{aggregator}" for name, aggregator in MEASURES.items()],
        )
        return [
            (
                group[: len(groupby)],
                {
                    name: value or 0
                    for name, value in zip(MEASURES, group[len(groupby) :], strict=True)
                },
            )
            for group in groups
        ]

    def _orders(self):
        """Return the analysis, of this company and in its currency."""
        return self.env["lengow.order.report"].with_context(
            allowed_company_ids=self.company_id.ids
        )

    def _domain(self):
        start, end = self._period()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("order_date", ">=", start),
            ("order_date", "<", end),
        ]
        if self.marketplace_ids:
            domain.append(("marketplace_id", "in", self.marketplace_ids.ids))
        return domain

    def _period(self):
        """Return when the month begins and when the next one does.

        It is a month of the user's clock, as the analysis groups by it.

        :rtype: tuple[datetime, datetime]
        """
        first = _first_day(self.month)
        return self._midnight(first), self._midnight(first + relativedelta(months=1))

    def _midnight(self, day):
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return midnight.astimezone(UTC).replace(tzinfo=None)

    def _days(self):
        """Return the first and the last day of the month.

        :rtype: tuple[date, date]
        """
        first = _first_day(self.month)
        return first, first + relativedelta(months=1) - timedelta(days=1)

    def _month_label(self):
        return dict(self._selection_month()).get(self.month)


def _first_day(month):
    return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007  (a day has no zone)
