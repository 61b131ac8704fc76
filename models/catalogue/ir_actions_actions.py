from odoo import api, models

# The server actions that switch products on and off for Lengow, by their model.
SWITCHES = {
    "product.template": (
        "lengow_select_template_action",
        "lengow_deselect_template_action",
    ),
    "product.product": (
        "lengow_select_product_action",
        "lengow_deselect_product_action",
    ),
}


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Override of `base` to offer nobody a switch that would refuse them.

        Groups alone cannot say it: it takes those of Lengow, and rights on products.
        """
        bindings = super().get_bindings(model_name)
        names = SWITCHES.get(model_name, ())
        if not names or self.env["lengow.catalogue.selection"]._may_switch(
            self.env["product.template"]
        ):
            return bindings
        xml_ids = [f"lengow_connector.{name}" for name in names]
        refused = {self.env.ref(one, raise_if_not_found=False) for one in xml_ids}
        ids = {action.id for action in refused if action}
        kept = {
            kind: [action for action in actions if action["id"] not in ids]
            for kind, actions in bindings.items()
        }
        return {kind: actions for kind, actions in kept.items() if actions}
