from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists


class LengowDialog(models.AbstractModel):
    """A dialog, or a row of one, that points only at what its user may see.

    Dialogs show fields of what they point at and do things with it, often in system
    mode: so whoever points somewhere must be allowed to look there, whichever way the
    values came.
    """

    _name = "lengow.dialog"
    _description = "Dialog of Lengow"

    def _auto_init(self):
        """Override to let no open dialog outlive an update of the addon.

        What it holds may be of another type by now, which would stop the update.
        """
        if self._transient and table_exists(self.env.cr, self._table):
            self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(self._table)))
        return super()._auto_init()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to check what the new dialogs point at.

        :raise AccessError: if the user may not see it
        """
        dialogs = super().create(vals_list)
        dialogs._check_reach(self._pointing_names())
        return dialogs

    def write(self, vals):
        """Override to check what the dialogs are turned to.

        :raise AccessError: if the user may not see it
        """
        result = super().write(vals)
        self._check_reach([name for name in self._pointing_names() if name in vals])
        return result

    # === HELPERS === #

    def _open(self, title):
        """Return the action that opens this dialog.

        :param str title: of the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            # Named for the client, which is given this as what follows something else.
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _pointing_names(self):
        """Return the names of the fields that hold what a dialog is about.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if field.type in ("many2one", "many2many", "many2one_reference")
            and field.store
            and not field.related
            and name not in models.MAGIC_COLUMNS
        ]

    def _check_reach(self, names):
        if self.env.su:
            return
        for name in names:
            if self._fields[name].type == "many2one_reference":
                self._check_form_reach(name)
                continue
            # In system mode, since what may not be read would be left out.
            self.sudo()[name].with_env(self.env).check_access("read")

    def _check_form_reach(self, name):
        """Check the dialogs that rows say to belong to, which may be gone already."""
        model_name = self._fields[name].model_field
        for model, rows in self.grouped(model_name).items():
            if model in self.env:
                forms = self.env[model].browse(filter(None, rows.mapped(name)))
                forms.exists().check_access("write")
