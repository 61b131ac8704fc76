"""The analysis of marketplace orders: every number, and who sees it."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import line, package
from .common.reporting import ReportingCase


@tagged("post_install", "-at_install")
class TestReporting(ReportingCase):
    # === CURRENCIES === #

    def test_amounts_are_in_the_companys_currency_at_the_rate_of_the_date(self):
        zloty = self.set_rates("PLN", d1=4, d20=5)
        self.receive("R-1", package(line(amount="24.00")), commission="1.50")
        self.receive("R-2", package(line(amount="100.10")), commission="9.99", **zloty)
        later = {"marketplace_order_date": "2026-01-25T10:00:00Z"}
        self.receive("R-3", package(line(amount="100.10")), **zloty, **later)
        self.assertEqual(self.total("amount_total"), 24 + 25.03 + 20.02)
        self.assertAlmostEqual(self.total("amount_commission"), 1.5 + 2.5 + 0.3)
        # 100.10 / 4 = 25.025 and 9.99 / 4 = 2.4975: nothing is rounded before the sum
        self.assertAlmostEqual(
            self.analyse("amount_net:sum"),
            24 - 1.5 + 25.025 - 2.4975 + 20.02 - 0.3,
        )

    def test_conversion_is_that_of_odoo(self):
        """Before the first rate as well, and where the company's own has rates."""
        dollar = self.set_rates("SEK", d10=11)
        self.set_rates(self.currency.name, d1=1.25)
        self.receive("R-1", package(line(amount="100.00")), **dollar)
        early = {"marketplace_order_date": "2026-01-02T10:00:00Z"}
        self.receive("R-2", package(line(amount="100.00")), **dollar, **early)
        krona = self.env.ref("base.SEK")
        expected = [
            krona._convert(100, self.currency, self.company, day, round=False)
            for day in ("2026-01-15", "2026-01-02")
        ]
        self.assertAlmostEqual(self.total("amount_total"), sum(expected), 2)

    def test_currency_without_a_rate_counts_the_order_and_not_its_amounts(self):
        forint = self.set_rates("HUF")
        self.receive("R-1", package(line(amount="24.00")))
        self.receive("R-2", package(line(amount="9000.00")), **forint)
        self.receive("R-3", package(line(amount="9000.00")), currency=None)
        self.assertEqual(self.analyse("order_count:count_distinct"), 3)
        self.assertEqual(self.total("amount_total"), 24)
        without = self.analyse("order_count:count_distinct", by="has_no_rate")
        self.assertEqual(without, {False: 1, True: 2})

    def test_rate_of_the_day_is_kept_as_sale_orders_keep_theirs(self):
        zloty = self.set_rates("PLN", d1=4, d20=5)
        order = self.receive("R-1", package(line(amount="100.10")), **zloty)
        self.assertEqual(order.currency_rate, 4)
        self.assertEqual(self.receive("R-2").currency_rate, 1)
        self.set_rates("PLN", d1=8)
        self.assertEqual(
            self.total("amount_total", [("order_id", "=", order.id)]), 25.03
        )
        order.order_date = "2026-01-02 10:00:00"
        self.assertEqual(order.currency_rate, 8, "another date is another rate")

    def test_first_rate_of_a_currency_counts_the_orders_that_had_none(self):
        forint = self.set_rates("HUF")
        order = self.receive("R-1", package(line(amount="9000.00")), **forint)
        self.assertEqual(order.currency_rate, 0)
        self.assertEqual(self.total("amount_total"), 0)
        self.set_rates("HUF", d1=360)
        self.assertEqual(order.currency_rate, 360)
        self.assertEqual(self.total("amount_total"), 25)

    def test_orders_of_an_earlier_version_get_their_rates_at_once(self):
        zloty = self.set_rates("PLN", d1=4, d20=5)
        later = {"marketplace_order_date": "2026-01-25T10:00:00Z"}
        orders = (
            self.receive("R-1", **zloty)
            | self.receive("R-2", **zloty, **later)
            | self.receive("R-3")
            | self.receive("R-4", currency=None)
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE lengow_order SET currency_rate = NULL")
        self.env["lengow.order"]._fill_rates()
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("currency_rate"), [4, 5, 1, 0])

    def test_rates_of_many_orders_cost_no_more_queries_than_those_of_two(self):
        zloty = self.set_rates("PLN", d1=4, d20=5)
        orders = self.env["lengow.order"]
        for number in ("R-1", "R-2", "R-3", "R-4"):
            orders |= self.receive(number, **zloty)

        def cost(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._compute_currency_rate()
            return self.env.cr.sql_log_count - before

        cost(orders[:1])  # what a process looks up once
        self.assertEqual(cost(orders), cost(orders[:2]))

    # === SHARES === #

    def test_commission_is_shared_by_amount_and_sums_up(self):
        lines = [line("SHIRT", "20.00"), line("MUG", "10.00"), line("NOPE", "3.33")]
        order = self.receive(
            "R-1", package(*lines), commission="10.00", shipping="4.99"
        )
        self.assertEqual(self.total("amount_commission"), 10)
        self.assertEqual(self.total("amount_shipping"), 4.99)
        self.assertEqual(self.total("amount_net"), 23.33)
        shirt = [("sku", "=", "SHIRT")]
        self.assertEqual(self.total("amount_commission", shirt), 6)
        self.assertEqual(self.analyse("order_count:count_distinct", domain=shirt), 1)
        self.assertEqual(len(order.line_ids), 3)

    def test_lines_of_nothing_share_alike(self):
        lines = [line("SHIRT", "0.00"), line("MUG", "0.00")]
        self.receive("R-1", package(*lines), commission="3.00")
        self.assertEqual(self.total("amount_commission", [("sku", "=", "MUG")]), 1.5)

    def test_a_deduction_has_no_part_and_makes_none_larger_than_the_whole(self):
        lines = [line("SHIRT", "60.00"), line("MUG", "40.00"), line("NOPE", "-99.00")]
        order = self.receive("R-1", package(*lines), commission="3.00")
        self.assertEqual(order.line_ids.mapped("order_share"), [0.6, 0.4, 0])
        self.assertEqual(self.total("amount_commission"), 3)
        nothing = [line("SHIRT", "0.10"), line("MUG", "0.20"), line("NOPE", "-0.30")]
        order = self.receive("R-2", package(*nothing), commission="3.00")
        for one in order.line_ids:
            self.assertTrue(0 <= one.order_share <= 1, one.order_share)
        self.assertAlmostEqual(sum(order.line_ids.mapped("order_share")), 1)

    def test_order_without_a_line_counts(self):
        self.receive("R-1", package(line(amount="24.00")))
        self.receive("R-2", packages=[], total="0", commission="2.00")
        self.assertEqual(self.analyse("order_count:count_distinct"), 2)
        self.assertEqual(self.total("amount_commission"), 3.5)
        self.assertEqual(self.total("amount_total"), 24)

    def test_shares_follow_what_happens_to_the_lines(self):
        lines = [line("SHIRT", "20.00"), line("MUG", "10.00"), line("NOPE", "10.00")]
        order = self.receive("R-1", package(*lines), commission="8.00")
        shirt, mug, nope = order.line_ids
        self.assertEqual(order.line_ids.mapped("order_share"), [0.5, 0.25, 0.25])
        shirt.lengow_status = "canceled"
        self.assertEqual(order.line_ids.mapped("order_share"), [0, 0.5, 0.5])
        self.assertEqual(self.total("amount_commission"), 8)
        order.lengow_status = "canceled"
        self.assertEqual(order.line_ids.mapped("order_share"), [0.5, 0.25, 0.25])
        nope.unlink()
        self.assertAlmostEqual(shirt.order_share + mug.order_share, 1)

    def test_lines_of_an_earlier_version_get_their_shares_at_once(self):
        gone = line("MUG", "7.00", lengow_status="canceled")
        orders = (
            self.receive("R-1", package(line("SHIRT", "20.00"), line("MUG", "10.00")))
            | self.receive("R-2", package(line("SHIRT", "24.00"), gone))
            | self.receive("R-3", package(line("SHIRT"), gone), lengow_status="refused")
            | self.receive("R-4", package(line("SHIRT", "0"), line("MUG", "0")))
            | self.receive("R-5", package(line("SHIRT", "9"), line("MUG", "-8")))
        )
        lines = orders.line_ids
        lines[0].quantity = 4
        lines[0].quantity_canceled = 1
        shares = [(line.kept_share, line.order_share) for line in lines]
        self.assertEqual(shares[0][0], 0.75)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_order_line SET kept_share = NULL, order_share = NULL"
        )
        self.env["lengow.order.line"]._fill_shares()
        self.env.invalidate_all()
        for one, (kept, share) in zip(lines, shares, strict=True):
            self.assertEqual(one.kept_share, kept)
            self.assertAlmostEqual(one.order_share, share)

    # === CANCELED AND REFUNDED === #

    def test_what_is_canceled_is_no_revenue_and_bears_no_commission(self):
        gone = line("MUG", "7.00", lengow_status="canceled")
        self.receive("R-1", package(line(amount="24.00"), gone), commission="2.00")
        self.receive("R-2", package(line(lengow_status=None)), lengow_status="refused")
        self.assertEqual(self.total("amount_ordered"), 55)
        self.assertEqual(self.total("amount_canceled"), 31)
        self.assertEqual(self.total("amount_total"), 24)
        self.assertEqual(self.analyse("quantity:sum"), 1)
        self.assertEqual(self.analyse("canceled_count:count_distinct"), 2)
        self.assertEqual(self.total("amount_commission", [("sku", "=", "MUG")]), 0)
        self.assertEqual(self.total("amount_commission"), 3.5)

    def test_what_is_refunded_stands_beside_the_revenue(self):
        lines = [line("SHIRT", "24.00", refunded_amount="4.05"), line("MUG", "7.00")]
        self.receive("R-1", package(*lines), lengow_status="partial_refunded")
        self.receive("R-2", package(line(lengow_status=None)), lengow_status="refunded")
        self.receive("R-3")
        self.assertEqual(self.total("amount_total"), 79)
        self.assertEqual(self.total("amount_refunded"), 28.05)
        self.assertEqual(self.analyse("refunded_count:count_distinct"), 2)

    def test_what_is_to_be_refunded_is_no_refund_yet(self):
        self.receive(
            "R-4", package(line(lengow_status=None)), lengow_status="to_refund"
        )
        self.assertEqual(self.total("amount_refunded"), 0)
        self.assertEqual(self.analyse("refunded_count:count_distinct"), 0)

    def test_what_is_given_back_of_a_canceled_line_is_no_refund(self):
        gone = line("MUG", "7.00", lengow_status="canceled", refunded_amount="7.00")
        self.receive("R-1", package(line(amount="24.00"), gone))
        self.assertEqual(self.total("amount_total"), 24)
        self.assertEqual(self.total("amount_canceled"), 7)
        self.assertEqual(self.total("amount_refunded"), 0)
        self.assertEqual(self.analyse("refunded_count:count_distinct"), 0)

    # === LATE === #

    def test_late_is_what_left_or_leaves_after_its_deadline(self):
        deadline = "2026-01-20T12:00:00Z"

        def receive(number, status, shipped_at=None, before=deadline):
            parcels = [{"number": "1", "shipped_at": shipped_at}] if shipped_at else []
            item = line(lengow_status=status, max_shipping_date=before)
            self.receive(number, package(item, trackings=parcels), lengow_status=status)

        receive("IN-TIME", "shipped", "2026-01-20T11:00:00Z")
        receive("TOO-LATE", "shipped", "2026-01-20T13:00:00Z")
        receive("STILL-HERE", "waiting_shipment")
        receive("NOT-YET", "waiting_shipment", before="2199-01-01T00:00:00Z")
        receive("NO-DEADLINE", "waiting_shipment", before=None)
        receive("NOBODY-KNOWS", "closed")
        receive("CANCELED", "canceled")
        late = self.analyse("late_count:count_distinct", by="order_id")
        names = {order.name for order, count in late.items() if count}
        self.assertEqual(names, {"TOO-LATE", "STILL-HERE"})
        self.assertEqual(self.analyse("late_count:count_distinct"), 2)

    def test_hours_are_averaged_over_orders_and_not_over_their_lines(self):
        quick = self.receive("R-1", package(line("SHIRT"), line("MUG"), line("NOPE")))
        slow, unknown = self.receive("R-2"), self.receive("R-3")
        quick.shipped_at = quick.order_date + timedelta(hours=2)
        slow.shipped_at = slow.order_date + timedelta(hours=10)
        slow.accepted_at = slow.order_date + timedelta(minutes=30)
        hours = self.analyse("hours_to_ship:avg", "hours_to_accept:avg")
        self.assertEqual([float(value) for value in hours], [6, 0.5])
        self.assertFalse(unknown.shipped_at)

    # === MARGIN === #

    def test_margin_is_offered_where_sale_margin_tells_it(self):
        shown = self.env["lengow.order.report"].fields_get()
        has_margin = "margin" in self.env["sale.order.line"]._fields
        self.assertEqual("amount_margin" in shown, has_margin)
        self.assertFalse(self.analyse("amount_margin:sum"))
        if has_margin:
            self.shirt.standard_price = 5
            self.set_rates("EUR", **({} if self.currency.name == "EUR" else {"d1": 1}))
            self.import_order("R-1", package(line(amount="24.00")))
            self.assertEqual(self.total("amount_margin"), 20 - 5 - 1.5)

    # === WHO SEES WHAT === #

    def test_users_read_what_their_companies_sold_and_nobody_writes(self):
        order = self.receive("R-1")
        stranger = self.create_stranger("lengow_connector.group_user")
        report = self.env["lengow.order.report"].search([("order_id", "=", order.id)])
        self.assertEqual(report.with_user(self.user).amount_total, 24)
        strange = report.with_user(stranger).with_company(stranger.company_id)
        self.assertFalse(strange.search([]))
        with self.assertRaises(AccessError):
            report.with_user(self.manager).check_access("write")
        with self.assertRaises(AccessError):
            report.with_user(self.create_accountant()).read(["order_id"])

    def test_row_opens_its_order(self):
        order = self.receive("R-1")
        report = self.env["lengow.order.report"].search([]).with_user(self.user)
        self.assertEqual(report.action_open_order()["res_id"], order.id)
