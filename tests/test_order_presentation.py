"""How orders are grouped on the screen."""

from odoo.tests import tagged

from .common import LengowCase, payload

# From the end of the alphabet to its beginning, and in the order of an order's life.
STATUSES = ["waiting_shipment", "shipped", "canceled"]


@tagged("post_install", "-at_install")
class TestOrderPresentation(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Order = cls.env["lengow.order"]

    def orders_of_each_status(self):
        for status in reversed(STATUSES):
            self.put(payload(f"P-{status}", lengow_status=status))
        return self.sync()

    def test_columns_follow_the_life_of_an_order(self):
        self.orders_of_each_status()
        groups = self.Order.with_context(read_group_expand=True).formatted_read_group(
            [("account_id", "=", self.account.id)], ["lengow_status"]
        )
        self.assertEqual([group["lengow_status"] for group in groups], STATUSES)

    def test_search_panel_follows_the_life_of_an_order(self):
        self.orders_of_each_status()
        shown = self.Order.search_panel_select_range("lengow_status", expand=False)
        order = [value["id"] for value in shown["values"]]
        self.assertEqual([status for status in order if status in STATUSES], STATUSES)

    def test_phones_get_one_list_of_cards(self):
        for is_mobile in (False, True):
            with self.subTest(is_mobile=is_mobile):
                arch, _view = self.Order._get_view(None, "kanban", mobile=is_mobile)
                self.assertEqual("default_group_by" in arch.attrib, not is_mobile)
