"""What a marketplace order becomes: packages, types, taxes, settings, prices."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.sale.models.sale_order import SaleOrder as SaleOrderOfOdoo

from .common import LengowCase, address, line, package, payload


@tagged("post_install", "-at_install")
class TestImportSales(LengowCase):
    # === LINES AND PACKAGES (bugs 10, 19, 21, 29, 45, 48) === #

    def test_same_product_on_two_lines_stays_two_lines(self):
        lines = [
            line("SHIRT", "10.00", 1, marketplace_order_line_id="L1"),
            line("SHIRT", "12.00", 2, marketplace_order_line_id="L2"),
        ]
        row = self.import_order("P-1", package(*lines))
        sold = row.sale_order_ids.order_line
        self.assertEqual(sold.mapped("lengow_line_ref"), ["L1", "L2"])
        self.assertEqual(row.line_ids.sale_line_id, sold)
        self.assertEqual(sold.mapped("price_total"), [10.0, 12.0])

    def test_fulfilment_suffix_is_not_part_of_the_sku(self):
        row = self.import_order("P-1", package(line("SHIRT_FBA")))
        self.assertEqual(row.sale_order_ids.order_line.product_id, self.shirt)

    def test_two_delivery_addresses_are_two_sale_orders(self):
        row = self.import_order(
            "P-1",
            package(line("SHIRT", "24.00")),
            package(line("MUG", "9.00"), delivery=address(city="Lyon")),
            shipping="5.00",
        )
        first, second = row.sale_order_ids.sorted("lengow_package_index")
        self.assertAlmostEqual(first.amount_total, 29.0)
        self.assertAlmostEqual(second.amount_total, 9.0)
        self.assertEqual(second.partner_shipping_id.city, "Lyon")
        self.assertEqual(first.partner_id, second.partner_id)

    def test_two_packages_to_one_address_are_one_sale_order(self):
        row = self.import_order("P-1", package(line("SHIRT")), package(line("MUG")))
        self.assertEqual(len(row.sale_order_ids), 1)
        self.assertEqual(len(row.sale_order_ids.order_line), 2)

    def test_canceled_refused_and_empty_lines_are_left_out(self):
        row = self.import_order(
            "P-1",
            package(
                line("SHIRT"),
                line("MUG", "5.00", lengow_status="canceled"),
                line("MUG", "6.00", lengow_status="refused"),
                line("MUG", "0.00", 0),
            ),
        )
        self.assertEqual(row.sale_order_ids.order_line.product_id, self.shirt)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 24.0)

    def test_order_without_kept_line_is_ignored(self):
        row = self.import_payload(
            payload("P-1", package(line("SHIRT", lengow_status="canceled")))
        )
        self.assertEqual(row.import_state, "ignored")

    def test_line_that_waits_for_acceptance_keeps_the_order_waiting(self):
        row = self.import_payload(
            payload(
                "P-1",
                package(line("SHIRT"), line("MUG", lengow_status="waiting_acceptance")),
            )
        )
        self.assertEqual(row.import_state, "waiting")
        self.assertFalse(row.sale_order_ids)

    def test_numeric_sku_is_not_a_database_id(self):
        row = self.import_payload(payload("P-1", package(line(str(self.shirt.id)))))
        self.assertEqual(row.error_code, "product_missing")

    def test_alias_of_the_marketplace_wins_over_everything(self):
        Alias = self.env["lengow.product.alias"]
        Alias.create(
            {"account_id": self.account.id, "sku": "SHIRT", "product_id": self.mug.id}
        )
        row = self.import_order("P-1")
        self.assertEqual(row.sale_order_ids.order_line.product_id, self.mug)
        Alias.create(
            {
                "account_id": self.account.id,
                "marketplace_id": self.marketplace.id,
                "sku": "SHIRT",
                "product_id": self.shirt.id,
            }
        )
        row = self.import_order("P-2")
        self.assertEqual(row.sale_order_ids.order_line.product_id, self.shirt)

    def test_barcode_finds_the_product(self):
        row = self.import_order("P-1", package(line("4006381333931")))
        self.assertEqual(row.sale_order_ids.order_line.product_id, self.shirt)

    def test_products_of_another_company_are_not_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.shirt.company_id = other
        row = self.import_payload(payload("P-1"))
        self.assertEqual(row.error_code, "product_unusable")
        self.assertIn("another company", row.error_message)

    def test_reference_of_another_companys_product_does_not_hide_our_barcode(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.create_product("0012345", company_id=other.id, taxes_id=False)
        ours = self.create_product("OURS", barcode="0012345")
        row = self.import_order("P-1", package(line("0012345")))
        self.assertEqual(row.sale_order_ids.order_line.product_id, ours)

    def test_branch_sells_its_parents_products(self):
        self.shirt.company_id = self.company
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        if not self.env["stock.warehouse"].search([("company_id", "=", branch.id)]):
            self.env["stock.warehouse"].create(
                {"name": "Branch", "code": "BRA", "company_id": branch.id}
            )
        self.account.company_id = branch
        sale = self.import_order("P-1").sale_order_ids
        self.assertEqual(sale.company_id, branch)
        self.assertEqual(sale.order_line.product_id, self.shirt)
        self.assertAlmostEqual(sale.amount_tax, 4.0)

    def test_product_that_is_not_for_sale_is_an_error(self):
        self.shirt.sale_ok = False
        row = self.import_payload(payload("P-1"))
        self.assertEqual(row.error_code, "product_unusable")

    def test_the_marketplace_number_of_a_product_is_no_reference_of_ours(self):
        self.create_product("1001")
        unknown = line("UNKNOWN", marketplace_product_id="1001")
        row = self.import_payload(payload("P-1", package(unknown)))
        self.assertEqual(row.error_code, "product_missing")

    def test_lines_without_or_with_equal_numbers_keep_their_links(self):
        lines = [
            line("SHIRT", "10.00", marketplace_order_line_id=None),
            line("MUG", "5.00", marketplace_order_line_id="L"),
            line("SHIRT", "7.00", marketplace_order_line_id="L"),
        ]
        row = self.import_order("P-1", package(*lines))
        linked = row.line_ids.sorted("sequence")
        self.assertEqual(
            linked.mapped("sale_line_id.price_total"), linked.mapped("amount_total")
        )
        self.assertTrue(all(linked.mapped("product_id")))

    # === TYPES === #

    def test_dates_numbers_and_comment_are_kept(self):
        row = self.import_order(
            "P-1",
            package(line("SHIRT", max_shipping_date="2026-01-17T12:00:00Z")),
            comments=["Ring twice", "Gift"],
        )
        sale = row.sale_order_ids
        self.assertEqual(str(sale.date_order), "2026-01-15 10:30:00")
        self.assertEqual(sale.client_order_ref, "P-1")
        self.assertEqual(row.ship_before, sale.commitment_date)
        self.assertEqual(str(sale.commitment_date), "2026-01-17 12:00:00")
        self.assertEqual(sale.picking_ids.lengow_comment, "Ring twice\nGift")

    def test_deadline_of_the_order_serves_where_lines_have_none(self):
        meta = {"shipping_deadline": "2026-01-18T00:00:00Z"}
        row = self.import_order("P-1", order_meta=meta)
        self.assertEqual(str(row.ship_before), "2026-01-18 00:00:00")

    def test_types_are_refreshed_with_the_order(self):
        row = self.import_order("P-1")
        types = ("is_express", "is_prime", "is_business")
        self.import_payload(payload("P-1", order_types=[{"type": t} for t in types]))
        self.assertTrue(row.is_express and row.is_prime and row.is_business)

    def test_commission_lowers_the_margin(self):
        self.shirt.standard_price = 8.0
        row = self.import_order("P-1", commission="3.00")
        self.assertAlmostEqual(row.amount_margin, 20.0 - 8.0 - 3.0)

    def fulfilled(self, number="F-1"):
        return payload(
            number,
            lengow_status="shipped",
            marketplace_status="Shipped",
            order_types=[{"type": "is_delivered_by_marketplace", "label": "AFN"}],
        )

    def test_fulfilled_by_marketplace_is_ignored_by_default(self):
        row = self.import_payload(self.fulfilled())
        self.assertEqual(row.import_state, "ignored")

    def test_fulfilled_by_marketplace_leaves_our_stock_alone(self):
        self.account.import_fulfilled_by_marketplace = True
        self.shirt.invoice_policy = "delivery"
        row = self.import_payload(self.fulfilled())
        sale = row.sale_order_ids
        self.assertEqual(sale.state, "sale")
        self.assertFalse(sale.picking_ids)
        self.assertEqual(sale.order_line.qty_delivered, 1.0)
        self.assertEqual(sale.invoice_status, "to invoice")

    def test_fulfilled_by_marketplace_from_a_warehouse_of_its_own(self):
        self.account.import_fulfilled_by_marketplace = True
        warehouse = self.env["stock.warehouse"].create({"name": "FBA", "code": "FBA"})
        self.account.fulfilment_warehouse_id = warehouse
        row = self.import_payload(self.fulfilled())
        picking = row.sale_order_ids.picking_ids
        self.assertEqual(picking.picking_type_id.warehouse_id, warehouse)

    def test_first_seen_after_shipment_says_so_on_the_delivery(self):
        shipped = self.import_order(
            "P-1", lengow_status="shipped", marketplace_status="Shipped"
        )
        self.assertTrue(shipped.sale_order_ids.picking_ids.lengow_already_shipped)
        unshipped = self.import_order("P-2")
        self.assertFalse(unshipped.sale_order_ids.picking_ids.lengow_already_shipped)

    # === TAXES AND CURRENCIES (bugs 24, 25, 28, 31, 43) === #

    def test_shipping_follows_the_rate_of_the_largest_line(self):
        reduced = self.create_tax(5.5)
        self.mug.taxes_id = reduced
        row = self.import_order(
            "T-1",
            package(line("SHIRT", "10.00"), line("MUG", "30.00")),
            shipping="4.99",
        )
        shipping = row.sale_order_ids.order_line[-1]
        self.assertEqual(shipping.lengow_line_ref, "shipping")
        self.assertEqual(shipping.tax_ids, reduced)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 44.99)

    def test_shipping_at_the_tax_of_its_product_where_the_account_says_so(self):
        self.account.service_tax_policy = "product"
        exempt = self.create_tax(0.0)
        self.account.shipping_product_id.taxes_id = exempt
        row = self.import_order("T-1", shipping="4.99")
        self.assertEqual(row.sale_order_ids.order_line[-1].tax_ids, exempt)

    def test_discount_never_makes_a_sale_order_negative(self):
        row = self.import_order(
            "T-1",
            package(line("MUG", "5.00")),
            package(line("SHIRT", "100.00"), delivery=address(city="Lyon")),
            discount="10.00",
            total="95.00",
        )
        totals = row.sale_order_ids.mapped("amount_total")
        self.assertEqual(sorted(totals), [5.0, 90.0])

    def test_a_discount_larger_than_any_package_is_spread(self):
        row = self.import_order(
            "T-1",
            package(line("MUG", "20.00")),
            package(line("SHIRT", "30.00"), delivery=address(city="Lyon")),
            discount="40.00",
            total="10.00",
        )
        totals = row.sale_order_ids.mapped("amount_total")
        self.assertEqual(sorted(totals), [0.0, 10.0])

    def test_a_discount_beside_a_canceled_line_is_taken_from_what_is_kept(self):
        row = self.import_order(
            "T-1",
            package(line("SHIRT"), line("MUG", "10.00", lengow_status="canceled")),
            discount="4.00",
            total="30.00",
        )
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 20.0)

    def test_what_cannot_be_read_and_is_not_needed_is_noted(self):
        odd = address(civility=["Mme"], full_address={"a": 1})
        row = self.import_order(
            "T-1",
            package(line(category=[1]), trackings=[{"parcel_weight": "1,2"}]),
            billing_address=odd,
            workflow_rank="first",
            marketplace_order_date="0000-00-00",
            commission="n/a",
            locale={},
            order_meta=[1],
            contact_address="nobody",
            invoice_url=[],
        )
        notes = row.message_ids.filtered(lambda m: "cannot be read" in m.body)
        self.assertEqual(len(notes), 1)
        self.assertIn("commission", notes.body)

    def test_confirmation_mails_no_coupon(self):
        seen = []

        def confirm(sales):
            seen.append(sales.env.context.get("loyalty_no_mail"))
            return True

        with patch.object(SaleOrderOfOdoo, "_action_confirm", confirm):
            self.import_order("T-1")
        self.assertEqual(seen, [True])

    def test_converted_amounts_of_many_decimals_are_rounded_once(self):
        lines = [line("SHIRT", "10.004"), line("MUG", "10.004")]
        row = self.import_order("T-1", package(*lines), total="20.008")
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 20.01)

    def test_business_whose_tax_is_not_told_is_taxed(self):
        self.account.b2b_fiscal_position_id = self.fiscal_position()
        row = self.import_order(
            "T-1", total_tax=None, order_types=[{"type": "is_business"}]
        )
        self.assertAlmostEqual(row.sale_order_ids.amount_tax, 4.0)

    def test_order_without_any_date_takes_todays(self):
        row = self.import_order("T-1", marketplace_order_date=None, imported_at=None)
        self.assertTrue(row.sale_order_ids.date_order)

    def test_order_discount_is_a_line(self):
        row = self.import_order("T-1", discount="4.00", total="20.00")
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 20.0)
        self.assertAlmostEqual(row.sale_order_ids.order_line[-1].price_total, -4.0)

    def fiscal_position(self, rate=None, **values):
        position = self.env["account.fiscal.position"].create(
            {"name": f"Position {rate}", **values}
        )
        if rate is not None:
            tax = self.create_tax(rate)
            tax.write(
                {
                    "fiscal_position_ids": [Command.link(position.id)],
                    "original_tax_ids": [Command.link(self.tax.id)],
                }
            )
        return position

    def test_rate_of_the_delivery_country_applies(self):
        position = self.fiscal_position(
            19.0, auto_apply=True, country_id=self.env.ref("base.de").id
        )
        row = self.import_order(
            "T-1",
            package(line("SHIRT"), delivery=address(common_country_iso_a2="DE")),
        )
        sale = row.sale_order_ids
        self.assertEqual(sale.fiscal_position_id, position)
        self.assertEqual(sale.order_line.tax_ids.amount, 19.0)
        self.assertAlmostEqual(sale.amount_total, 24.0)

    def test_business_without_tax_covers_shipping_too(self):
        self.account.b2b_fiscal_position_id = self.fiscal_position()
        row = self.import_order(
            "T-1", shipping="6.00", order_types=[{"type": "is_business"}]
        )
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 30.0)
        self.assertAlmostEqual(row.sale_order_ids.amount_tax, 0.0)

    def test_marketplace_that_collects_the_tax_needs_a_fiscal_position(self):
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        row = self.import_payload(payload("T-1", **collected))
        self.assertEqual(row.error_code, "fiscal_position_missing")
        buyers = self.env["res.partner"].search([("lengow_customer_ref", "=", "#T-1")])
        self.assertFalse(buyers)
        self.account.deemed_supplier_fiscal_position_id = self.fiscal_position()
        row.action_import()
        self.assertEqual(row.import_state, "imported", row.error_message)
        self.assertAlmostEqual(row.sale_order_ids.amount_tax, 0.0)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 24.0)

    def test_foreign_currency_needs_a_pricelist_and_then_keeps_its_amounts(self):
        pounds = self.env.ref("base.GBP")
        pounds.active = True
        code = {"iso_a3": "GBP"}
        currency = {"currency": code, "original_currency": code}
        row = self.import_payload(payload("T-1", **currency))
        self.assertEqual(row.error_code, "pricelist_missing")
        self.env["product.pricelist"].create({"name": "GBP", "currency_id": pounds.id})
        row.action_import()
        sale = row.sale_order_ids
        self.assertEqual(sale.currency_id, pounds)
        self.assertAlmostEqual(sale.amount_total, 24.0)

    def test_amounts_that_lengow_converts_are_not_converted_again(self):
        self.account.currency_conversion = True
        row = self.import_order(
            "T-1", original_currency={"iso_a3": "GBP"}, original_total_order="20.00"
        )
        self.assertEqual(row.sale_order_ids.currency_id.name, "EUR")
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 24.0)

    # === PRICES STAY (bugs 26, 27, 32) === #

    def test_price_survives_edits_confirmation_and_reopening(self):
        row = self.import_order(
            "T-1", package(line("SHIRT", "19.99"), line("MUG", "10.00", 3))
        )
        sale = row.sale_order_ids
        sale.action_lock()
        sale.action_unlock()
        with Form(sale) as form, form.order_line.edit(0) as edited:
            edited.product_uom_qty = 2
        self.assertAlmostEqual(sale.order_line[0].price_unit, 19.99)
        self.assertAlmostEqual(sale.order_line[1].price_total, 10.0)
        self.assertAlmostEqual(sale.amount_total, 49.98)

    def test_pricelist_update_leaves_the_marketplace_price(self):
        self.marketplace.workflow = "quotation"
        sale = self.import_order("T-1").sale_order_ids
        sale.action_update_prices()
        self.assertAlmostEqual(sale.amount_total, 24.0)

    def test_own_line_on_a_marketplace_order_is_priced_by_odoo(self):
        self.marketplace.workflow = "quotation"
        sale = self.import_order("T-1").sale_order_ids
        sale.order_line = [Command.create({"product_id": self.mug.id})]
        self.assertAlmostEqual(sale.order_line[-1].price_unit, 50.0)

    # === SETTINGS === #

    def test_marketplace_settings_win_over_the_account(self):
        Team, Tag = self.env["crm.team"], self.env["crm.tag"]
        ours, theirs = Team.create([{"name": "Ours"}, {"name": "Theirs"}])
        tag = Tag.create({"name": "Marketplace"})
        self.account.write({"team_id": ours.id, "tag_ids": [Command.set(tag.ids)]})
        sale = self.import_order("W-1").sale_order_ids
        self.assertEqual((sale.team_id, sale.tag_ids), (ours, tag))
        self.assertFalse(sale.user_id)
        self.marketplace.write({"team_id": theirs.id, "salesperson_id": self.user.id})
        sale = self.import_order("W-2").sale_order_ids
        self.assertEqual((sale.team_id, sale.user_id), (theirs, self.user))

    def test_analytic_distribution_is_on_every_line(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channel"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Amazon", "plan_id": plan.id}
        )
        self.marketplace.analytic_distribution = {str(analytic.id): 100}
        sale = self.import_order("W-1", shipping="5.00").sale_order_ids
        for sold in sale.order_line:
            self.assertEqual(sold.analytic_distribution, {str(analytic.id): 100.0})

    def test_quotation_workflow_does_not_confirm(self):
        self.marketplace.workflow = "quotation"
        self.assertEqual(self.import_order("W-1").sale_order_ids.state, "draft")
