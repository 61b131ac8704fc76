"""Orders of one account may be of several companies: each is dealt with in its own."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo


def by_company(orders):
    """Yield each company's orders of each account, with the account, in that company.

    :param lengow.order orders: of any account
    :return: pairs of a lengow.account and its lengow.order
    """
    for (account, company), some in orders.grouped(
        lambda order: (order.account_id, order.company_id)
    ).items():
        ours = some.with_company(company)
        yield account.with_env(ours.env), ours


def zone_of(company, user):
    """Return the time zone in which the days of a company begin and end.

    :param res.company company: one
    :param res.users user: whose zone counts where the company has none; maybe nobody
    :rtype: tzinfo
    """
    return ZoneInfo(company.sudo().partner_id.tz or user.sudo().tz or "UTC")


def local_date(moment, zone):
    """Return the day of a moment in a time zone.

    :param datetime moment: as Odoo keeps it, naive and of UTC
    :rtype: date
    """
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def begin_of(day, zone):
    """Return when a day begins in a time zone.

    :param date day: one
    :return: as Odoo keeps it, naive and of UTC
    :rtype: datetime
    """
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
