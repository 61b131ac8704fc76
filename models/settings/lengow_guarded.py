from odoo import api, models
from odoo.exceptions import AccessError

ADDON = "lengow_connector"


class LengowGuarded(models.AbstractModel):
    """People ask, the system writes.

    What Lengow says and what the addon did stands in fields that are declared
    `readonly`. Odoo shows them so and takes them from everybody who calls the server
    without a screen; here the server refuses them, too. Fields of other modules, those
    of the chatter and of activities among them, are as writable as ever.
    """

    _name = "lengow.guarded"
    _description = "Written by the System"

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        """Override to give what only the system writes none but its own defaults.

        What the context says and what people keep as their defaults is theirs.
        """
        if self.env.su:
            return super().default_get(fields)
        guarded = {name for name in fields if self._is_guarded(name)}
        values = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields[name]
            if field.default:
                values[name] = field.convert_to_write(field.default(self), self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let people give no value to what only the system writes.

        :raise AccessError: naming the fields
        """
        if not self.env.su:
            for vals in vals_list:
                self._check_may_write(name for name, value in vals.items() if value)
        return super().create(vals_list)

    def write(self, vals):
        """Override to let people change nothing that only the system writes.

        :raise AccessError: naming the fields
        """
        if not self.env.su:
            self._check_may_write(name for name in vals if self._changes(name, vals))
        return super().write(vals)

    # === HELPERS === #

    @api.model
    def _is_guarded(self, name):
        """Whether a field is the system's: one of this addon that people only read.

        :param str name: of a field, or of none
        :rtype: bool
        """
        field = self._fields.get(name)
        return field is not None and field.readonly and ADDON in field._modules

    def _changes(self, name, vals):
        """Whether a guarded field gets another value than it has.

        Merging two contacts writes all that they have, and changes nothing of most.
        """
        if not self._is_guarded(name):
            return False
        field = self._fields[name]
        return any(
            field.convert_to_write(record[name], record) != vals[name]
            for record in self.sudo()
        )

    def _check_may_write(self, names):
        refused = [
            self._fields[name]._description_string(self.env)
            for name in names
            if self._is_guarded(name)
        ]
        if refused:
            raise AccessError(
                self.env._(
                    "%(fields)s of “%(model)s” cannot be changed by hand: it shows "
                    "what Lengow sent or what was done. Use the buttons of the record.",
                    fields=", ".join(refused),
                    model=self.env["ir.model"]._get(self._name).sudo().name,
                )
            )
