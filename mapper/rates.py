"""What a currency is worth, where Odoo knows it: it would count 1 as 1 elsewhere."""

from odoo.tools import SQL


def converted(amount, currency, into, company, day):
    """Return an amount in another currency, None where Odoo has no rate.

    :param float amount: to convert
    :param res.currency currency: of the amount
    :param res.currency into: of what is returned
    :param res.company company: whose rates count
    :param date day: of the rate
    :rtype: float | None
    """
    own = company.currency_id
    foreign = (currency | into) - own
    rates = find_rates(company.env, {(one.id, company.id, day) for one in foreign})
    if currency != into and not all(rates.values()):
        return None
    return currency._convert(amount, into, company, day)


def find_rates(env, keys):
    """Return Odoo's rates for some currencies, companies and days, in one query.

    :param set keys: tuples of a currency's and a company's id and a date
    :rtype: dict[tuple, float | None]
    """
    if not keys:
        return {}
    env["res.currency.rate"].flush_model()
    values = SQL(", ").join(SQL("(%s, %s, %s::date)", *key) for key in keys)
    rows = env.execute_query(
        SQL(
            "SELECT asked.currency_id, asked.company_id, asked.day, %s"
            " FROM (VALUES %s) asked (currency_id, company_id, day)"
            " JOIN res_company company ON company.id = asked.company_id",
            rate_of_asked(),
            values,
        )
    )
    return {(currency, company, day): rate for currency, company, day, rate in rows}


def rate_of_asked():
    """Return the rate of what is asked, NULL where its currency has none.

    A company's own currency may have no rate: it is the one that rates are told in.
    """
    return SQL(
        "%s / COALESCE(%s, 1.0)",
        _rate_of(SQL("asked.currency_id")),
        _rate_of(SQL("company.currency_id")),
    )


def _rate_of(currency):
    """Return Odoo's rate of a currency on the day that is asked for, maybe NULL.

    As `res.currency` finds it: the last one until that day, or else the first one; the
    company's own before the shared ones.
    """
    last = SQL("AND r.name <= asked.day ORDER BY r.name DESC")
    first = SQL("ORDER BY r.name")
    own = SQL("= split_part(company.parent_path, '/', 1)::int")
    shared = SQL("IS NULL")
    steps = [
        SQL(
            "(SELECT r.rate FROM res_currency_rate r WHERE r.currency_id = %s"
            " AND r.company_id %s %s LIMIT 1)",
            currency,
            whose,
            when,
        )
        for when in (last, first)
        for whose in (own, shared)
    ]
    return SQL("COALESCE(%s)", SQL(", ").join(steps))
