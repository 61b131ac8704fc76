"""What a person reads of a catalog on hold, before it is let go."""

from odoo.tests import tagged

from .common.catalogue import TenProductsCase


@tagged("post_install", "-at_install")
class TestCatalogueChanges(TenProductsCase):
    def changes(self):
        """Return what is listed for a person, by kind and product."""
        action = self.catalogue.with_user(self.user).action_open_changes()
        lines = self.env[action["res_model"]].with_user(self.user)
        return {
            (line.kind, line.identifier): line
            for line in lines.search(action["domain"])
        }

    def test_nothing_waits_while_nothing_is_held(self):
        self.left[self.mug.id] = 1
        self.assertFalse(self.changes())

    def test_each_change_is_a_line_with_what_is_told_and_would_be(self):
        self.sell_out(self.more[:4])
        self.left |= {self.mug.id: 2, self.hat.id: 9}
        self.prices[self.scarf.id] = 51.0
        self.refresh()
        self.assert_held("4 of 10 products in stock")
        changes = self.changes()
        self.assertEqual(
            set(changes),
            {
                *(("hold.zero", f"P-{number}") for number in range(4)),
                # Less is told at once, so nothing of the mug is left to be released.
                ("other.quantity", "HAT"),
                ("other.price", "SCARF"),
            },
        )
        zero = changes["hold.zero", "P-0"]
        self.assertEqual((zero.old_quantity, zero.new_quantity), (5, 0))
        hat = changes["other.quantity", "HAT"]
        self.assertEqual((hat.old_quantity, hat.new_quantity), (5, 9))
        scarf = changes["other.price", "SCARF"]
        self.assertEqual(scarf.old_price, float(self.before["SCARF"]["price_incl_tax"]))
        self.assertEqual(scarf.new_price, 51.0)
        self.catalogue.with_user(self.manager).action_release()
        self.assertFalse(self.changes())

    def test_what_leaves_and_what_comes_is_told_apart(self):
        self.more[:3].active = False
        new = self.create_product("NEW")
        kept = self.products - self.more[:3]
        self.catalogue.domain = f"[('id', 'in', {(kept | new).ids})]"
        self.refresh()
        self.assert_held("3 of 10 products would be lost")
        changes = self.changes()
        self.assertEqual(
            set(changes),
            {
                *(("hold.lost", f"P-{number}") for number in range(3)),
                ("other.new", "NEW"),
            },
        )
        self.assertEqual(changes["hold.lost", "P-0"].new_quantity, 0)
        self.assertEqual(changes["other.new", "NEW"].new_quantity, 5)

    def test_lines_are_as_many_as_the_reason_says(self):
        for product in self.more[:4]:
            self.prices[product.id] = 1000.0
        self.sell_out(self.more[:4])
        self.refresh()
        self.assert_held("4 of 10 prices", "4 of 10 products in stock")
        kinds = [kind for kind, _identifier in self.changes()]
        self.assertEqual(kinds.count("hold.price"), 4)
        self.assertEqual(kinds.count("hold.zero"), 4)

    def test_what_is_blocked_and_was_never_told_does_not_come(self):
        self.sell_out(self.more[:4])
        nameless = self.create_product("")
        self.catalogue.domain = f"[('id', 'in', {(self.products | nameless).ids})]"
        self.refresh()
        self.assertIn(nameless, self.catalogue.row_ids.product_id)
        self.assertNotIn("other.new", [kind for kind, _identifier in self.changes()])

    def test_line_opens_what_the_catalog_says_of_the_product(self):
        self.sell_out(self.more[:4])
        self.refresh()
        action = self.changes()["hold.zero", "P-0"].action_open_row()
        self.assertEqual(action["res_model"], "lengow.catalogue.row")
        self.assertEqual(action["res_id"], self.row(self.more[0]).id)
