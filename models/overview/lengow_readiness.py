"""What companies need before marketplace orders are sold, invoiced and taxed right.

Each point looks at the facts whenever it is asked, so nothing of it is stored. None of
them stops anything: what a single order lacks, that order says.
"""

from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from ...mapper.positions import PositionFinder
from ...mapper.usable import is_of_company

# How many names of records a sentence carries.
NAMES_SHOWN = 3
SETTINGS = "account.action_account_config"


class Point(NamedTuple):
    """A line of the checklist of a company."""

    name: str
    label: str
    text: str
    """How it is, or what to do."""
    is_done: bool
    company: object = None
    """Whose point it is, a res.company."""


class LengowReadiness(models.AbstractModel):
    """Looks at what the companies that an account serves need, point by point."""

    _name = "lengow.readiness"
    _description = "Checklist of a Company"

    def _points(self, account):
        """Return the points of the companies of an account, in the order to do them.

        Those to which rules give orders come after its own, as far as the user works
        in them.

        :param lengow.account account: one; whoever may read it may know all of them
        :rtype: list[Point]
        """
        own = account.sudo().company_id
        others = account.sudo().served_company_ids - own
        if not self.env.su:
            others &= self.env.user.sudo().company_ids
        points = self._points_of(account, own)
        for company in others:
            points += [
                point._replace(label=f"{company.name}: {point.label}")
                for point in self._points_of(account, company)
            ]
        return points

    def _points_of(self, account, company):
        """Return the points of one of the companies of an account.

        :param lengow.account account: one
        :param res.company company: that it serves
        :rtype: list[Point]
        """
        account = account.sudo().with_company(company)
        points = [
            self._chart(account),
            self._warehouse(account),
            self._currencies(account),
            self._products(account),
            self._union(account),
            self._export(account),
            self._stock_abroad(account),
            self._services(account),
        ]
        return [point._replace(company=company) for point in points]

    def _open(self, account, name, company):
        """Return the action that opens where a point is done.

        :param lengow.account account: one
        :param str name: of the point
        :param res.company company: that it serves
        """
        account = account.with_company(company)
        actions = {
            "chart": SETTINGS,
            "warehouse": "stock.action_warehouse_form",
            "products": "product.product_template_action",
            "services": "product.product_template_action",
        }
        if self.env["res.config.settings"].has_access("create"):
            actions["union"] = SETTINGS  # where OSS is enabled, and its mapping kept
        if name == "currencies":
            return self._open_currencies(account)
        xml_id = actions.get(name, "account.action_account_fiscal_position_form")
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        if name == "products":
            action["domain"] = self._open_products(account, company)
        elif name == "services":
            products = self._service_products(account.sudo())
            action["domain"] = [("id", "in", products.product_tmpl_id.ids)]
        elif xml_id != SETTINGS:
            Model = self.env[action["res_model"]]
            action["domain"] = [*Model._check_company_domain(company)]
        return {**action, "context": {}}

    def _open_products(self, account, company):
        """Return the domain of what lacks a tax, or of all that is sold."""
        untaxed = self._untaxed(account, company)
        Template = self.env["product.template"]
        if Template.search_count(untaxed, limit=1):
            return list(untaxed)
        return list(self._sold(company))

    def _may_open(self, name):
        """Whether the user may do what a point asks for."""
        return self.env[self._model_of(name)].has_access("create")

    def _who_may(self, name):
        """Say who may do what a point asks for.

        :param str name: of the point
        :rtype: str
        """
        groups = self.env["ir.model.access"].group_names_with_access(
            self._model_of(name), "create"
        )
        return self.env._("Ask somebody with the rights %s.", ", ".join(groups))

    def _model_of(self, name):
        return {
            "chart": "res.config.settings",
            "warehouse": "stock.warehouse",
            "currencies": "product.pricelist",
            "products": "product.template",
            "services": "product.template",
        }.get(name, "account.fiscal.position")

    # === POINTS: accounting, stock, currencies === #

    def _chart(self, account):
        company = account.env.company
        is_done = any(c.chart_template for c in company | company.parent_ids)
        text = (
            self.env._("Taxes and accounts are there.")
            if is_done
            else self.env._(
                "%s has no chart of accounts: nothing can be invoiced. Choose a fiscal "
                "localization.",
                company.name,
            )
        )
        return Point("chart", self.env._("Chart of Accounts"), text, is_done)

    def _warehouse(self, account):
        company = account.env.company
        warehouses = account.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        text = _listed(warehouses) or self.env._(
            "%s has no warehouse: no order can be imported. Create one.", company.name
        )
        return Point(
            "warehouse",
            self.env._("Warehouse"),
            text,
            bool(warehouses),
        )

    def _currencies(self, account):
        inactive, unpriced, unrated = self._open_points_of_currencies(account)
        sentences = []
        if inactive:
            sentences.append(self.env._("Activate %s.", _named(inactive)))
        if unpriced:
            sentences.append(self.env._("Create a pricelist in %s.", _named(unpriced)))
        if unrated:
            sentences.append(
                self.env._(
                    "Enter a rate of %s: without one Odoo counts 1 as 1.",
                    _named(unrated),
                )
            )
        used = self._used_currencies(account) or account.env.company.currency_id
        return Point(
            "currencies",
            self.env._("Currencies and Pricelists"),
            " ".join(sentences) or _named(used),
            not sentences,
        )

    def _used_currencies(self, account):
        """Return the currencies of the orders that are here, active or not."""
        Order = account.env["lengow.order"].with_context(active_test=False)
        groups = Order._read_group(self._own_orders(account), ["currency_id"])
        return account.env["res.currency"].concat(*(currency for (currency,) in groups))

    def _open_points_of_currencies(self, account):
        """Return the currencies that are not active, without pricelist, without rate.

        :return: three recordsets
        """
        company = account.env.company
        foreign = self._used_currencies(account) - company.currency_id
        inactive = foreign.filtered(lambda currency: not currency.active)
        Pricelist = account.env["product.pricelist"]
        pricelists = Pricelist.search(Pricelist._check_company_domain(company))
        unpriced = foreign - inactive - pricelists.currency_id
        rated = account.env["res.currency.rate"].search(
            [
                ("currency_id", "in", foreign.ids),
                ("company_id", "in", (False, company.root_id.id)),
            ]
        )
        return inactive, unpriced, foreign - rated.currency_id

    def _open_currencies(self, account):
        inactive, _unpriced, unrated = self._open_points_of_currencies(account.sudo())
        name = (
            "base.action_currency_form"
            if inactive or unrated
            else "product.product_pricelist_action2"
        )
        action = self.env["ir.actions.actions"]._for_xml_id(name)
        return {**action, "context": {"active_test": False}}

    # === POINTS: taxes === #

    def _products(self, account):
        company = account.env.company
        label = self.env._("Taxes of Products")
        if not company.account_sale_tax_id:
            text = self.env._("%s charges no tax by default.", company.name)
            return Point("products", label, text, True)
        Template = account.env["product.template"]
        domain = self._untaxed(account, company)
        untaxed = Template.search(domain, limit=NAMES_SHOWN)
        text = (
            self.env._(
                "Without a tax in %(company)s: %(products)s.",
                company=company.name,
                products=_listed(untaxed, Template.search_count(domain)),
            )
            if untaxed
            else self.env._("Every product for sale has a tax.")
        )
        return Point("products", label, text, not untaxed)

    def _sold(self, company):
        """Return the domain of what a company sells."""
        Template = self.env["product.template"]
        return Domain("sale_ok", "=", True) & Domain(
            Template._check_company_domain(company)
        )

    def _untaxed(self, account, company):
        """Return the domain of the goods that a company sells without a tax of its own.

        What is paid beside them is taxed as the account says, and a point of its own.
        """
        Tax = self.env["account.tax"]
        account_sudo = account.sudo()
        beside = self._service_products(account_sudo)
        beside |= account_sudo.difference_product_id
        return (
            self._sold(company)
            & Domain("type", "!=", "combo")
            & Domain("id", "not in", beside.product_tmpl_id.ids)
            & Domain("taxes_id", "not any", Tax._check_company_domain(company))
        )

    def _union(self, account):
        """Look whether the taxes of products become those of other EU countries."""
        label = self.env._("Consumers in the EU")
        home = account.env.company.account_fiscal_country_id
        union = self.env.ref("base.europe").country_ids
        if home not in union:
            text = self.env._("Not needed outside the EU.")
            return Point("union", label, text, True)
        positions = self._union_positions(account, union - home)
        if not positions:
            is_needed = self._delivers_to(account, union - home)
            text = (
                self.env._(
                    "Orders go to other EU countries, and no fiscal position charges "
                    "their VAT. Enable OSS, unless you sell less than its threshold."
                )
                if is_needed
                else self.env._("No order goes to another EU country.")
            )
            return Point("union", label, text, not is_needed)
        for tax in self._taxes_of_products(account):
            leaving = positions.filtered(
                lambda position, tax=tax: (
                    tax in position.map_tax(tax) and tax not in position.tax_ids
                )
            )
            if leaving:
                text = self.env._(
                    "%(tax)s, which products have, stays as it is under %(positions)s. "
                    "Refresh the OSS mapping in the accounting settings, or add it.",
                    tax=tax.display_name,
                    positions=_listed(leaving),
                )
                return Point("union", label, text, False)
        text = self.env._(
            "The taxes of all products are mapped: %s.", _listed(positions)
        )
        return Point("union", label, text, True)

    def _union_positions(self, account, countries):
        """Return the positions that charge consumers the VAT of some countries."""
        Position = account.env["account.fiscal.position"]
        return Position.search(
            [
                *Position._check_company_domain(account.env.company),
                ("auto_apply", "=", True),
                ("vat_required", "=", False),
                ("country_id", "in", countries.ids),
                ("tax_ids", "!=", False),
            ]
        )

    def _delivers_to(self, account, countries):
        """Whether an order of an account goes to one of some countries."""
        return bool(
            account.env["lengow.order"].search_count(
                [*self._own_orders(account), ("country_id", "in", countries.ids)],
                limit=1,
            )
        )

    def _own_orders(self, account):
        """Return the domain of the account's orders that are the company's."""
        company = account.env.company
        return [("account_id", "=", account.id), ("company_id", "=", company.id)]

    def _taxes_of_products(self, account):
        """Return the taxes that the products of a company are sold with."""
        company = account.env.company
        Template = account.env["product.template"]
        groups = Template._read_group(
            Domain("sale_ok", "=", True)
            & Domain(Template._check_company_domain(company)),
            ["taxes_id"],
        )
        taxes = account.env["account.tax"].concat(*(tax for (tax,) in groups))
        home = company.account_fiscal_country_id
        # Those of another country are what somebody has chosen for sales there.
        return taxes._filter_taxes_by_company(company).filtered(
            lambda tax: (
                tax.amount_type == "percent" and tax.amount and tax.country_id == home
            )
        )

    def _export(self, account):
        """Look whether goods that leave the EU, or the country, leave without VAT."""
        company = account.env.company
        label = self.env._("Exports")
        home = company.account_fiscal_country_id
        abroad = self.env.ref("base.ch" if home.code == "US" else "base.us")
        Position = account.env["account.fiscal.position"].with_company(company)
        partner = account.env["res.partner"].with_company(company)
        position = Position._get_fiscal_position(partner.new({"country_id": abroad.id}))
        tax = company.account_sale_tax_id
        is_done = bool(position) and (not tax or tax not in position.map_tax(tax))
        if is_done:
            text = position.display_name
        elif position:
            text = self.env._(
                "%(position)s is detected for deliveries to %(country)s and leaves "
                "%(tax)s as it is.",
                position=position.display_name,
                country=abroad.name,
                tax=tax.display_name,
            )
        else:
            text = self.env._(
                "No fiscal position is detected for deliveries to %s. Have the one for "
                "exports detected automatically.",
                abroad.name,
            )
        return Point("export", label, text, is_done)

    def _stock_abroad(self, account):
        """Look whether the company has a tax ID where its goods lie."""
        finder = PositionFinder(account.env.company)
        missing = self.env["res.country"]
        for warehouse in self._warehouses(account, finder):
            country = finder.country_of(warehouse)
            if finder.is_abroad(country) and not finder.registered(country):
                missing |= country
        text = (
            self.env._(
                "Goods leave from %s. Create a fiscal position with your tax ID of "
                "that country.",
                _listed(missing),
            )
            if missing
            else self.env._("Every country that goods leave from has its position.")
        )
        return Point(
            "stock_abroad",
            self.env._("Stock Abroad"),
            text,
            not missing,
        )

    def _warehouses(self, account, finder):
        """Return the warehouses that the company's orders may leave from."""
        marketplaces, company = account.marketplace_ids, account.env.company
        rules = self._rules(account)
        names = ["warehouse_id"]
        if account.import_fulfilled_by_marketplace:
            names.append("fulfilment_warehouse_id")
        found = account.env["stock.warehouse"].union(
            *(o[name] for o in (account, *marketplaces, *rules) for name in names)
        )
        found = found.filtered(lambda warehouse: warehouse.company_id == company)
        if company != account.company_id:
            is_set = all(rule.warehouse_id for rule in rules)
        else:
            is_set = all(m._setting("warehouse_id") for m in marketplaces)
        return found if is_set else found | finder.get_default_warehouse()

    def _rules(self, account):
        """Return the rules that give orders of an account to the company."""
        company = account.env.company
        return account.routing_rule_ids.filtered(lambda r: r.company_id == company)

    def _services(self, account):
        label = self.env._("Shipping, Fees and Discounts")
        company = account.env.company
        owners = (account, *account.marketplace_ids)
        is_own = any(owner.service_tax_policy == "product" for owner in owners)
        if not (is_own and company.account_sale_tax_id):
            text = self.env._("They have the taxes of the goods.")
            return Point("services", label, text, True)
        untaxed = self._service_products(account).filtered(
            lambda product: not product.taxes_id._filter_taxes_by_company(company)
        )
        text = (
            self.env._(
                "Without a tax in %(company)s: %(products)s.",
                company=company.name,
                products=_listed(untaxed),
            )
            if untaxed
            else self.env._("They have taxes of their own.")
        )
        return Point("services", label, text, not untaxed)

    def _service_products(self, account):
        """Return the products of what is paid beside the goods."""
        company = account.env.company
        products = (
            account.shipping_product_id
            | account.marketplace_ids.shipping_product_id
            | self._rules(account).shipping_product_id
            | account.fee_product_id
            | account.discount_product_id
        )
        return products.filtered(lambda product: is_of_company(product, company))


def _named(records):
    """Return the names of records, every one of which matters."""
    return ", ".join(records.mapped("display_name"))


def _listed(records, count=None):
    """Return the names of a few records, and how many more there are.

    :param int count: how many there are, where not all of them were read
    """
    names = _named(records[:NAMES_SHOWN])
    more = (count or len(records)) - NAMES_SHOWN
    if more <= 0:
        return names
    return records.env._("%(names)s and %(count)s more", names=names, count=more)
