"""The page a month: what it says is what the analysis shows."""

from datetime import date

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.misc import find_in_path

from .common import line, package
from .common.documents import texts_of
from .common.reporting import ReportingCase


@tagged("post_install", "-at_install")
class TestReportingMonth(ReportingCase):
    def report(self, month="2026-01", user=None, **values):
        user = user or self.user
        values = {"month": month, "company_id": self.company.id, **values}
        with freeze_time("2026-02-03 12:00:00"):
            return self.env["lengow.report.month"].with_user(user).create(values)

    def fill(self):
        zloty = self.set_rates("PLN", d1=3)
        gone = line("MUG", "7.00", lengow_status="canceled")
        self.receive("P-1", package(line(amount="24.99"), gone))
        refunded = line("MUG", "10.00", refunded_amount="3.33")
        self.receive("P-2", package(refunded), marketplace="cdiscount", **zloty)
        self.receive("P-3", package(line(amount="0.01")), marketplace="cdiscount")
        late = line(amount="70.70", max_shipping_date="2026-01-16T00:00:00Z")
        self.receive("P-4", package(late), marketplace="zalando", **zloty)
        other = {"marketplace_order_date": "2026-02-01T00:00:00Z"}
        self.receive("P-5", package(line(amount="1000.00")), **other)

    # === ITS NUMBERS === #

    def test_sums_are_those_of_the_analysis(self):
        self.fill()
        report = self.report()
        january = [
            ("order_date", ">=", "2026-01-01 00:00:00"),
            ("order_date", "<", "2026-02-01 00:00:00"),
        ]
        totals, rows = report._totals().values, report._rows()
        for name, value in totals.items():
            aggregator = "sum" if name.startswith("amount") else "count_distinct"
            with self.subTest(measure=name):
                spec = f"{name}:{aggregator}"
                self.assertEqual(value, self.analyse(spec, domain=january))
                self.assertAlmostEqual(value, sum(row.values[name] for row in rows))
                pivot = self.analyse(spec, domain=january, by="marketplace_id")
                for row in rows:
                    self.assertEqual(row.values[name], pivot[row.marketplace] or 0)
        self.assertEqual(totals["order_count"], 4)
        self.assertAlmostEqual(
            totals["amount_total"], 24.99 + 3.33333 + 0.01 + 23.56667
        )
        self.assertEqual(totals["late_count"], 1)
        self.assertEqual(report._totals().late_share, 25)

    def test_marketplaces_are_those_chosen_the_largest_first(self):
        self.fill()
        codes = [row.marketplace.code for row in self.report()._rows()]
        self.assertEqual(codes, ["amazon_fr", "zalando", "cdiscount"])
        chosen = self.find_marketplace("cdiscount")
        report = self.report(marketplace_ids=chosen.ids)
        self.assertEqual([row.marketplace for row in report._rows()], [chosen])
        self.assertEqual(report._totals().values["order_count"], 2)

    def test_month_is_that_of_the_users_clock(self):
        self.user.tz = "Europe/Paris"
        report = self.report().with_context(tz="Europe/Paris")
        begin, end = "2025-12-31 23:00:00", "2026-01-31 23:00:00"
        self.assertEqual(tuple(map(str, report._period())), (begin, end))
        self.assertEqual(report._days(), (date(2026, 1, 1), date(2026, 1, 31)))

    def test_last_month_is_proposed(self):
        with freeze_time("2026-03-31 12:00:00"):
            report = self.env["lengow.report.month"].create({})
            self.assertEqual(report.month, "2026-02")
            self.assertEqual(report.display_name, "Marketplaces, February 2026")

    # === THE PAGE === #

    def page(self, report):
        action = self.env["ir.actions.report"].with_user(self.user)
        content, _kind = action._render_qweb_html(
            "lengow_connector.report_month", report.ids
        )
        return " ".join(html.fromstring(content).text_content().split())

    def test_page_prints_rows_totals_and_what_does_not_count(self):
        self.fill()
        forint = self.set_rates("HUF")
        self.receive("P-6", package(line(amount="9000.00")), **forint)
        with freeze_time("2026-02-03 12:00:00"):
            page = self.page(self.report())
        total = self.currency.format(51.90).replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("January 2026", page)
        self.assertIn("Cdiscount", page)
        self.assertIn(total, page)
        self.assertIn("Orders in HUF without an exchange rate: 1.", page)
        self.assertNotIn("9,000", page)

    def test_month_without_orders_is_said_and_not_printed(self):
        with self.assertRaisesRegex(UserError, "no marketplace order"):
            self.report().action_print()
        self.receive("P-1")
        self.assertEqual(
            self.report().action_print()["report_name"],
            "lengow_connector.report_month",
        )

    def test_page_is_of_a_company_that_the_user_works_in(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self.report(company_id=elsewhere.id)


@tagged("post_install", "-at_install")
class TestReportingMonthInTheBrowser(ReportingCase, HttpCase):
    def test_month_that_is_typed_is_the_month_that_is_printed(self):
        self.start_tour(
            "/odoo/action-lengow_connector.lengow_report_month_action",
            "lengow_choose_month",
            login=self.user.login,
        )
        report = self.env["lengow.report.month"].search([], order="id desc", limit=1)
        self.assertEqual(report.month, report._month_key(2))

    def test_page_is_one_page_of_pdf(self):
        try:
            find_in_path("wkhtmltopdf")
        except OSError:
            # Of a run by Odoo alone: `make test` installs it, or fails.
            self.skipTest("There is no wkhtmltopdf")
        for code in ("amazon_fr", "cdiscount", "zalando", "fnac", "manomano_fr"):
            self.receive(f"PDF-{code}", marketplace=code)
        with self.allow_pdf_render(), freeze_time("2026-02-03 12:00:00"):
            report = self.env["lengow.report.month"].with_user(self.user)
            report = report.create({"month": "2026-01"})
            content, kind = (
                self.env["ir.actions.report"]
                .with_user(self.user)
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf("lengow_connector.report_month", report.ids)
            )
        self.assertEqual(kind, "pdf")
        # Some builds of wkhtmltopdf draw the words, so that none can be read.
        self.assertEqual(len(texts_of(content)), 1)
        self.assertGreater(len(content), 10_000)
