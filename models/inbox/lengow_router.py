"""Which routing rule an order follows: the first of its account's that fits."""

from odoo import models


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
            for order in of_account:
                if order._is_settled():
                    continue
                rule = self._find_rule(order, rules)
                if order.routing_rule_id != rule:
                    order.routing_rule_id = rule

    def _find_rule(self, order, rules):
        """Return the first rule that fits an order, none if none does.

        :param lengow.order order: one
        :param lengow.routing.rule rules: of its account, in their order
        :rtype: lengow.routing.rule
        """
        fitting = (rule for rule in rules if self._fits(rule, order))
        return next(fitting, rules.browse())

    def _fits(self, rule, order):
        if rule.marketplace_id and rule.marketplace_id != order.marketplace_id:
            return False
        countries = rule._countries()
        if countries is not None and order.country_id not in countries:
            return False
        catalogues = rule._catalogues()
        return not catalogues or self._catalogue_of(order) in catalogues

    def _catalogue_of(self, order):
        # What came in with an earlier version has not kept it.
        return order.catalogue_ref or order._content().catalogue_id
