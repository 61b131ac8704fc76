"""What an order's currency was worth when it was placed, kept as sale orders keep it.

    an order comes in, or its date or currency changes ──► Odoo's rate of that day
    a currency gets its first rate ──► the orders that had none

Kept, since whoever adds up a year of orders would look up the rate of each otherwise.
"""

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists

from ...mapper.rates import find_rates, rate_of_asked


class LengowOrderRate(models.AbstractModel):
    """The rate of a marketplace order."""

    _name = "lengow.order.rate"
    _description = "Currency Rate of a Lengow Order"

    currency_rate = fields.Float(
        compute="_compute_currency_rate",
        digits=0,
        store=True,
        help="How much of the order's currency one of the company's was worth on the "
        "day of the order. Zero: Odoo has no rate of that currency.",
    )

    def _auto_init(self):
        """Override to give a rate to the orders of an earlier version all at once."""
        cr, table = self.env.cr, self._table
        if table_exists(cr, table) and not column_exists(cr, table, "currency_rate"):
            create_column(cr, table, "currency_rate", "numeric")
            self._fill_rates()
        return super()._auto_init()

    @api.depends("currency_id", "order_date", "company_id")
    def _compute_currency_rate(self):
        for company, orders in self.grouped("company_id").items():
            rates = rates_in(orders, company)
            for order in orders:
                order.currency_rate = rates[order]

    @api.model
    def _fill_rates(self):
        """Give every order its rate anew."""
        _fill(self.env, SQL("TRUE"))

    @api.model
    def _fill_missing_rates(self, currencies):
        """Give a rate to the orders that came in when there was none of their currency.

        :param res.currency currencies: that have got rates
        """
        self.env.flush_all()
        is_missing = SQL(
            "COALESCE(o.currency_rate, 0) = 0 AND o.currency_id IN %s",
            tuple(currencies.ids) or (0,),
        )
        _fill(self.env, is_missing)
        self.env["lengow.order"].invalidate_model(["currency_rate"], flush=False)


def rates_in(orders, company):
    """Return what orders' currencies were worth in that of a company, maybe not theirs.

    Odoo itself would count 1 as 1 where it has no rate.

    :param lengow.order orders: some
    :param res.company company: whose currency and rates count
    :return: how much of its currency one of the company's was worth on the day of each
        order; zero where Odoo has no rate
    :rtype: dict[lengow.order, float]
    """
    today = fields.Date.today()
    foreign = {
        order: (
            order.currency_id.id,
            company.id,
            order.order_date.date() if order.order_date else today,
        )
        for order in orders
        if company and order.currency_id and order.currency_id != company.currency_id
    }
    found = find_rates(orders.env, set(foreign.values()))
    return {
        order: (found.get(foreign[order]) or 0.0)
        if order in foreign
        else float(bool(company and order.currency_id))
        for order in orders
    }


def _fill(env, condition):
    """Write the rates of some orders, looking each up once for a currency and day.

    :param SQL condition: about the orders `o`
    """
    env.cr.execute(
        SQL(
            """
            WITH asked AS (
                SELECT DISTINCT o.currency_id, o.company_id,
                       COALESCE(o.order_date, now())::date AS day
                  FROM lengow_order o
                 WHERE o.currency_id IS NOT NULL AND %(condition)s
            ), found AS (
                SELECT asked.*,
                       CASE WHEN asked.currency_id = company.currency_id THEN 1.0
                            ELSE %(rate)s END AS rate
                  FROM asked
                  JOIN res_company company ON company.id = asked.company_id
            )
            UPDATE lengow_order o
               SET currency_rate = found.rate
              FROM found
             WHERE o.currency_id = found.currency_id
               AND o.company_id = found.company_id
               AND COALESCE(o.order_date, now())::date = found.day
               AND %(condition)s
            """,
            rate=rate_of_asked(),
            condition=condition,
        )
    )
