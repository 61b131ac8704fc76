"""Whether what the settings point at can be used: it may have changed since."""

from odoo.exceptions import ValidationError

from .problems import ImportProblem

# What the settings of people, terms and stock point at.
POINTERS = (
    "payment_term_id",
    "payment_method_line_id",
    "partner_tag_ids",
    "route_id",
)
# What those point at that count for orders which the marketplace ships.
FULFILMENT_POINTERS = ("fulfilment_warehouse_id",)
# What a routing rule points at: where orders go, and what counts for them there.
ROUTING_POINTERS = (
    "company_id",
    "warehouse_id",
    "team_id",
    "salesperson_id",
    "tag_ids",
    "fulfilment_warehouse_id",
    "pickup_type_id",
    "route_id",
    "pricelist_id",
    "invoice_partner_id",
    "fiscal_position_id",
    "b2b_fiscal_position_id",
    "deemed_supplier_fiscal_position_id",
    "shipping_product_id",
    "invoice_journal_id",
    "payment_journal_id",
    "payment_term_id",
    "payment_method_line_id",
    "delivery_method_id",
)
# What differences to announced totals are sold as.
DIFFERENCE = "difference_product_id"


class UsableSettings:
    """Looks once per batch whether what decides about its orders can be used."""

    def __init__(self):
        self._problems = {}

    def check(self, order):
        """Stop an order whose settings point at what cannot be used any more.

        :param lengow.order order: about to be imported
        :raise ImportProblem: naming what it is, and whose setting
        """
        key = (
            order.marketplace_id,
            order.routing_rule_id,
            order.company_id,
            order.is_fulfilled_by_marketplace,
        )
        if key not in self._problems:
            self._problems[key] = self._find_problem(order)
        if self._problems[key]:
            raise ImportProblem(*self._problems[key])

    def _find_problem(self, order):
        """Return the code and the sentence of what is wrong, None if nothing is."""
        rule = order.sudo().routing_rule_id
        for name in ROUTING_POINTERS if rule else ():
            if reason := why_unusable(rule, name):
                return "routing_unusable", reason
        names = POINTERS
        if order.is_fulfilled_by_marketplace:
            names += FULFILMENT_POINTERS
        for name in names:
            owner = order._find_owner(name)
            if owner and owner != rule and (reason := why_unusable(owner, name)):
                return "setting_unusable", reason
        return None

    def check_difference(self, account):
        """Stop an order whose difference has no usable product to be sold as.

        :param lengow.account account: of the order
        :raise ImportProblem: naming the product, and whose setting it is
        """
        reason = why_unusable(account, DIFFERENCE)
        if reason:
            raise ImportProblem("setting_unusable", reason)


def owners_to_review(orders):
    """Return whose settings point at what cannot be used.

    :param lengow.order orders: some, in system mode
    :return: accounts, which concern all their marketplaces, or else marketplaces
    """
    found = {
        owner
        for order in orders
        for name in (*POINTERS, *FULFILMENT_POINTERS)
        if (owner := order._find_owner(name)) and why_unusable(owner, name)
    }
    accounts, marketplaces = orders.account_id, orders.marketplace_id
    return accounts.filtered(lambda account: account in found) or marketplaces.filtered(
        lambda marketplace: marketplace in found
    )


def refuse_unusable(owners, names):
    """Refuse to save settings that point at what cannot be used.

    :param owners: records that belong to a company: accounts, marketplaces, rules
    :param names: of the settings
    :raise ValidationError: naming what it is, and whose setting
    """
    for owner in owners:
        for name in names:
            reason = why_unusable(owner, name)
            if reason:
                raise ValidationError(reason)


def why_unusable(owner, name, records=None, company=None):
    """Return why what a setting points at cannot be used, in words for people.

    :param owner: a record that belongs to a company, such as an account
    :param str name: of the setting
    :param records: what of it is looked at; all of it if that is None
    :param res.company company: that is to use it; the owner's if that is None
    :return: None if all of it can be used
    :rtype: str | None
    """
    env = owner.env
    chosen = owner.sudo()[name] if records is None else records
    setting = owner._fields[name]._description_string(env)
    for record in chosen:
        values = {
            "owner": owner.display_name,
            "setting": setting,
            "record": record.display_name,
        }
        if "active" in record and not record.active:
            return env._("%(owner)s, %(setting)s: “%(record)s” is archived.", **values)
        if not is_of_company(record, company or owner.company_id):
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” belongs to another company.",
                **values,
            )
        if name == "payment_term_id" and record.early_discount:
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” takes a discount off what the "
                "buyer has paid already.",
                **values,
            )
        if name == "payment_method_line_id" and not (
            record.journal_id.active and record.payment_type == "inbound"
        ):
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” receives no payments.", **values
            )
    return None


def is_of_company(record, company):
    """Whether a record is shared, or is one that a company may use.

    :param record: one, in system mode
    :param res.company company: that is to use it
    :rtype: bool
    """
    if "company_id" not in record and "company_ids" not in record:
        return True
    return bool(record.filtered_domain(record._check_company_domain(company)))
