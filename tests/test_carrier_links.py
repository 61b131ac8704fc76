"""What a delivery method is called at a marketplace: asked the warehouse's way."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestLinkFromDelivery(ShippingCase):
    def setUp(self):
        super().setUp()
        self.order = self.receive_to_ship("LINK-1", "cdiscount")
        self.picking = self.order.sale_order_ids.picking_ids
        self.picking.carrier_id = self.method
        self.carrier = self.find_carrier("cdiscount", "Colissimo")
        self.keeper = self.create_user(
            "keeper", "stock.group_stock_user", "lengow_connector.group_manager"
        )

    def dialog(self, user):
        action = self.picking.with_user(user).action_link_carrier()
        return self.wizard_of(action, user)

    def found(self, method=None):
        Carrier = self.env["lengow.carrier"]
        return Carrier._find_for(self.carrier.marketplace_id, method or self.method)

    def test_the_dialog_asks_by_names_and_proposes_what_is_called_alike(self):
        dialog = self.dialog(self.keeper)
        self.assertEqual(dialog.question, "At Cdiscount, Colissimo is:")
        self.assertEqual(dialog.lengow_carrier_id, self.carrier)
        self.assertTrue(dialog.may_link)
        dialog.action_link()
        self.assertEqual(self.found(), self.carrier)
        self.assertFalse(self.picking.lengow_carrier_id)
        self.env.invalidate_all()
        self.assertFalse(self.picking.lengow_carrier_missing)

    def test_for_this_delivery_only_is_told_and_kept_nowhere_else(self):
        dialog = self.dialog(self.keeper)
        dialog.only_here = True
        dialog.lengow_carrier_id = self.find_carrier("cdiscount", "Chronopost")
        dialog.action_link()
        self.assertFalse(self.found())
        self.assertFalse(self.picking.lengow_carrier_missing)
        self.deliver(self.picking, "6A1")
        self.assertEqual(self.ships_of(self.order).parameters["carrier"], "Chronopost")

    def test_another_delivery_method_forgets_what_was_chosen(self):
        self.picking.lengow_carrier_id = self.carrier
        self.picking.carrier_id = self.create_method("Express")
        self.assertFalse(self.picking.lengow_carrier_id)

    def test_the_warehouse_chooses_for_its_delivery_and_reads_who_else_may(self):
        dialog = self.dialog(self.storeman)
        self.assertFalse(dialog.may_link)
        self.assertIn(self.account._find_responsible().name, dialog.who_may)
        self.assertEqual(dialog.question, "At Cdiscount, Colissimo is:")
        dialog.only_here = False  # whatever the screen sends
        dialog.action_link()
        self.assertEqual(self.picking.lengow_carrier_id, self.carrier)
        self.assertFalse(self.found())

    def test_the_warehouse_opens_the_form_with_what_it_may_read(self):
        action = self.picking.with_user(self.storeman).action_link_carrier()
        dialog = self.wizard_of(action, self.storeman)
        self.env.invalidate_all()
        names = ("question", "marketplace_id", "lengow_carrier_id", "who_may")
        spec = {name: {} for name in names}
        spec["lengow_carrier_id"] = {"fields": {"display_name": {}}}
        [values] = dialog.web_read(spec)
        self.assertEqual(values["lengow_carrier_id"]["display_name"], "Colissimo")
        found = (
            self.env["lengow.carrier"]
            .with_user(self.storeman)
            .name_search("chrono", [("marketplace_id", "=", values["marketplace_id"])])
        )
        self.assertTrue(found)

    def test_a_carrier_of_another_marketplace_is_refused(self):
        dialog = self.dialog(self.keeper)
        dialog.lengow_carrier_id = self.find_carrier("amazon_fr", "Other")
        with self.assertRaises(UserError):
            dialog.action_link()

    def test_a_delivery_without_a_method_says_what_comes_first(self):
        self.picking.carrier_id = False
        with self.assertRaisesRegex(UserError, "first"):
            self.picking.with_user(self.keeper).action_link_carrier()

    def test_a_method_that_was_taken_away_meanwhile_is_not_linked(self):
        dialog = self.dialog(self.keeper)
        self.picking.carrier_id = False
        with self.assertRaisesRegex(UserError, "first"):
            dialog.action_link()

    def test_for_good_counts_for_this_delivery_too(self):
        self.picking.lengow_carrier_id = self.find_carrier("cdiscount", "Chronopost")
        dialog = self.dialog(self.keeper)
        dialog.lengow_carrier_id = self.carrier
        dialog.action_link()
        self.deliver(self.picking, "6A1")
        self.assertEqual(self.ships_of(self.order).parameters["carrier"], "Colissimo")

    def test_linking_reports_what_waited(self):
        self.deliver(self.picking, "6A1")
        self.assertFalse(self.ships_of(self.order))
        self.dialog(self.keeper).action_link()
        self.assertEqual(self.ships_of(self.order).parameters["carrier"], "Colissimo")


@tagged("post_install", "-at_install")
class TestLinkByMethod(ShippingCase):
    def setUp(self):
        super().setUp()
        self.receive_to_ship("LINK-1", "cdiscount")
        self.keeper = self.create_user(
            "keeper", "stock.group_stock_user", "lengow_connector.group_manager"
        )

    def dialog(self):
        carriers = self.env["lengow.carrier"].with_user(self.keeper)
        return self.wizard_of(carriers.action_link_by_method(), self.keeper)

    def row(self, dialog, method, marketplace="cdiscount"):
        return dialog.row_ids.filtered(
            lambda row: (
                row.method_id == method and row.marketplace_id.code == marketplace
            )
        )

    def test_marketplaces_with_orders_are_asked_for_with_what_is_alike(self):
        dialog = self.dialog()
        self.assertEqual(dialog.row_ids.marketplace_id.mapped("code"), ["cdiscount"])
        row = self.row(dialog, self.method)
        self.assertEqual(row.lengow_carrier_id.code, "Colissimo")
        self.assertFalse(row.is_linked)
        self.assertEqual(dialog.linked_count, 0)
        self.assertGreater(dialog.proposal_count, 0)

    def test_what_is_only_similar_is_asked_and_not_linked_unasked(self):
        predict = self.create_method("DPD Predict")
        dialog = self.dialog()
        row = self.row(dialog, predict)
        self.assertFalse(row.lengow_carrier_id)
        self.assertEqual(row.similar_carrier_id.code, "DPD")
        self.assertEqual(dialog.question_count, 1)
        dialog.action_link()
        dialog = self.dialog()
        self.assertFalse(self.row(dialog, predict).is_linked)
        row = self.row(dialog, predict)
        row.lengow_carrier_id = row.similar_carrier_id
        self.assertFalse(dialog.question_count)
        dialog.action_link()
        self.assertTrue(self.row(self.dialog(), predict).is_linked)

    def test_all_that_is_filled_in_is_linked_at_once(self):
        other = self.create_method("House Van")
        dialog = self.dialog()
        self.row(dialog, other).lengow_carrier_id = self.find_carrier(
            "cdiscount", "Colissimo"
        )
        dialog.action_link()
        carrier = self.find_carrier("cdiscount", "Colissimo")
        linked = carrier.carrier_id | carrier.other_carrier_ids
        self.assertEqual(linked, self.method | other)
        self.assertTrue(self.row(self.dialog(), other).is_linked)

    def test_another_choice_replaces_the_first_and_an_empty_one_ends_it(self):
        first = self.map_carrier("cdiscount", "Colissimo")
        second = self.find_carrier("cdiscount", "Chronopost")
        dialog = self.dialog()
        self.row(dialog, self.method).lengow_carrier_id = second
        dialog.action_link()
        self.assertFalse(first.carrier_id)
        self.assertEqual(second.carrier_id, self.method)
        dialog = self.dialog()
        self.row(dialog, self.method).lengow_carrier_id = False
        dialog.action_link()
        self.assertFalse(second.carrier_id)

    def test_the_dialog_shows_what_is_told_where_two_stand_for_a_method(self):
        Carrier = self.env["lengow.carrier"]
        named = self.find_carrier("cdiscount", "Colissimo")
        first = self.find_carrier("cdiscount", "Chronopost")
        (first | named).carrier_id = self.method
        marketplace = named.marketplace_id
        self.assertEqual(Carrier._find_for(marketplace, self.method), named)
        dialog = self.dialog()
        self.assertEqual(self.row(dialog, self.method).lengow_carrier_id, named)
        dialog.action_link()
        self.assertEqual(Carrier._find_for(marketplace, self.method), named)

    def test_what_somebody_else_links_meanwhile_stays(self):
        dialog = self.dialog()
        self.assertFalse(self.row(dialog, self.method).is_linked, "a proposal")
        other = self.map_carrier("cdiscount", "Chronopost")
        dialog.action_link()
        found = self.env["lengow.carrier"]._find_for(other.marketplace_id, self.method)
        self.assertEqual(found, other)

    def test_a_manager_without_the_warehouse_links_in_the_checklist(self):
        dialog = (
            self.env["lengow.account"].with_user(self.manager).browse(self.account.id)
        )
        action = dialog.action_setup_carriers()
        self.assertTrue(self.wizard_of(action, self.manager).row_ids)

    def test_plain_users_link_nothing(self):
        with self.assertRaises(AccessError):
            self.env["lengow.carrier"].with_user(self.user).action_link_by_method()


@tagged("post_install", "-at_install")
class TestMarketplaceForm(ShippingCase):
    def test_only_marketplaces_with_acceptance_have_its_settings(self):
        self.assertFalse(self.find_marketplace("kaufland_de").has_acceptance)
        self.assertTrue(self.find_marketplace("fnac").has_acceptance)

    def test_who_changed_a_workflow_is_kept(self):
        self.marketplace.with_user(self.manager).workflow = "quotation"
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.marketplace.message_ids.tracking_value_ids
        self.assertEqual(tracked.field_id.name, "workflow")

    def test_reading_the_marketplaces_again_writes_no_message(self):
        before = self.env["mail.message"].search_count([])
        self.account.action_connect()
        self.env.flush_all()
        self.cr.precommit.run()
        after = self.env["mail.message"].search([("model", "=", "lengow.marketplace")])
        self.assertFalse(after, before)

    def test_new_dialogs_and_skus_begin_with_an_account(self):
        second = self.create_account(name="Second", access_token="x")
        Alias = self.env["lengow.product.alias"].with_user(self.user)
        self.assertTrue(Alias.new().account_id)
        Alias.create({"account_id": second.id, "sku": "S", "product_id": self.mug.id})
        self.assertEqual(Alias.new().account_id, second)
        fetch = self.env["lengow.order.fetch"].with_user(self.user).new()
        self.assertEqual(fetch.account_id, self.account, "the one that is connected")
