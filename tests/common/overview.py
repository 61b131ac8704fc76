"""Orders in every job, made as rows: how they come there is tested elsewhere."""

from datetime import timedelta

from odoo import fields

from .shipping import ShippingCase


class OverviewCase(ShippingCase):
    """What the tests of the overview need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.other_marketplace = cls.find_marketplace("zalando")
        cls.Overview = cls.env["lengow.overview"]

    def create_order(self, name, marketplace=None, **values):
        marketplace = marketplace or self.marketplace
        return self.env["lengow.order"].create(
            {
                "account_id": marketplace.account_id.id,
                "marketplace_id": marketplace.id,
                "name": name,
                "lengow_status": "waiting_shipment",
                "import_state": "imported",
                "order_date": self.now - timedelta(days=3),
                "currency_id": self.env.ref("base.EUR").id,
                "amount_total": 10.0,
                **values,
            }
        )

    def ask(self, order, kind, state="todo"):
        """Have something asked of the marketplace of an order."""
        values = {"order_id": order.id, "kind": kind, "state": state}
        return self.env["lengow.action"].create(values)

    def add_document(self, order, **values):
        return self.env["lengow.document"].create(
            {
                "order_id": order.id,
                "remote_key": order.name,
                "state": "fetched",
                **values,
            }
        )

    def create_one_of_each(self):
        """Create an order or more for each job, and some for none."""
        hours = timedelta(hours=1)
        self.create_order(
            "ACCEPT-1",
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=self.now + 5 * hours,
        )
        self.create_order(
            "ACCEPT-2",
            self.other_marketplace,
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=self.now + hours,
        )
        self.create_order("LATE", ship_before=self.now - hours)
        self.create_order("LATER", ship_before=self.now + timedelta(days=9))
        self.create_order("UNDATED")
        self.create_order("PICKUP", lengow_status="pickup_to_prepare")
        self.create_order("FIX", import_state="error", lengow_status="shipped")
        self.create_order("BILL", invoice_state="error", lengow_status="shipped")
        self.ask(self.create_order("FAILED", lengow_status="shipped"), "ship", "failed")
        self.create_order("CHANGED", change_kind="address", lengow_status="shipped")
        self.create_order("REFUND", lengow_status="to_refund")
        self.add_document(self.create_order("PRINT"))
        self.create_order("DONE", lengow_status="closed")
