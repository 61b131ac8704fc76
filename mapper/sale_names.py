"""What sale orders are called where the settings name them."""

from itertools import count


class SaleNames:
    """Calls sale orders by the marketplace's number, and no two the same.

    Two accounts may bring the same number, an order may have several sale orders, and a
    canceled one keeps its name: the next one is told apart by a number at the end.
    """

    def __init__(self, env):
        self._sales = env["sale.order"].sudo()
        self._taken = {}

    def preload(self, orders):
        """Look once which of the names of a batch are taken.

        :param orders: of the inbox
        """
        names = {self._wanted(order) for order in orders} - {None}
        if names:
            self._look_up(names)

    def name(self, order):
        """Return what the next sale order of an order is called.

        :param lengow.order order: of the inbox
        :return: None to leave it to Odoo
        :rtype: str | None
        """
        wanted = self._wanted(order)
        if not wanted:
            return None
        name = next(name for name in _variants(wanted) if not self._is_taken(name))
        self._taken[name] = True
        return name

    def _wanted(self, order):
        setting = order.marketplace_id._setting
        choice = setting("sale_name")
        number = " ".join((order.name or "").split())
        if choice == "number":
            return number or None
        prefix = choice == "prefix" and setting("sale_name_prefix")
        return f"{prefix}{number}" if prefix and number else None

    def _is_taken(self, name):
        if name not in self._taken:
            self._look_up({name})
        return self._taken[name]

    def _look_up(self, names):
        """Ask in every company: one search finds the sale orders of all of them."""
        found = self._sales.search_fetch([("name", "in", list(names))], ["name"])
        known = set(found.mapped("name"))
        self._taken.update({name: name in known for name in names})


def _variants(name):
    yield name
    for number in count(2):
        yield f"{name}-{number}"
