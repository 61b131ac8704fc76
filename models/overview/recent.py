"""The orders of the last days, of one marketplace: how many a day, and their worth."""

import json
from collections import Counter, defaultdict
from datetime import timedelta

from babel.dates import format_skeleton

from odoo.tools import babel_locale_parse, format_amount

DAYS = 14


class RecentOrders:
    """What came in during the last days; amounts stay in their currencies."""

    def __init__(self):
        """Begin with no order."""
        self.by_day = Counter()
        self.by_currency = Counter()
        self.amounts = defaultdict(float)

    def add(self, day, currency, count, amount):
        """Add orders of one day in one currency.

        :param date day: in the user's time zone
        :param res.currency currency: may be none
        :param int count: how many orders
        :param float amount: their sum
        """
        self.by_day[day] += count
        self.by_currency[currency] += count
        self.amounts[currency] += amount

    def graph(self, env, today):
        """Return the bars that Odoo's dashboards show, one a day.

        :param Environment env: of the user
        :param date today: in the user's time zone
        :rtype: str
        """
        locale = babel_locale_parse(env.lang)
        days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
        bars = [
            {
                "label": format_skeleton("MMMd", day, locale=locale),
                "value": self.by_day[day],
                "type": "future" if day == today else "past",
            }
            for day in days
        ]
        return json.dumps([{"key": env._("Orders"), "values": bars}])

    def worth(self, env):
        """Say how much it was, in the currency that most orders are in.

        Nothing is converted: a rate that is missing or old would make a wrong sum.

        :param Environment env: of the user
        :rtype: str
        """
        if not self.by_currency:
            return env._("No order in %s days", DAYS)
        usual = [currency for currency, _count in self.by_currency.most_common()]
        currency = next(filter(None, usual), env.company.currency_id)
        others = [other for other in usual if other != currency]
        amount = format_amount(env, self.amounts[currency], currency)
        if not others:
            return env._("%(amount)s in %(days)s days", amount=amount, days=DAYS)
        return env._(
            "%(amount)s in %(days)s days, without the orders in %(currencies)s",
            amount=amount,
            days=DAYS,
            currencies=", ".join(
                other.name or env._("an unknown currency") for other in others
            ),
        )
