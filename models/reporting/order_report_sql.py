"""The query behind `lengow.order.report`.

    orders of a period, with their rate ─► their lines, each with its share of the order

It only joins, so that PostgreSQL applies a period, a company or a marketplace to the
orders first, by their indexes, and reads of their lines what is asked for.

Columns are named once, in :func:`_columns`. The aliases: `o` is an order, `line` one of
its lines, `sold` the sale order line that it became.
"""

from odoo.tools import SQL

from ...lengow_api import (
    BEFORE_SHIPMENT_STATUSES,
    CANCELED_STATUSES,
    REFUNDED_STATUSES,
)


def query(env):
    """Return the rows of the report, of the companies that the user works in.

    :param odoo.api.Environment env: of the user
    :rtype: SQL
    """
    columns = SQL(", ").join(
        SQL("%s AS %s", expression, SQL.identifier(name))
        for name, expression in _columns(env).items()
    )
    return SQL("SELECT %s FROM %s", columns, _tables(env))


def has_margin(env):
    """Whether `sale_margin` is there, which tells the margin of a sale order line.

    :param odoo.api.Environment env: of anybody
    :rtype: bool
    """
    return "margin" in env["sale.order.line"]._fields


# === COLUMNS === #


def _columns(env):
    kept = _kept()
    share = SQL("COALESCE(line.order_share, 1)")
    commission = SQL("o.amount_commission * %s", share)
    late, canceled, refunded = _is_late(), _is_canceled(), _is_refunded()
    return {
        "id": SQL("COALESCE(line.id, -o.id)"),
        "order_id": SQL("o.id"),
        "account_id": SQL("o.account_id"),
        "marketplace_id": SQL("o.marketplace_id"),
        "company_id": SQL("o.company_id"),
        "country_id": SQL("o.country_id"),
        "order_date": SQL("o.order_date"),
        "lengow_status": SQL("o.lengow_status"),
        "import_state": SQL("o.import_state"),
        "order_currency_id": SQL("o.currency_id"),
        "currency_id": SQL("%s", env.company.currency_id.id),
        "product_id": SQL("line.product_id"),
        "sku": SQL("line.sku"),
        "quantity": SQL("line.quantity * line.kept_share"),
        "amount_ordered": converted(SQL("line.amount_total")),
        "amount_canceled": converted(SQL("(line.amount_total - %s)", kept)),
        "amount_total": converted(kept),
        "amount_refunded": converted(_refunded()),
        "amount_shipping": converted(SQL("o.amount_shipping * %s", share)),
        "amount_commission": converted(commission),
        "amount_net": converted(SQL("(COALESCE(%s, 0) - %s)", kept, commission)),
        "amount_margin": _margin(env, commission),
        "order_count": SQL("o.id"),
        "late_count": SQL("CASE WHEN %s THEN o.id END", late),
        "canceled_count": SQL("CASE WHEN %s THEN o.id END", canceled),
        "refunded_count": SQL("CASE WHEN %s THEN o.id END", refunded),
        "is_late": late,
        "is_canceled": canceled,
        "is_refunded": refunded,
        "has_no_rate": SQL("%s IS NULL", _rate()),
        "hours_to_accept": _hours(SQL("o.accepted_at")),
        "hours_to_ship": _hours(SQL("o.shipped_at")),
        # the weight of a row where orders are averaged
        "order_weight": _weight(),
    }


def _kept():
    """Return what was not canceled of a line."""
    return SQL("line.amount_total * line.kept_share")


def _refunded():
    # What is given back of a canceled line was never revenue.
    return SQL("CASE WHEN line.kept_share > 0 THEN line.amount_refunded ELSE 0 END")


def converted(amount):
    """Return an amount of an order in the currency of the user's company.

    :param SQL amount: in the currency of the order, which is `o`
    :rtype: SQL
    """
    return SQL("%s / %s * account_currency_table.rate", amount, _rate())


def _rate():
    """Return the rate of the order's day, NULL where there was none."""
    return SQL("NULLIF(o.currency_rate, 0)")


def _margin(env, commission):
    if not has_margin(env):
        return SQL("NULL::numeric")
    margin = SQL(
        "CASE WHEN sale.state = 'cancel' THEN 0"
        " ELSE sold.margin / COALESCE(NULLIF(sale.currency_rate, 0), 1) END"
    )
    return SQL(
        "(%s - %s / %s) * account_currency_table.rate",
        margin,
        commission,
        _rate(),
    )


def _weight():
    """Return the part of an order that a row is where hours are averaged."""
    return SQL(
        "(SELECT 1.0 / GREATEST(COUNT(*), 1) FROM lengow_order_line sibling"
        " WHERE sibling.order_id = o.id)"
    )


def _hours(moment):
    return SQL("EXTRACT(EPOCH FROM %s - o.order_date) / 3600", moment)


# === CONDITIONS === #


def _is_late():
    """Shipped after its deadline, or past it and still to be shipped."""
    return SQL(
        "COALESCE(o.ship_before < CASE"
        " WHEN o.shipped_at IS NOT NULL THEN o.shipped_at"
        " WHEN o.lengow_status IN %s THEN now() AT TIME ZONE 'UTC' END, FALSE)",
        tuple(BEFORE_SHIPMENT_STATUSES),
    )


def _is_canceled():
    return SQL(
        "(o.lengow_status IN %s OR COALESCE(line.kept_share < 1, FALSE))",
        tuple(CANCELED_STATUSES),
    )


def _is_refunded():
    return SQL(
        "(o.lengow_status IN %s OR COALESCE(%s > 0, FALSE))",
        tuple(REFUNDED_STATUSES),
        _refunded(),
    )


# === TABLES === #


def _tables(env):
    return SQL(
        """
        lengow_order o
        JOIN %(currencies)s ON account_currency_table.company_id = o.company_id
        LEFT JOIN lengow_order_line line ON line.order_id = o.id
        LEFT JOIN sale_order_line sold ON sold.id = line.sale_line_id
        LEFT JOIN sale_order sale ON sale.id = sold.order_id
        """,
        currencies=env["res.currency"]._get_simple_currency_table(env.companies),
    )
