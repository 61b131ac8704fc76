"""The query behind `lengow.tax.report`.

    orders of a period ─► the lines that their sale orders book, each with its tax
                          and its share of the VAT that the marketplace tells

It joins line by line, so that PostgreSQL applies a period or a company to the orders
first. The aliases: `o` is an order, `told` what its own lines tell, `sold` a line of
its sale orders.
"""

from odoo.tools import SQL

from ...mapper.sale_mapper import BESIDE
from .order_report_sql import converted

# How a difference of cents comes about: half of one for each line, and the order.
ROUNDINGS = 1.5


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


# === COLUMNS === #


def _columns(env):
    return {
        "id": SQL("sold.line_id"),
        "order_id": SQL("o.id"),
        "sale_order_id": SQL("sold.sale_id"),
        "account_id": SQL("o.account_id"),
        "marketplace_id": SQL("o.marketplace_id"),
        "company_id": SQL("o.company_id"),
        "country_id": SQL("o.country_id"),
        "territory": SQL("o.tax_territory"),
        "order_date": SQL("o.order_date"),
        "is_business": SQL("o.is_business"),
        "fiscal_position_id": SQL("sold.fiscal_position_id"),
        "tax_id": SQL("sold.tax_id"),
        "product_id": SQL("sold.product_id"),
        "currency_id": SQL("%s", env.company.currency_id.id),
        "amount_untaxed": converted(SQL("sold.untaxed")),
        "amount_tax": converted(SQL("sold.vat")),
        "amount_told": converted(_told_share()),
        "amount_difference": converted(SQL("(%s - sold.vat)", _told_share())),
        "order_count": SQL("o.id"),
        "is_told": SQL("%s IS NOT NULL", _told()),
        "is_different": _is_different(),
    }


def _told():
    """Return the VAT that the marketplace tells of what is kept, NULL if it does not.

    Zero means that a channel does not tell it, but of a business. What was left out or
    canceled, be it the fee, is still in the sum of the order; then only its lines can
    tell, and only of an order that sells nothing beside them.
    """
    is_whole = SQL("(told.is_whole AND COALESCE(o.left_out_fee, 0) = 0)")
    return SQL(
        "CASE WHEN sold.is_collected THEN NULL"
        " WHEN %(is_whole)s AND (o.amount_tax > 0 OR o.is_business) THEN o.amount_tax"
        " WHEN NOT %(is_whole)s AND told.is_by_line AND sold.is_goods_alone"
        " THEN told.by_line END",
        is_whole=is_whole,
    )


def _told_share():
    """Return the part of it that a line has by its own VAT, else by its amount."""
    return SQL(
        "%s * COALESCE(sold.vat / NULLIF(sold.order_vat, 0),"
        " sold.untaxed / NULLIF(sold.order_untaxed, 0), 1.0 / sold.line_count)",
        _told(),
    )


def _is_different():
    """Return whether the whole order differs by more than its lines are rounded."""
    return SQL(
        "COALESCE(ABS(%s - sold.order_vat)"
        " > currency.rounding * (sold.line_count + %s), FALSE)",
        _told(),
        ROUNDINGS,
    )


# === TABLES === #


def _tables(env):
    return SQL(
        """
        lengow_order o
        JOIN %(currencies)s ON account_currency_table.company_id = o.company_id
        JOIN res_currency currency ON currency.id = o.currency_id
        JOIN LATERAL (%(sold)s) sold ON TRUE
        JOIN LATERAL (%(told)s) told ON TRUE
        """,
        currencies=env["res.currency"]._get_simple_currency_table(env.companies),
        sold=_sold(env),
        told=SQL(
            """
            SELECT COALESCE(BOOL_AND(line.kept_share = 1), TRUE) AS is_whole,
                   BOOL_AND(line.amount_tax > 0) FILTER (WHERE line.kept_share > 0)
                   AS is_by_line,
                   SUM(line.amount_tax * line.kept_share) AS by_line
              FROM lengow_order_line line
             WHERE line.order_id = o.id
            """
        ),
    )


def _sold(env):
    """Return the lines that the sale orders of `o` book, with sums over all of them."""
    return SQL(
        """
        SELECT line.id AS line_id, sale.id AS sale_id, sale.fiscal_position_id,
               line.product_id, tax.tax_id, line.price_subtotal AS untaxed,
               sale.fiscal_position_id IS NOT NULL
               AND sale.fiscal_position_id = COALESCE(
                   rule.deemed_supplier_fiscal_position_id,
                   marketplace.deemed_supplier_fiscal_position_id,
                   account.deemed_supplier_fiscal_position_id) AS is_collected,
               BOOL_AND(COALESCE(line.lengow_line_ref, '') NOT IN %(beside)s) OVER ()
               AS is_goods_alone,
               %(vat)s AS vat,
               SUM(%(vat)s) OVER () AS order_vat,
               SUM(line.price_subtotal) OVER () AS order_untaxed,
               COUNT(*) OVER () AS line_count
          FROM sale_order sale
          JOIN sale_order_line line ON line.order_id = sale.id
          JOIN lengow_marketplace marketplace ON marketplace.id = o.marketplace_id
          JOIN lengow_account account ON account.id = o.account_id
          LEFT JOIN lengow_routing_rule rule ON rule.id = o.routing_rule_id
           AND rule.company_id = o.company_id
          LEFT JOIN LATERAL (%(tax)s) tax ON TRUE
         WHERE sale.lengow_order_id = o.id
           AND sale.state != 'cancel'
           AND line.display_type IS NULL
        """,
        # What is due by the piece is no VAT, and no marketplace tells it as such.
        vat=SQL(
            "(line.price_total - line.price_subtotal"
            " - COALESCE(tax.by_piece, 0) * line.product_uom_qty)"
        ),
        tax=_tax(env),
        beside=BESIDE,
    )


def _tax(env):
    """Return the VAT of `line`, and what of its taxes is due by the piece."""
    taxes = env["sale.order.line"]._fields["tax_ids"]
    parts = env["account.tax"]._fields["children_tax_ids"]
    return SQL(
        """
        SELECT (ARRAY_AGG(tax.id ORDER BY tax.amount_type = 'fixed', tax.sequence,
                tax.id))[1] AS tax_id,
               SUM(part.amount) FILTER (WHERE part.amount_type = 'fixed') AS by_piece
          FROM %(taxes)s taxed
          JOIN account_tax tax ON tax.id = taxed.%(tax)s
          LEFT JOIN %(parts)s grouped ON grouped.%(whole)s = tax.id
          JOIN account_tax part ON part.id = COALESCE(grouped.%(part)s, tax.id)
         WHERE taxed.%(line)s = line.id
        """,
        taxes=SQL.identifier(taxes.relation),
        line=SQL.identifier(taxes.column1),
        tax=SQL.identifier(taxes.column2),
        parts=SQL.identifier(parts.relation),
        whole=SQL.identifier(parts.column1),
        part=SQL.identifier(parts.column2),
    )
