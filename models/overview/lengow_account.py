from odoo import models


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    # === ACTION METHODS: the steps of the checklist === #

    def action_setup_connect(self):
        """Open the dialog that asks for the keys."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_connect", self.env._("Connect a Lengow Account")
        )

    def action_setup_import(self):
        """Open the dialog that asks what is imported, and as what."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_import", self.env._("What to Import")
        )

    def action_setup_import_done(self):
        """Confirm what is imported, and read it again if it has changed."""
        self.ensure_one()
        self.check_access("write")
        self.env["lengow.setup"]._confirm_import(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_setup_products(self):
        """Match the SKUs of this account's orders; without any, begin the import.

        :return: the dialog, or a notification with what was imported
        """
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["lengow.order.resolve"]._open_for_setup(self)
        return dialog or self.env["lengow.setup"]._begin_import(self)

    def action_setup_carriers(self):
        """Link delivery methods with the carriers of this account's marketplaces."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.carrier.matrix"]._open_for(
            self.marketplace_ids, setup_account=self
        )

    def action_setup_go(self):
        """Open the dialog that asks, once, whether to leave test mode."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_go", self.env._("Go Live")
        )

    def action_begin_import(self):
        """Let orders become sale orders, while nothing is sent yet."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._begin_import(self)

    def action_go_live(self):
        """Leave test mode and close the checklist."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._go_live(self)

    def action_close_setup(self):
        """Close the checklist, and stay in test mode if it is on."""
        self.ensure_one()
        self.check_access("write")
        self.env["lengow.setup"]._finish(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
