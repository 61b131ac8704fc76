"""Which delivery method a sale order gets: as the order asks, or as is usual.

The first of these that leads to a method which Odoo offers for the sale order:

    the delivery rules        of the account, in their order
    the marketplace's carrier that is called exactly like the one that the order names,
                              or else like the method that it names
    the default               of the marketplace, or else of its account
"""

from itertools import chain
from typing import NamedTuple

from ..lengow_api import PICKUP_STATUSES
from .carriers import clean
from .problems import ImportProblem
from .relay import relay_of
from .usable import is_of_company, why_unusable


class Wish(NamedTuple):
    """How the buyer wants a package sent."""

    carrier: str | None = None
    method: str | None = None
    to_relay: bool = False

    @property
    def names(self):
        """What a carrier may be called that is asked for, the surest first."""
        both = " ".join(filter(None, (self.carrier, self.method)))
        names = (both, self.carrier, self.method)
        return list(dict.fromkeys(filter(None, names)))


def wish_of(package):
    """Return how a package is to be sent, as its order says it.

    :param lengow_api.Package package: one
    :rtype: Wish
    """
    named = (t for t in package.trackings if t.carrier or t.method)
    tracking = next(named, None)
    return Wish(
        tracking and tracking.carrier,
        tracking and tracking.method,
        bool(relay_of(package)),
    )


def find_called(carriers, name):
    """Return the carriers that are called exactly so, the surest first.

    Case, accents and blanks do not count. A code comes before a label, and what a
    marketplace offers before what it no longer does.

    :param lengow.carrier carriers: of one marketplace
    :param str name: as an order names one; may be None
    :rtype: lengow.carrier
    """
    wanted = clean(name)
    called = carriers.filtered(
        lambda c: wanted and wanted in (clean(c.code), clean(c.name))
    )
    return called.sorted(
        lambda c: (c.code != name, clean(c.code) != wanted, not c.active, c.id)
    )


class DeliveryChooser:
    """Chooses the delivery methods of one account's sale orders."""

    def __init__(self, account):
        """Read once what all of its orders need.

        :param lengow.account account: of the orders, in their company
        """
        self.env = account.env
        self.company = account.env.company
        self.rules = self.env["lengow.delivery.rule"].search(
            [("account_id", "=", account.id)]
        )
        self._mapped, self._names = {}, {}
        # The same whoever imports.
        self._lang = self.company.partner_id.lang

    def choose(self, draft, values):
        """Return the delivery method of a sale order to come; maybe none.

        Odoo decides which methods it offers for it: by the address, by weight, volume
        and tags of the goods, by the rules of a price. One that it does not offer could
        neither be chosen by hand nor be sent.

        :param SaleDraft draft: whose partners exist by now
        :param dict values: of the sale order, with its lines
        :rtype: delivery.carrier
        :raise ImportProblem: if the one that is chosen cannot be used
        """
        order = draft.plan.order
        if not self._is_ours_to_send(draft):
            return self.env["delivery.carrier"]
        package = draft.plan.content.packages[draft.package_index]
        sale = None
        for source, method in self._candidates(order, wish_of(package)):
            if self._is_of_others(order, method):
                continue
            if not method._match_address(draft.delivery.partner):
                continue
            sale = sale or self.env["sale.order"].new(values)
            if not method._is_available_for_order(sale):
                continue
            if reason := self._why_unusable(source, method):
                raise ImportProblem("delivery_method_unusable", reason, source)
            return method
        return self.env["delivery.carrier"]

    def _is_of_others(self, order, method):
        """Whether a method is for what other companies of the account sell."""
        if is_of_company(method, self.company):
            return False
        served = order.account_id.served_company_ids
        return order._is_elsewhere() or method.company_id in served

    def _is_ours_to_send(self, draft):
        """Whether a parcel of ours is to leave.

        A carrier that is connected would be called for what somebody else has sent.
        """
        order = draft.plan.order
        return (
            not order.is_fulfilled_by_marketplace
            and not order._has_passed_shipment()
            # The buyer comes for it.
            and order.lengow_status not in PICKUP_STATUSES
            and any(kept.product.type != "service" for kept in draft.lines)
        )

    def _candidates(self, order, wish):
        """Yield methods, each with the record that says so, the first to be taken."""
        marketplace = order.marketplace_id
        if marketplace._setting("delivery_choice") == "order":
            for rule in self.rules:
                if self._fits(rule, order, wish):
                    yield rule, rule.delivery_method_id
            yield from self._by_name(marketplace, wish)
        if owner := order._find_owner("delivery_method_id"):
            yield owner, owner.delivery_method_id

    # === RULES === #

    def _fits(self, rule, order, wish):
        marketplace = order.marketplace_id
        return (
            (not rule.marketplace_id or rule.marketplace_id == marketplace)
            and self._is_called(
                marketplace, "carriers", wish.carrier, rule.carrier_name
            )
            and self._is_called(
                marketplace, "shipping_methods", wish.method, rule.method_name
            )
            and rule.destination in (False, "relay" if wish.to_relay else "address")
            and (rule.service != "express" or order.is_express)
            and (rule.service != "prime" or order.is_prime)
        )

    def _is_called(self, marketplace, kind, named, wanted):
        """Whether what an order names is what a rule wants, by code or by label.

        :param str kind: where the marketplace's definition lists such things
        :param str named: by the order; may be None
        :param str wanted: by the rule; anything if it is empty
        """
        if not wanted:
            return True
        name, key = clean(named), (marketplace, kind, named)
        if key not in self._names:
            definition = marketplace._find_definition()
            choices = getattr(definition, kind) if definition else {}
            pairs = ({clean(code), clean(label)} for code, label in choices.items())
            known = chain.from_iterable(pair for pair in pairs if name in pair)
            self._names[key] = {name, *known} if name else set()
        return clean(wanted) in self._names[key]

    # === CARRIERS === #

    def _by_name(self, marketplace, wish):
        """Yield the methods that stand for what the order names.

        Of several that stand for one carrier, the one that is called like the method
        that the order names, then the carrier's first.
        """
        asked = {clean(name) for name in wish.names if name != wish.carrier}
        for name in wish.names:
            for carrier in find_called(self._mapped_carriers(marketplace), name):
                # An archived one is no other's turn: it stops its order.
                every = carrier.with_context(active_test=False)
                methods = every.carrier_id | every.other_carrier_ids
                named = methods.with_env(self.env).with_context(lang=self._lang)
                for method in named.sorted(lambda m: clean(m.name) not in asked):
                    yield carrier, method

    def _mapped_carriers(self, marketplace):
        if marketplace not in self._mapped:
            carriers = self.env["lengow.carrier"].with_context(active_test=False)
            self._mapped[marketplace] = carriers.search(
                [
                    ("marketplace_id", "=", marketplace.id),
                    "|",
                    ("carrier_id", "!=", False),
                    ("other_carrier_ids", "!=", False),
                ]
            ).with_env(self.env)
        return self._mapped[marketplace]

    def _why_unusable(self, source, method):
        """Return why what is chosen cannot be used, None if it can."""
        source = source.with_context(active_test=False)
        names = ("delivery_method_id", "carrier_id", "other_carrier_ids")
        name = next(n for n in names if n in source._fields and method in source[n])
        return why_unusable(source, name, method, self.company)
