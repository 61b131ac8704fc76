"""What mends an error, and having every order go on that waited for the same.

error ──► MENDS ──► a button on the order ──► mended at once, or what mends it opens
                                                   │
   orders with the same error go on ◄── MENDED_BY ◄┘◄── the same, done elsewhere in Odoo
"""

import time

from odoo import models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...mapper.correction import addresses_of
from ...mapper.problems import PRODUCT_ERRORS
from ...mapper.products import ProductFinder, spellings
from ...mapper.usable import owners_to_review
from ..companies import by_company
from ..ui import notification
from .mend_of import Mend
from .mended_by import MENDED_BY, MENDS, NAMED_BY_SKU, products_of

# What a click may take; the scheduled action does the rest.
BUTTON_SECONDS = 60


class LengowMend(models.AbstractModel):
    """Mends what keeps orders from being imported or invoiced."""

    _name = "lengow.mend"
    _description = "Mending of Lengow Orders"

    # === FIND === #

    def _find(self, order):
        """Return what mends the error of an order.

        :param lengow.order order: one
        :return: None if it has no error
        :rtype: Mend | None
        """
        if order.import_state == "error":
            return getattr(self, MENDS.get(order.error_code, "_by_trying_again"))(order)
        if order.invoice_state == "error":
            return self._by_invoicing(order)
        return None

    def _by_reading_again(self, order):
        return Mend(self.env._("Refresh from Lengow"), "_read_again")

    def _by_trying_again(self, order):
        if order.unread_from:
            return self._by_reading_again(order)  # what is here is not the last of it
        return Mend(self.env._("Try Again"), "_import")

    def _by_importing(self, order):
        return Mend(self.env._("Import Again"), "_import")

    def _by_describing(self, order):
        return Mend(
            self.env._("Synchronize Marketplaces"), "_describe", "lengow.account"
        )

    def _by_activating(self, order):
        code = order._content().currency or ""
        if not self._find_currency(order):
            label = self.env._("Create %s", code)
            return Mend(label, "_create_currency", "res.currency", "create")
        return Mend(self.env._("Activate %s", code), "_activate", "res.currency")

    def _by_pricelist(self, order):
        return Mend(
            self.env._("Create %s Pricelist", order._content().currency or ""),
            "_create_pricelist",
            "product.pricelist",
            "create",
        )

    def _by_not_converting(self, order):
        return Mend(
            self.env._("Use the Buyer's Currency"), "_open_conversion", "lengow.account"
        )

    def _by_taxes(self, order):
        return Mend(self.env._("Review Taxes"), "_open_taxes", "account.tax")

    def _by_matching(self, order):
        return Mend(
            self.env._("Match Products"),
            "_match",
            "lengow.product.alias",
            "create",
        )

    def _by_product_field(self, order):
        return Mend(
            self.env._("Choose Product Field"), "_open_product_field", "lengow.account"
        )

    def _by_address(self, order):
        if len(addresses_of(order._content(), "delivery")) > 1:
            return self._by_reading_again(order)  # which of them is for Lengow to say
        return Mend(self.env._("Correct Address"), "_correct_address")

    def _by_letting_through(self, order):
        mend = self.env["lengow.difference"]._mend(order)
        return mend or self._by_reading_again(order)

    def _by_setting(self, order):
        return Mend(self.env._("Review Settings"), "_open_unusable", "lengow.account")

    def _by_routing(self, order):
        return Mend(
            self.env._("Review Routing Rule"), "_open_routing", "lengow.routing.rule"
        )

    def _by_fiscal_position(self, order):
        if order._is_elsewhere():
            return self._by_routing(order)
        return Mend(
            self.env._("Set Fiscal Position"),
            "_open_fiscal_position",
            "lengow.marketplace",
        )

    def _by_delivery_method(self, order):
        return Mend(
            self.env._("Choose Delivery Method"),
            "_open_delivery_method",
            "lengow.marketplace",
        )

    def _by_sale_order(self, order):
        return Mend(self.env._("Open Sale Order"), "_open_sale_orders", "sale.order")

    def _by_invoicing(self, order):
        if self.env["lengow.invoicing"]._unpaid_reason(order.sudo()):
            if order._is_elsewhere():
                return self._by_routing(order)
            return Mend(
                self.env._("Set Payment Journal"),
                "_open_payment_journal",
                "lengow.marketplace",
            )
        return Mend(self.env._("Invoice Again"), "_invoice")

    # === MEND === #

    def _mend(self, orders):
        """Mend the error of orders, or open what mends it.

        :param lengow.order orders: that may be acted on, with the same error
        :return: an action
        :raise UserError: if they have no error, several, or the user may not mend it
        """
        wrong = orders.filtered(self._find)
        if not wrong:
            raise UserError(self.env._("There is nothing to fix any more."))
        mends = {self._find(order) for order in wrong}
        if len(mends) > 1:
            raise UserError(
                self.env._(
                    "These orders need different things: %s. Select orders that need "
                    "the same.",
                    ", ".join(sorted(mend.label for mend in mends)),
                )
            )
        mend = mends.pop()
        if not mend.may(self.env):
            raise UserError(mend.hint(self.env))
        return getattr(self, mend.run)(wrong)

    def _read_again(self, orders):
        return orders.action_refresh()

    def _import(self, orders):
        return orders.action_import()

    def _match(self, orders):
        try:
            return orders.action_open_resolve()
        except UserError:
            return self._import(orders)  # every SKU has its product by now

    def _invoice(self, orders):
        orders.action_invoice_again()
        failed = orders.filtered(lambda order: order.invoice_state == "error")
        if failed:
            message = f"{failed[0].name}: {failed[0].invoice_error}"
            return notification("warning", message)
        return notification("success", self.env._("Invoiced."))

    def _describe(self, orders):
        for account in orders.account_id[:-1]:
            account.action_sync_marketplaces()
        return orders.account_id[-1:].action_sync_marketplaces()

    def _activate(self, orders):
        currencies = self._currencies(orders)
        waiting = self._find_waiting(
            ("currency_unknown", "pricelist_missing"),
            [("currency_id", "in", currencies.ids)],
        )
        currencies.active = True
        # Who may not create pricelists leaves it to somebody who does: it is said.
        if self.env["product.pricelist"].has_access("create"):
            for company in waiting.company_id & self.env.companies:
                self._ensure_pricelists(company.with_env(self.env), currencies)
        return self._go_on(
            waiting,
            self.env._("%s is active.", ", ".join(currencies.mapped("name"))),
        )

    def _create_pricelist(self, orders):
        currencies = self._currencies(orders)
        waiting = self._find_waiting(
            ("pricelist_missing",), [("currency_id", "in", currencies.ids)]
        )
        for company, theirs in orders.grouped("company_id").items():
            self._ensure_pricelists(company, self._currencies(theirs))
        names = ", ".join(currencies.mapped("name"))
        return self._go_on(
            waiting, self.env._("There is a pricelist in %s now.", names)
        )

    def _ensure_pricelists(self, company, currencies):
        """Create what decides the currency of sale orders, where there is none.

        :param res.company company: that needs them
        :param res.currency currencies: active ones
        """
        Pricelist = self.env["product.pricelist"]
        for currency in currencies - company.currency_id:
            domain = Pricelist._check_company_domain(company)
            if not Pricelist.sudo().search_count(
                [*domain, ("currency_id", "=", currency.id)], limit=1
            ):
                Pricelist.create(
                    {
                        "name": currency.name,
                        "currency_id": currency.id,
                        "company_id": company.id,
                    }
                )

    def _currencies(self, orders):
        return self.env["res.currency"].union(
            *(self._find_currency(order) for order in orders)
        )

    def _find_currency(self, order):
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", order._content().currency)], limit=1)
        )

    # === OPEN WHAT MENDS === #

    def _correct_address(self, orders):
        return self.env["lengow.order.address"]._open_for(orders)

    def _let_through(self, orders):
        return self.env["lengow.order.difference"]._open_for(orders)

    def _create_currency(self, orders):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Currency"),
            "res_model": "res.currency",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_name": orders[0]._content().currency},
        }

    def _open_taxes(self, orders):
        products = self.env["product.product"].sudo()
        for account, ours in by_company(orders.sudo()):
            lines = [
                (order.marketplace_id, line)
                for order in ours
                for line in order._content().lines
            ]
            finder = ProductFinder(account, lines)
            found = [finder.find_one(*line).product for line in lines]
            products = products.union(*found)
        companies = orders.company_id.sudo().parent_ids
        taxes = products.taxes_id.filtered(lambda tax: tax.company_id in companies)
        return taxes.with_env(self.env)._get_records_action(
            name=self.env._("Taxes of the Products")
        )

    def _open_sale_orders(self, orders):
        sales = self.env["sale.order"].search(
            [("client_order_ref", "in", orders.mapped("name"))]
        )
        return sales._get_records_action(name=self.env._("Sale Orders"))

    def _open_fiscal_position(self, orders):
        return self._open_setting(orders, "fiscal_position")

    def _open_product_field(self, orders):
        marketplaces = orders.marketplace_id
        own = marketplaces.filtered("product_match")
        owners = own if own == marketplaces else orders.account_id
        return owners._get_records_action(name=self.env._("Choose Product Field"))

    def _open_unusable(self, orders):
        owners = owners_to_review(orders.sudo()) or orders.account_id
        return owners.with_env(self.env)._get_records_action(
            name=self.env._("Review Settings")
        )

    def _open_routing(self, orders):
        rules = orders.routing_rule_id
        if not rules:
            return self._import(orders)  # the rules have changed by now
        return rules._get_records_action(name=self.env._("Review Routing Rule"))

    def _open_delivery_method(self, orders):
        order_sudo = orders[0].sudo()  # the method may be of a company that is not seen
        order_sudo = order_sudo.with_company(order_sudo.company_id)
        problem = self.env["lengow.importer"]._find_problem(order_sudo)
        if not (problem and problem.source):
            return self._import(orders)  # somebody has chosen another by now
        return problem.source.with_env(self.env)._get_records_action(
            name=self.env._("Choose Delivery Method")
        )

    def _open_payment_journal(self, orders):
        return self._open_setting(orders, "payment_journal")

    def _open_conversion(self, orders):
        return self._open_setting(orders, "conversion")

    def _open_setting(self, orders, kind):
        if len(orders.account_id) > 1:
            raise UserError(
                self.env._(
                    "These orders belong to several accounts, and each has this "
                    "setting. Select the orders of one."
                )
            )
        return self.env["lengow.order.setting"]._open_for(orders[0], kind)

    # === GO ON === #

    def _find_waiting(self, codes, domain=()):
        """Return every order that waits for the same, in system mode.

        :param codes: of errors
        :param domain: which of them
        :rtype: lengow.order
        """
        errors = Domain("import_state", "=", "error") & Domain(
            "error_code", "in", codes
        )
        return self.env["lengow.order"].sudo().search(errors & Domain(list(domain)))

    def _go_on(self, orders, message):
        """Import what waited, as much as a click can bear, and say what came of it.

        :param lengow.order orders: whose error is mended
        :param str message: what was mended
        :return: a notification
        """
        orders = orders.sudo()
        failing = orders.filtered(lambda order: order.import_state == "error")
        self._judge_again(failing)
        self.env["lengow.importer"]._go_on_within(
            orders, time.monotonic() + BUTTON_SECONDS
        )
        # Those of other companies go on, too, and are none of the user's business.
        seen = orders.with_env(self.env)._filtered_access("read")
        imported = seen.filtered(lambda order: order.import_state == "imported")
        message += " " + self.env._(
            "Orders imported: %(imported)s of %(count)s.",
            imported=len(imported),
            count=len(seen),
        )
        left = seen.filtered(lambda o: o.is_outdated or o.import_state == "ready")
        if left:
            message += " " + self.env._("In a minute: %s more.", len(left))
        to_fix = (seen - left).filtered(lambda order: order.import_state == "error")
        if to_fix:
            message += f" {to_fix[0].name}: {to_fix[0].error_message}"
        return notification("warning" if to_fix else "success", message)

    def _note_mended(self, records, vals=None, known=()):
        """Have the orders go on that waited for what was made or changed.

        :param records: of a model of MENDED_BY; none where they were deleted
        :param dict vals: what was written; None for what is new
        :param known: names that they had before
        """
        if not (records or known) or not self._may_mend(records, vals):
            return
        called = self._names_of(records) | set(known)
        if called and records._name in NAMED_BY_SKU:
            self.env["lengow.second.look"]._match_soon(called)
        fields = self._mending_fields(records)
        names = fields if vals is None else fields.keys() & vals.keys()
        codes = {code for name in names for code in fields[name]}
        if vals is None and records._name == "product.template":
            codes = PRODUCT_ERRORS  # no order is sold with its taxes yet
        waiting = self._find_waiting(codes, self._whose(records, called))
        locked = waiting.try_lock_for_update(allow_referencing=True)
        if locked:
            self._judge_again(locked)

    def _may_mend(self, records, vals=None):
        fields = self._mending_fields(records)
        return bool(fields) and (vals is None or not fields.keys().isdisjoint(vals))

    def _mending_fields(self, records):
        """Return which errors a change of a field of some records may mend.

        :rtype: dict[str, tuple]
        """
        fields = MENDED_BY.get(records._name, {})
        own = dict.fromkeys(self._match_fields(records._name), PRODUCT_ERRORS)
        return {**own, **fields}

    @tools.ormcache("model")
    def _match_fields(self, model):
        """Return the fields of a model that SKUs are matched by, beside the usual ones.

        :param str model: any
        :rtype: tuple
        """
        choices = {
            choice
            for name in ("lengow.account", "lengow.marketplace")
            for choice in self.env[name]._product_match_choices()
        }
        names = (choice.rpartition(".") for choice in choices)
        return tuple(sorted(name for owner, _dot, name in names if owner == model))

    def _whose(self, records, called):
        """Return which orders some records concern, as a domain.

        :param records: of a model of MENDED_BY
        :param called: what orders call them by, or did
        """
        if records._name == "lengow.account":
            return [("account_id", "in", records.ids)]
        if records._name == "lengow.marketplace":
            return [("marketplace_id", "in", records.ids)]
        if records._name == "lengow.delivery.rule":
            return [("account_id", "in", records.account_id.ids)]
        if records._name == "lengow.carrier":
            return [("marketplace_id", "in", records.marketplace_id.ids)]
        if records._name == "sale.order":
            return [("name", "in", list(called))]
        if records._name in NAMED_BY_SKU:
            products = products_of(records)
            return [
                "|",
                ("error_code", "not in", PRODUCT_ERRORS),
                "|",
                ("line_ids.sku", "in", list(called)),
                "|",
                ("account_id.fallback_product_id", "in", products.ids),
                ("marketplace_id.fallback_product_id", "in", products.ids),
            ]
        return []

    def _names_of(self, records):
        """Return what orders may call some records by: numbers or SKUs.

        :param records: sale orders or products; others are called nothing. A product
            answers to its aliases, too, and to what it was published as
        :rtype: set[str]
        """
        if records._name == "sale.order":
            foreign = records.sudo().filtered(lambda sale: not sale.lengow_order_id)
            return {*foreign.mapped("client_order_ref")} - {False}
        if records._name == "uom.uom":
            packed = [("uom_id", "child_of", records.ids)]
            records = self.env["product.uom"].sudo().search(packed)
        if records._name == "product.uom":
            return spellings(records.sudo().mapped("barcode"))
        products = products_of(records).sudo()
        if not products:
            return set()
        named = {*products.mapped("default_code"), *products.mapped("barcode")}
        packed = [("product_id", "in", products.ids)]
        packagings = self.env["product.uom"].sudo().search_fetch(packed, ["barcode"])
        named |= {*packagings.mapped("barcode"), *products._lengow_identifiers()}
        for records_ in (products, products.product_tmpl_id):
            for name in self._match_fields(records_._name):
                named |= {*records_.mapped(name)}
        aliases = self.env["lengow.product.alias"].sudo()
        called = aliases.search([("product_id", "in", products.ids)])
        return spellings({*named, *called.mapped("sku")} - {False})

    def _judge_again(self, orders):
        self.env["lengow.second.look"]._look_soon(orders.sudo())
