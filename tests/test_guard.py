"""People ask, the system writes: what is refused at the server, to whomever."""

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .common import address, line, package, payload
from .common.shipping import ShippingCase

ADDON = "lengow_connector"


class GuardCase(ShippingCase):
    """A second company, with a Lengow user and orders of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.user_b = cls.create_user(
            "lengow-b",
            f"{ADDON}.group_user",
            company_id=cls.company_b.id,
            company_ids=[Command.set(cls.company_b.ids)],
        )
        cls.portal = cls.create_user("portal", "base.group_portal")
        cls.auditor = cls.create_user("auditor", "account.group_account_readonly")

    def assert_refused(self, method, *args, **kwargs):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            method(*args, **kwargs)


@tagged("post_install", "-at_install")
class TestSystemWrites(GuardCase):
    def test_user_writes_nothing_of_an_order(self):
        order = self.import_order().with_user(self.user)
        for name, value in {
            "amount_total": 1.0,
            "lengow_status": "shipped",
            "import_state": "ready",
            "name": "X",
            "customer_name": "X",
            "partner_id": self.env.user.partner_id.id,
            "was_shipped_before_import": True,
            "payload_digest": "x",
            "is_anonymised_by_lengow": True,
            "anonymised_at": fields.Datetime.now(),
            "account_id": self.create_account(name="Another").id,
            "company_id": self.company_b.id,
            "line_ids": [Command.clear()],
        }.items():
            with self.subTest(field=name):
                self.assert_refused(order.write, {name: value})
        self.assert_refused(order.with_user(self.manager).write, {"name": "X"})

    def test_chatter_and_activities_of_an_order_go_on_working(self):
        order = self.import_order().with_user(self.user)
        order.message_post(body="called the buyer")
        order.message_subscribe(self.manager.partner_id.ids)
        activity = order.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id
        )
        activity.with_user(self.user).action_feedback(feedback="done")
        self.assertFalse(order.activity_ids)

    def test_order_cannot_be_reached_through_its_account_or_marketplace(self):
        order = self.import_order()
        change = [Command.update(order.id, {"amount_total": 1.0})]
        for record in (self.account, self.marketplace):
            with self.subTest(model=record._name):
                theirs = record.with_user(self.manager)
                self.assert_refused(theirs.write, {"order_ids": change})

    def test_manager_does_not_write_what_the_connection_found_out(self):
        account = self.account.with_user(self.manager)
        for name, value in {
            "state": "error",
            "lengow_account_ref": "1",
            "error_message": "x",
            "connected_at": False,
        }.items():
            with self.subTest(field=name):
                self.assert_refused(account.write, {name: value})
        self.assert_refused(
            account.create, {"name": "Twin", "lengow_account_ref": "4242"}
        )
        account.name = "Another Name"
        account.action_disconnect()
        self.assertEqual(account.state, "draft")

    def test_defaults_of_the_context_do_not_write_for_people(self):
        context = {"default_state": "connected", "default_lengow_account_ref": "4242"}
        account = (
            self.env["lengow.account"]
            .with_user(self.manager)
            .with_context(**context)
            .create({"name": "Twin"})
        )
        self.assertEqual(account.state, "draft")
        self.assertFalse(account.lengow_account_ref)

    def test_saved_defaults_of_people_do_not_write_for_them(self):
        order = self.import_order()
        seller = self.create_user("seller", "sales_team.group_sale_salesman")
        self.env["ir.default"].with_user(seller).set(
            "sale.order", "lengow_order_id", order.id, user_id=True
        )
        own = self.env["sale.order"].with_user(seller)
        own = own.create({"partner_id": seller.partner_id.id})
        self.assertFalse(own.sudo().lengow_order_id)

    def test_new_keys_are_tested_anew(self):
        self.account.with_user(self.env.ref("base.user_admin")).access_token = "other"
        self.assertEqual(self.account.state, "draft")

    def test_people_tie_nothing_of_odoo_to_a_marketplace(self):
        order = self.import_order()
        sale = order.sale_order_ids
        people = self.create_user(
            "everything",
            f"{ADDON}.group_manager",
            "base.group_partner_manager",
            "stock.group_stock_manager",
            "account.group_account_manager",
        )
        contact = self.env["res.partner"].create({"name": "Real Customer"})
        own = self.env["sale.order"].create({"partner_id": contact.id})
        move = self.env["account.move"].create({"move_type": "out_invoice"})
        for record, values in (
            (contact, {"lengow_marketplace_id": self.marketplace.id}),
            (contact, {"lengow_customer_ref": "1"}),
            (contact, {"lengow_anonymised_at": fields.Datetime.now()}),
            (own, {"lengow_order_id": order.id}),
            (own, {"lengow_package_index": 1}),
            (sale, {"lengow_order_id": False}),
            (sale.order_line[0], {"lengow_line_ref": "x"}),
            (move, {"lengow_order_id": order.id}),
            (sale.picking_ids, {"lengow_ship_state": "error"}),
            (sale.picking_ids, {"lengow_ship_message": "x"}),
        ):
            theirs = record.with_user(people)
            with self.subTest(model=record._name, values=values):
                self.assert_refused(theirs.write, values)
        Partner = self.env["res.partner"].with_user(people)
        tied = {"name": "X", "lengow_marketplace_id": self.marketplace.id}
        self.assert_refused(Partner.create, tied)
        sale.picking_ids.with_user(people).lengow_return_tracking_ref = "R-1"
        sale.with_user(people).note = "gift"

    def test_buyers_are_merged_and_no_customer_becomes_a_buyer_by_it(self):
        people = self.create_user(
            "contacts",
            f"{ADDON}.group_user",
            "base.group_partner_manager",
            "base.group_erp_manager",
            "account.group_account_invoice",
        )
        buyers = self.env["res.partner"]
        for number in ("A-1", "A-2"):
            buyers |= self.import_order(
                number, marketplace_customer_id=f"BUYER-{number}"
            ).partner_id
        self.assertEqual(len(buyers), 2)
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(people)
        kept = buyers[0].with_user(people)
        merge.create({})._merge(buyers.ids, kept)
        self.assertEqual(buyers.exists(), buyers[0])
        self.assertEqual(buyers[0].lengow_customer_ref, "BUYER-A-1")
        contact = self.env["res.partner"].create(
            {"name": "Real Customer", "email": buyers[0].email}
        )
        self.assert_refused(
            merge.create({})._merge,
            (contact | buyers[0]).ids,
            contact.with_user(people),
        )
        self.assertFalse(contact.lengow_marketplace_id)

    def test_marketplace_texts_are_escaped_in_activities(self):
        order = self.import_order()
        order._call_person(
            "mail.mail_activity_data_warning", "x", '<a href="https://evil">x</a>'
        )
        self.assertIn("&lt;a href", order.activity_ids.note)


@tagged("post_install", "-at_install")
class TestReach(GuardCase):
    """A dialog points at what its user may see, and at nothing else."""

    def assert_no_reach(self, model, **values):
        with self.subTest(model=model):
            Model = self.env[model].with_user(self.user_b)
            self.assert_refused(Model.create, values)

    def test_no_dialog_tells_an_order_of_another_company(self):
        order = self.import_order()
        waiting = self.import_payload(
            payload("A-2", lengow_status="waiting_acceptance")
        )
        for model in ("cancel", "refund", "act", "ship"):
            self.assert_no_reach(f"lengow.order.{model}", order_id=order.id)
        self.assert_no_reach("lengow.order.ship", order_ids=[Command.set(order.ids)])
        self.assert_no_reach(
            "lengow.order.decide", order_ids=[Command.set(waiting.ids)]
        )
        self.assert_no_reach("lengow.order.fetch", account_id=self.account.id)

    def test_no_row_of_a_dialog_tells_an_order_of_another_company(self):
        order = self.import_order()
        # own dialogs, so that only the target of the row is foreign
        ship = self.env["lengow.order.ship"].with_user(self.user_b).create({})
        decide = self.env["lengow.order.decide"].with_user(self.user_b).create({})
        resolve = self.env["lengow.order.resolve"].with_user(self.user_b).create({})
        self.assert_no_reach(
            "lengow.order.ship.row",
            ship_id=ship.id,
            order_id=order.id,
            state="possible",
        )
        self.assert_no_reach(
            "lengow.order.decide.line",
            decide_id=decide.id,
            order_id=order.id,
            state="possible",
        )
        self.assert_no_reach(
            "lengow.action.line",
            form_model="lengow.order.ship",
            form_id=ship.id,
            line_id=order.line_ids.id,
        )
        self.assert_no_reach(
            "lengow.action.argument",
            form_model="lengow.order.ship",
            form_id=ship.id,
            marketplace_id=self.marketplace.id,
            name="x",
        )
        self.assert_no_reach(
            "lengow.order.resolve.line",
            resolve_id=resolve.id,
            account_id=self.account.id,
            sku="x",
        )

    def test_rows_are_not_hung_on_the_dialogs_of_others(self):
        ship = self.env["lengow.order.ship"].with_user(self.user).create({})
        self.assert_no_reach(
            "lengow.action.argument",
            form_model="lengow.order.ship",
            form_id=ship.id,
            name="x",
        )

    def test_dialog_is_not_turned_to_what_its_user_may_not_see(self):
        order = self.import_order()
        ship = self.env["lengow.order.ship"].with_user(self.user_b).create({})
        self.assert_refused(ship.write, {"order_id": order.id})
        self.assert_refused(ship.write, {"order_ids": [Command.link(order.id)]})

    def test_shipping_dialog_takes_deliveries_of_its_order_only(self):
        order, other = self.import_order("A-1"), self.import_order("A-2")
        picking = other.sale_order_ids.picking_ids
        Ship = self.env["lengow.order.ship"].with_user(self.user)
        with self.assertRaises(UserError):
            Ship.create({"order_id": order.id, "picking_id": picking.id})
        ship = Ship.create({"order_id": other.id, "picking_id": picking.id})
        self.assertEqual(ship.picking_id, picking)

    def test_refund_takes_credit_notes_of_its_order_only(self):
        order = self.import_order()
        order.sudo().lengow_status = "shipped"
        move = self.env["account.move"].create({"move_type": "out_refund"})
        with self.assertRaises(UserError):
            self.env["lengow.order.refund"].with_user(self.user).create(
                {"order_id": order.id, "move_id": move.id}
            )


@tagged("post_install", "-at_install")
class TestButtonsOfOdoo(GuardCase):
    def test_report_of_a_delivery_needs_the_right_on_it(self):
        picking = self.import_order().sale_order_ids.picking_ids
        for user in (self.portal, self.auditor):
            with self.subTest(user=user.login):
                self.assert_refused(picking.with_user(user).action_lengow_report)
        picking.with_user(self.storeman).action_lengow_report()

    def test_read_only_auditor_sends_no_invoice(self):
        order = self.import_order()
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": order.partner_id.id}
        )
        self.assert_refused(move.with_user(self.auditor).action_lengow_send_invoice)

    def test_lengow_user_of_the_warehouse_tells_a_shipment_again(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-1")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OLD")
        self.send()
        picking.carrier_tracking_ref = "NEW"
        self.user.group_ids |= self.env.ref("stock.group_stock_user")
        self.env.invalidate_all()
        picking.with_user(self.user).action_lengow_tell_again()
        told = self.ships_of(order).mapped("parameters")
        self.assertEqual([one["tracking_number"] for one in told], ["OLD", "NEW"])

    def test_failed_shipment_calls_somebody_who_can_open_the_order(self):
        order = self.import_order()
        self.account.user_id = self.manager
        action = self.env["lengow.action"].create(
            {"order_id": order.id, "kind": "ship"}
        )
        self.env.cr.execute(
            "UPDATE lengow_action SET create_uid = %s WHERE id = %s",
            [self.storeman.id, action.id],
        )
        action.invalidate_recordset()
        action.with_user(self.storeman).sudo()._mark_failed("x", "It failed.")
        self.assertEqual(order.activity_ids.user_id, self.manager)

    def test_synchronize_now_without_an_account_leads_to_the_accounts(self):
        self.account.action_disconnect()
        orders = self.env["lengow.order"].with_user(self.user).browse()
        with self.assertRaises(RedirectWarning) as caught:
            orders.action_sync_now()
        self.assertEqual(
            caught.exception.args[1], self.env.ref(f"{ADDON}.lengow_account_action").id
        )


@tagged("post_install", "-at_install")
class TestAddressesOfBuyers(GuardCase):
    def test_no_address_of_a_buyer_is_seen_by_another_company(self):
        order = self.import_payload(
            payload(
                "A-1",
                package(line(), delivery={**self.elsewhere(), "type": "delivery"}),
            )
        )
        partners = self.env["res.partner"].search(
            [("id", "child_of", order.partner_id.ids)]
        )
        self.assertGreater(len(partners), 1)
        self.assertEqual(partners.company_id, self.company)
        seen = partners.with_user(self.user_b)
        self.assertFalse(seen.search([("id", "in", partners.ids)]))

    def test_address_that_anybody_adds_to_a_buyer_stays_in_the_company(self):
        buyer = self.import_order().partner_id
        point = self.env["res.partner"].create({"name": "X", "parent_id": buyer.id})
        self.assertEqual(point.company_id, self.company)
        corner = self.env["res.partner"].create({"name": "Y", "parent_id": point.id})
        self.assertEqual(corner.company_id, self.company)

    def test_addresses_from_before_get_the_company_of_their_buyer(self):
        buyer = self.import_order().partner_id
        point = self.env["res.partner"].create({"name": "X", "parent_id": buyer.id})
        corner = self.env["res.partner"].create({"name": "Y", "parent_id": point.id})
        (point | corner).company_id = False
        self.env.flush_all()
        self.env["res.partner"]._lengow_clean_up()
        self.env.invalidate_all()
        self.assertEqual((point | corner).company_id, self.company)

    def elsewhere(self):
        return address(first_line="2 rue Ailleurs", zipcode="69001", city="Lyon")
