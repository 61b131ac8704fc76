"""Exports: what is in them, that nothing runs, and that size costs no memory."""

import csv
import gc
import io
import time

import psutil
from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..exports import Column, CsvTable, XlsxTable, harmless
from ..wizards import lengow_order_export
from .common import LengowCase, address, line, package, payload
from .common.copies import copy_orders

HOSTILE = (
    "=cmd|' /C calc'!A1",
    "+1+2",
    "-2+3",
    "@SUM(A1:A9)",
    " =1+1",
    "\t=1+1",
    "\n=1+1",
    "\uff1d1+1",
    '=HYPERLINK("http://evil.example.com")',
)


@tagged("post_install", "-at_install")
class TestTables(BaseCase):
    columns = (
        Column("Text"),
        Column("Amount", "amount"),
        Column("Number", "number"),
        Column("Moment", "moment"),
    )

    def written(self, table_class, *rows):
        """Return the bytes of a table."""
        file = io.BytesIO()
        table = table_class(file, self.columns, "A title")
        for row in rows:
            table.write_row(row)
        self.assertEqual(table.row_count, len(rows))
        table.close()
        return file.getvalue()

    def test_a_workbook_holds_what_was_written(self):
        moment = fields.Datetime.to_datetime("2026-01-15 11:30:00")
        rows = [("Łódź", 12.5, 3, moment), (None, None, None, None), ("", 0.0, 0, None)]
        sheet = load_workbook(io.BytesIO(self.written(XlsxTable, *rows))).active
        self.assertEqual(
            list(sheet.iter_rows(values_only=True)),
            [
                ("Text", "Amount", "Number", "Moment"),
                ("Łódź", 12.5, 3, moment),
                (None, None, None, None),
                (None, 0, 0, None),
            ],
        )

    def test_texts_that_look_like_formulas_stay_texts_in_a_workbook(self):
        rows = [(text, None, None, None) for text in HOSTILE]
        sheet = load_workbook(io.BytesIO(self.written(XlsxTable, *rows))).active
        for index, text in enumerate(HOSTILE):
            cell = sheet.cell(index + 2, 1)
            self.assertEqual((cell.value, cell.data_type), (text, "s"))
            self.assertTrue(cell.quotePrefix)

    def test_texts_that_look_like_formulas_are_quoted_in_csv(self):
        rows = [(text, None, None, None) for text in HOSTILE]
        text = self.written(CsvTable, *rows).decode("utf-8-sig")
        cells = [row[0] for row in list(csv.reader(io.StringIO(text)))[1:]]
        self.assertEqual(cells, [f"'{text}" for text in HOSTILE])

    def test_phones_and_numbers_stay_as_they_are(self):
        for text in ("+33 6 00 00 00 00", "+33600000000", "-5", "FR-1", "a=b", ""):
            self.assertEqual(harmless(text), text)

    def test_csv_is_exact_and_readable_by_excel(self):
        moment = fields.Datetime.to_datetime("2026-01-15 11:30:00")
        content = self.written(CsvTable, ('a "b", c\nd', 12.5, 3.0, moment))
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        self.assertEqual(rows[1], ['a "b", c\nd', "12.50", "3", "2026-01-15 11:30:00"])

    def test_amounts_keep_their_digits_in_csv(self):
        rows = [("a", amount, None, None) for amount in (1.5, 12.345, 0.1 + 0.2, -7)]
        text = self.written(CsvTable, *rows).decode("utf-8-sig")
        cells = [row[1] for row in list(csv.reader(io.StringIO(text)))[1:]]
        self.assertEqual(cells, ["1.50", "12.345", "0.30", "-7.00"])

    def test_numbers_keep_their_digits_in_csv(self):
        rows = [("a", None, number, None) for number in (1234567, 0.3, 0.1 + 0.2, 100)]
        text = self.written(CsvTable, *rows).decode("utf-8-sig")
        cells = [row[2] for row in list(csv.reader(io.StringIO(text)))[1:]]
        self.assertEqual(cells, ["1234567", "0.3", "0.3", "100"])

    def test_a_table_that_is_joined_of_parts_is_the_same(self):
        moment = fields.Datetime.to_datetime("2026-01-15 11:30:00")
        rows = [
            (HOSTILE[n % 9], n / 3 if n % 2 else None, n, moment if n % 5 else None)
            for n in range(25)
        ]
        for Table in (XlsxTable, CsvTable):
            parts, count = [], 0
            for batch in (rows[:7], rows[7:8], [], rows[8:]):
                part, count = Table.part(self.columns, batch, count)
                parts.append(part)
            self.assertEqual(count, len(rows))
            file = io.BytesIO()
            Table.join(file, self.columns, "A title", parts, count)
            joined, whole = file.getvalue(), self.written(Table, *rows)
            if Table is CsvTable:
                self.assertEqual(joined, whole)
            else:
                self.assertEqual(self.sheet_of(joined), self.sheet_of(whole))

    def sheet_of(self, content):
        """Return all that a person sees of a workbook, and how it is kept."""
        sheet = load_workbook(io.BytesIO(content)).active
        cells = [
            (cell.value, cell.data_type, cell.number_format, cell.quotePrefix)
            for row in sheet.iter_rows()
            for cell in row
        ]
        widths = {name: width.width for name, width in sheet.column_dimensions.items()}
        return cells, sheet.dimensions, sheet.auto_filter.ref, sheet.title, widths

    def test_what_no_file_can_hold_is_left_out(self):
        text = "a\x00\x07\ud800b" + "x" * 40_000
        sheet = load_workbook(
            io.BytesIO(self.written(XlsxTable, (text, None, None, None)))
        ).active
        self.assertEqual(sheet["A2"].value, "ab" + "x" * 32_765)
        self.assertIn(b'"abx', self.written(CsvTable, (text, None, None, None)))


@tagged("post_install", "-at_install")
class TestExport(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.group_ids |= cls.env.ref("base.group_allow_export")

    def test_whoever_may_not_export_exports_nothing(self):
        order = self.full_order()
        wizard = self.env["lengow.order.export"].with_user(self.user).create({})
        self.user.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaisesRegex(AccessError, "allow “Export”"):
            wizard._write_file()
        with self.assertRaisesRegex(AccessError, "allow “Export”"):
            self.export(context={"active_ids": order.ids})

    def export(self, user=None, context=None, **values):
        """Return the rows of an export as dicts, and the file."""
        wizard = (
            self.env["lengow.order.export"]
            .with_user(user or self.user)
            .with_context(**(context or {}))
            .create(values)
        )
        wizard.action_export()
        with wizard._write_file() as file:
            file.seek(0)
            content = file.read()
        if wizard.file_format == "csv":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        else:
            sheet = load_workbook(io.BytesIO(content)).active
            rows = list(sheet.iter_rows(values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def full_order(self, number="A-1"):
        """Return an order that says all there is to say."""
        delivery = address(
            company="Exemple SARL",
            second_line="Bâtiment B",
            complement="Étage 3",
            phone_mobile="+33 6 00 00 00 44",
        )
        tracking = {"number": "6A123", "carrier": "Colissimo"}
        packages = [
            package(
                line(amount="48.00", quantity=2),
                line("MUG", amount="12.00", title="=1+1"),
                delivery=delivery,
                trackings=[tracking],
            )
        ]
        return self.import_payload(
            payload(
                number,
                *packages,
                shipping="4.90",
                processing_fee="1.00",
                total="65.90",
                total_tax="10.98",
                commission="6.59",
                billing_address=address(vat_number="FR23334175221"),
            )
        )

    def test_an_order_is_a_row(self):
        order = self.full_order()
        sale = order.sale_order_ids
        invoice = sale._create_invoices()
        (row,) = self.export(context={"active_ids": order.ids})
        self.assertEqual(order.import_state, "imported", order.error_message)
        moment = fields.Datetime.context_timestamp(
            self.env["lengow.order"].with_user(self.user), order.order_date
        )
        for heading, value in {
            "Marketplace Order": "A-1",
            "Marketplace": "Amazon FR",
            "Lengow Account": "Test Shop",
            "Order Date": moment.replace(tzinfo=None),
            "Lengow Status": "Waiting for Shipment",
            "Marketplace Status": "Unshipped",
            "Import": "Imported",
            "SKUs": "SHIRT x 2; MUG x 1",
            "Quantity": 3,
            "Currency": "EUR",
            "Order Total": 65.9,
            "Tax": 10.98,
            "Shipping": 4.9,
            "Processing Fee": 1.0,
            "Commission": 6.59,
            "Buyer": "Camille Exemple",
            "E-mail": "camille@example.com",
            "VAT Number": "FR23334175221",
            "Billing: Name": "Camille Exemple",
            "Delivery: Company": "Exemple SARL",
            "Delivery: Street": "1 rue du Test",
            "Delivery: Street 2": "Bâtiment B, Étage 3",
            "Delivery: ZIP": "75001",
            "Delivery: City": "Paris",
            "Delivery: Country": "FR",
            "Delivery: Phone": "+33 6 00 00 00 44",
            "Carrier": "Colissimo",
            "Tracking Numbers": "6A123",
            "Sale Orders": sale.name,
            "Deliveries": sale.picking_ids.name,
            "Invoices": invoice.name or None,
        }.items():
            self.assertEqual(row[heading], value, heading)

    def test_our_tracking_comes_before_the_marketplace_s(self):
        order = self.full_order()
        order.sale_order_ids.picking_ids.carrier_tracking_ref = "OURS-1"
        (row,) = self.export(context={"active_ids": order.ids})
        self.assertEqual(row["Tracking Numbers"], "OURS-1")

    def test_what_comes_back_is_no_shipment(self):
        order = self.full_order()
        picking = order.sale_order_ids.picking_ids
        picking.carrier_tracking_ref = "OURS-1"
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        returned.carrier_tracking_ref = "BACK-1"
        (row,) = self.export(context={"active_ids": order.ids})
        self.assertNotIn("BACK-1", row["Tracking Numbers"])
        self.assertIn("OURS-1", row["Tracking Numbers"])
        self.assertNotIn(returned.name, row["Deliveries"])

    def test_a_line_is_a_row_and_columns_add_up(self):
        order = self.full_order()
        rows = self.export(context={"active_ids": order.ids}, row_per="line")
        self.assertEqual([row["SKU"] for row in rows], ["SHIRT", "MUG"])
        self.assertEqual([row["Line Total"] for row in rows], [48, 12])
        self.assertEqual([row["Quantity"] for row in rows], [2, 1])
        self.assertEqual([row["Order Total"] for row in rows], [65.9, None])
        self.assertEqual([row["Currency"] for row in rows], ["EUR", "EUR"])
        self.assertEqual(rows[1]["Description"], "=1+1")
        csv_rows = self.export(
            context={"active_ids": order.ids}, row_per="line", file_format="csv"
        )
        self.assertEqual(csv_rows[1]["Description"], "'=1+1")

    def test_an_order_without_lines_or_addresses_is_a_row_too(self):
        order = self.import_payload(
            payload("EMPTY", total="5", packages=[], billing_address=None)
        )
        for row_per in ("order", "line"):
            (row,) = self.export(context={"active_ids": order.ids}, row_per=row_per)
            self.assertEqual(row["Marketplace Order"], "EMPTY")
            self.assertEqual(row["Order Total"], 5)

    def test_the_selection_keeps_its_order_and_the_filter_the_list_s(self):
        orders = self.env["lengow.order"]
        for day in (1, 2, 3):
            orders |= self.import_payload(
                payload(f"D-{day}", marketplace_order_date=f"2026-01-0{day}T10:00:00Z")
            )
        first, second, third = orders
        rows = self.export(context={"active_ids": [second.id, third.id, first.id]})
        self.assertEqual(
            [row["Marketplace Order"] for row in rows], ["D-2", "D-3", "D-1"]
        )
        domain = [("name", "in", ["D-1", "D-3"])]
        rows = self.export(context={"active_domain": domain})
        self.assertEqual([row["Marketplace Order"] for row in rows], ["D-3", "D-1"])

    def test_more_than_the_browser_tells_means_all(self):
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", "2")
        wizard = self.env["lengow.order.export"].with_context(active_ids=[1, 2])
        self.assertEqual(wizard.create({}).scope, "filter")
        wizard = self.env["lengow.order.export"].with_context(active_ids=[1])
        self.assertEqual(wizard.create({}).scope, "selection")

    def test_orders_of_other_companies_are_not_in_it(self):
        order = self.full_order()
        company = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.create_user(
            "elsewhere",
            "lengow_connector.group_user",
            "base.group_allow_export",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaisesRegex(UserError, "no order"):
            self.export(user=elsewhere, context={"active_ids": order.ids})
        with self.assertRaisesRegex(UserError, "no order"):
            self.export(user=elsewhere)

    def test_a_user_s_own_rules_hold(self):
        mine, other = self.full_order("MINE"), self.full_order("OTHER")
        self.env["ir.rule"].create(
            {
                "name": "Only mine",
                "model_id": self.env.ref("lengow_connector.model_lengow_order").id,
                "groups": [
                    Command.link(self.env.ref("lengow_connector.group_user").id)
                ],
                "domain_force": "[('name', '=', 'MINE')]",
            }
        )
        rows = self.export(context={"active_ids": (mine + other).ids})
        self.assertEqual([row["Marketplace Order"] for row in rows], ["MINE"])

    def test_too_many_orders_say_so(self):
        self.full_order("A-1")
        self.full_order("A-2")
        self.patch(lengow_order_export, "MOST_ORDERS", 1)
        with self.assertRaisesRegex(UserError, "at most 1"):
            self.export()

    def test_a_full_sheet_says_so(self):
        order = self.full_order()
        self.patch(XlsxTable, "most_rows", 1)
        with self.assertRaisesRegex(UserError, "as CSV"):
            self.export(context={"active_ids": order.ids}, row_per="line")
        rows = self.export(
            context={"active_ids": order.ids}, row_per="line", file_format="csv"
        )
        self.assertEqual(len(rows), 2)

    def test_nothing_is_left_behind(self):
        order = self.full_order()
        before = self.env["ir.attachment"].search_count([])
        self.export(context={"active_ids": order.ids})
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_odoo_s_own_export_still_works(self):
        order = self.full_order()
        exported = order.with_user(self.user).export_data(["name", "line_ids/sku"])
        self.assertEqual(exported["datas"], [["A-1", "SHIRT"], ["", "MUG"]])

    def test_queries_do_not_grow_with_the_orders_of_a_batch(self):
        order = self.full_order()
        copy_orders(order, 300)
        wizard = self.env["lengow.order.export"].create({"scope": "filter"})

        def queries(count):
            wizard.order_domain = [("name", "<=", f"COPY-{count:05}")]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._write_file().close()
            return self.env.cr.sql_log_count - before

        queries(10)
        self.assertEqual(queries(20), queries(300))

    def test_20000_orders_cost_no_memory(self):
        copy_orders(self.full_order(), 20_000)
        rss, rows = [], lengow_order_export.OrderRows.rows

        def watched(instance, orders):
            yield from rows(instance, orders)
            rss.append(psutil.Process().memory_info().rss)

        self.patch(lengow_order_export.OrderRows, "rows", watched)
        wizard = self.env["lengow.order.export"].create({"scope": "filter"})
        self.env.flush_all()
        self.env.invalidate_all()
        gc.collect()
        start = time.process_time()  # our own work, however busy the machine is
        with wizard._write_file() as file:
            size = file.tell()
        self.assertLess(time.process_time() - start, 60)
        self.assertGreater(size, 100_000)
        self.assertEqual(len(rss), 41)
        self.assertLess(rss[-1] - rss[2], 30 * 1024 * 1024)

    # === WHO HAS EXPORTED WHAT === #

    def exports(self, order):
        return self.env["lengow.export"].search([("order_ids", "in", order.ids)])

    def test_who_exports_which_orders_is_kept(self):
        order, other = self.full_order(), self.full_order("A-2")
        self.export(context={"active_ids": order.ids})
        kept = self.exports(order)
        self.assertEqual(kept.order_ids, order)
        self.assertEqual((kept.user_id, kept.order_count), (self.user, 1))
        self.assertEqual(kept.user_name, self.user.name)
        self.assertIn("marketplace orders.xlsx", kept.file_name)
        self.assertFalse(self.exports(other))

    def test_what_is_asked_for_and_not_made_is_no_export(self):
        order = self.full_order()
        self.patch(lengow_order_export, "MOST_ORDERS", 0)
        with self.assertRaises(UserError):
            self.export(context={"active_ids": order.ids})
        self.assertFalse(self.exports(order))

    def test_odoos_own_export_is_kept_just_so(self):
        order = self.full_order()
        order.with_user(self.user).export_data(["name", "customer_name"])
        self.assertEqual(self.exports(order).user_id, self.user)

    def test_each_company_sees_its_own_part_of_an_export(self):
        order = self.full_order()
        self.export(context={"active_ids": order.ids})
        stranger = self.create_stranger("lengow_connector.group_manager")
        Export = self.env["lengow.export"]
        self.assertFalse(Export.with_user(stranger).search([]))
        self.assertTrue(Export.with_user(self.manager).search([]))

    def test_export_outlives_the_buyers_data_and_holds_none_of_it(self):
        order = self.full_order()
        self.export(context={"active_ids": order.ids})
        buyer = order.customer_name
        self.env["lengow.anonymiser"]._anonymise(order)
        kept = self.exports(order)
        self.assertEqual(kept.order_ids, order)
        self.assertNotIn(buyer, str(kept.read()))
