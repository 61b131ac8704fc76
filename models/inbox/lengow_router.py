"""Which routing rule an order follows: the first of its account's that fits."""

from odoo import models

from ...lengow_api import OrderAmounts, PayloadError
from ...mapper import ReferenceData
from ...mapper.correction import corrected


class LengowRouter(models.AbstractModel):
    """Gives orders that are not imported to the companies that the rules name."""

    _name = "lengow.router"
    _description = "Lengow Router"

    def _route(self, orders):
        """Note which rule fits each of some orders; what is imported stays where it is.

        :param lengow.order orders: of any account, in system mode
        """
        for account, of_account in orders.grouped("account_id").items():
            rules = self.env["lengow.routing.rule"].sudo()
            rules = rules.search([("account_id", "=", account.id)])
            if not rules and not any(order.routing_rule_id for order in of_account):
                continue
            reference = ReferenceData(self.env)
            for order in of_account:
                if order._is_settled():
                    continue
                rule = self._find_rule(order, rules, reference)
                if order.routing_rule_id != rule:
                    order.routing_rule_id = rule

    def _find_rule(self, order, rules, reference):
        """Return the first rule that fits an order, none if none does.

        :param lengow.order order: one
        :param lengow.routing.rule rules: of its account, in their order
        :param ReferenceData reference: countries
        :rtype: lengow.routing.rule
        """
        fitting = (rule for rule in rules if self._fits(rule, order, reference))
        return next(fitting, rules.browse())

    def _fits(self, rule, order, reference):
        if rule.marketplace_id and rule.marketplace_id != order.marketplace_id:
            return False
        countries = rule._countries()
        if countries is not None:
            places = self._places_of(order, reference)
            if not places <= set(countries.ids):
                return False
        catalogues = rule._catalogues()
        return not catalogues or self._catalogue_of(order) in catalogues

    def _places_of(self, order, reference):
        """Return the countries that the packages of an order go to, as a set of ids.

        The order itself shows that of its first package, and marketplaces list them in
        any order. A country that nobody knows is False.
        """
        try:
            content = corrected(order._content(), order.address_correction)
        except PayloadError:
            return {order.country_id.id}
        definition = order.marketplace_id._find_definition()
        left_out = OrderAmounts(content, definition).left_out_lines
        going = {
            package.delivery.country_code
            for package in content.packages
            if package.delivery
            and package.delivery.country_code
            and any(line not in left_out for line in package.lines)
        }
        if not going:
            return {order.country_id.id}
        return {reference.country_id(code) for code in going}

    def _catalogue_of(self, order):
        # What came in with an earlier version has not kept it.
        return order.catalogue_ref or order._content().catalogue_id
