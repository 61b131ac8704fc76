"""Orders to ship, delivery methods, and deliveries of the warehouse."""

import json

from odoo import Command

from .orders import line, package, payload
from .outbox import OutboxCase


class ShippingCase(OutboxCase):
    """Orders that wait for shipment, and a delivery method that is mapped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.create_method("Colissimo")
        cls.storeman = cls.create_user("storeman", "stock.group_stock_user")

    @classmethod
    def create_method(cls, name, **values):
        product = cls.env["product.product"].create(
            {"name": f"Carriage by {name}", "type": "service"}
        )
        return cls.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "fixed_price": 5, **values}
        )

    def setUp(self):
        super().setUp()
        self.sandbox.settings.action_delay = 3600

    def find_carrier(self, marketplace, code):
        """Return a carrier of a marketplace."""
        return self.env["lengow.carrier"].search(
            [("marketplace_id.code", "=", marketplace), ("code", "=", code)]
        )

    def map_carrier(self, marketplace, code, method=None):
        """Choose a carrier of a marketplace for a delivery method, as a person does."""
        carrier = self.find_carrier(marketplace, code)
        carrier.carrier_id = method or self.method
        return carrier

    def receive_to_ship(self, number, marketplace="cdiscount", *lines, **values):
        """Import an order that waits for shipment; its line numbers are its own."""
        lines = lines or (line(),)
        for index, one in enumerate(lines):
            one["marketplace_order_line_id"] = f"{number}-L{index}"
        status = values.get("lengow_status", "waiting_shipment")
        for one in lines:
            one["lengow_status"] = status
        return self.import_payload(
            payload(number, package(*lines), marketplace=marketplace, **values)
        )

    def deliver(self, picking, tracking=None, method="default", quantities=None):
        """Validate a delivery as the warehouse does; return its backorder if any."""
        if isinstance(method, str):
            method = self.method
        picking.write(
            {"carrier_id": method and method.id, "carrier_tracking_ref": tracking}
        )
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            wanted = (quantities or {}).get(move.product_id, move.product_uom_qty)
            move.quantity = wanted
            move.picked = bool(wanted)
        picking.with_user(self.storeman).with_context(
            skip_backorder=True
        ).button_validate()
        self.assertEqual(picking.state, "done")
        return picking.backorder_ids

    def explode_kit(self, order):
        """Make of an order's only line what a kit's explosion leaves: two parts.

        :return: the delivery, and the second part
        """
        part_a, part_b = (self.create_product(sku) for sku in ("PART-A", "PART-B"))
        picking = order.sale_order_ids.picking_ids
        move = picking.move_ids
        move.product_id = part_a
        move.sale_line_id = order.line_ids.sale_line_id
        move.copy({"product_id": part_b.id, "picking_id": picking.id})._action_confirm()
        picking.move_ids.sale_line_id = order.line_ids.sale_line_id
        return picking, part_b

    def count_pieces(self):
        """Let a marketplace take the number of pieces of each line."""

        def change(actions):
            ship = actions["ship"]
            ship["optional_args"].append("shipped_quantity")
            ship["args_description"]["shipped_quantity"] = {
                "type": "quantity",
                "depends_on": None,
                "valid_values": {},
                "default_value": None,
                "accept_free_values": True,
            }

        self.define("galeries_lafayette", change)
        self.map_carrier("galeries_lafayette", "LAPOSTE")

    def pack(self, picking, *quantities):
        """Put a delivery's only product into a package each of so many pieces."""
        move = picking.move_ids
        names = [{"name": f"B{number}"} for number, _ in enumerate(quantities)]
        packages = self.env["stock.package"].create(names)
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": move.product_id.id,
                    "picking_id": picking.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "quantity": quantity,
                    "result_package_id": parcel.id,
                }
            )
            for quantity, parcel in zip(quantities, packages, strict=True)
        ]
        move.picked = True

    def take_back(self, picking, quantity=1):
        """Let a customer send pieces of each line of a delivery back."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = quantity
        returned = wizard.action_create_returns()["res_id"]
        return self.deliver(self.env["stock.picking"].browse(returned), "BACK")

    def sweep(self):
        """Let the hourly sweep run once."""
        with self.crons():
            self.run_cron("cron_report_shipments")

    def ships_of(self, order, *states):
        """Return the shipments that were planned, of some states or of all."""
        return self.actions_of(order, "ship").filtered(
            lambda a: not states or a.state in states
        )

    def define(self, code, change):
        """Change a marketplace's definition, here and at the sandbox."""
        marketplace = self.find_marketplace(code)
        definition = json.loads(json.dumps(marketplace.definition))
        change(definition["orders"]["actions"])
        marketplace.definition = definition
        known = dict(self.sandbox.marketplaces)
        self.addCleanup(self.sandbox.marketplaces.update, known)
        self.sandbox.marketplaces[code] = definition
        return marketplace
