from odoo import models

from ..ui import notification


class LengowCatalogueSelection(models.AbstractModel):
    """Switches on and off for many products whether they are sent to Lengow."""

    _name = "lengow.catalogue.selection"
    _description = "Selection of Products for Lengow"

    def _switch(self, products, is_on):
        """Send products to Lengow, or no longer: with all of their variants.

        :param products: templates or variants
        :param bool is_on: whether they are sent
        :return: a notification that says when, and what else decides
        :raise AccessError: if the user may change neither them nor catalogs
        """
        products.check_access("read")
        templates = products
        if products._name == "product.product":
            templates = products.product_tmpl_id
        changed = templates.filtered(lambda t: t.lengow_is_selected != is_on)
        if self.env["lengow.catalogue"].has_access("write"):
            changed = changed.sudo()  # a setting of catalogs that stands on products
        changed.lengow_is_selected = is_on
        text = (
            self.env._("Products switched on for Lengow: %s.", len(changed))
            if is_on
            else self.env._("Products switched off for Lengow: %s.", len(changed))
        )
        return notification("success", f"{text} {self._what_else()}")

    def _may_switch(self, products):
        """Whether the user may switch anything, so that it is offered to them.

        :param products: templates or variants, maybe none
        :rtype: bool
        """
        models = (self.env["lengow.catalogue"], products)
        return any(model.has_access("write") for model in models)

    def _what_else(self):
        catalogues = self.env["lengow.catalogue"].search([("active", "=", True)])
        if not catalogues:
            return self.env._("There is no catalog yet.")
        if chosen := catalogues.filtered("only_selected"):
            return self.env._(
                "It counts with the next refresh of %s.",
                ", ".join(chosen.mapped("name")),
            )
        return self.env._(
            "That changes nothing yet: no catalog holds “Only Selected Products”."
        )
