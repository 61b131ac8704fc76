"""A second company with books and stock of its own, and a rule that gives it orders."""

from odoo import Command

from .orders import address, line, package, payload
from .shipping import ShippingCase

SHOP = "cdiscount"


class CompaniesCase(ShippingCase):
    """Orders of one account that go to two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create(
            {
                "name": "Company B",
                "country_id": cls.env.ref("base.be").id,
                "currency_id": cls.env.ref("base.EUR").id,
            }
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company_b, install_demo=False
        )
        cls.company_b.currency_id = cls.env.ref("base.EUR")
        cls.env.user.company_ids = [Command.link(cls.company_b.id)]
        cls.manager.company_ids = [Command.link(cls.company_b.id)]
        cls.tax_b = cls.create_tax_of(cls.company_b, 21.0)
        cls.journal_b = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company_b.id)], limit=1
        )
        cls.warehouse_b = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company_b.id)], limit=1
        )
        # The chart gives its own tax to what is there.
        taxes = cls.tax | cls.tax_b
        (cls.shirt | cls.mug).taxes_id = [Command.set(taxes.ids)]
        of_b = {
            "company_id": cls.company_b.id,
            "company_ids": [Command.set(cls.company_b.ids)],
        }
        cls.user_b = cls.create_user("user-b", "lengow_connector.group_user", **of_b)
        cls.manager_b = cls.create_user(
            "manager-b", "lengow_connector.group_manager", **of_b
        )
        cls.storeman_b = cls.create_user("store-b", "stock.group_stock_user", **of_b)
        cls.accountant_b = cls.create_user(
            "books-b", "account.group_account_invoice", **of_b
        )
        cls.shop = cls.find_marketplace(SHOP)

    @classmethod
    def create_tax_of(cls, company, rate):
        """Return a tax of a company that its prices include."""
        country = company.account_fiscal_country_id
        group = cls.env["account.tax.group"].create(
            {
                "name": f"VAT {rate} %",
                "company_id": company.id,
                "country_id": country.id,
            }
        )
        return cls.env["account.tax"].create(
            {
                "name": f"VAT {rate} % of {company.name}",
                "amount": rate,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": company.id,
                "country_id": country.id,
                "tax_group_id": group.id,
            }
        )

    def add_rule(self, **values):
        """Give orders to the second company, unless told otherwise."""
        return self.env["lengow.routing.rule"].create(
            {
                "account_id": self.account.id,
                "company_id": self.company_b.id,
                **values,
            }
        )

    def receive_from(self, number, marketplace=SHOP, country="FR", **values):
        """Let an order come in that goes to a country."""
        lines = values.pop("lines", None) or [line(lengow_status="waiting_shipment")]
        for index, one in enumerate(lines):
            one["marketplace_order_line_id"] = f"{number}-L{index}"
        place = address(common_country_iso_a2=country)
        return self.import_payload(
            payload(
                number,
                package(*lines, delivery=place),
                marketplace=marketplace,
                **values,
            )
        )

    def company_of(self, order):
        """Return the company of an order that must be imported, and its sale orders."""
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.company_id, order.company_id)
        return order.company_id
