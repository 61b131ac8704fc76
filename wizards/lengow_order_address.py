from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..lengow_api import PayloadError
from ..mapper.address import person_name
from ..mapper.correction import addresses_of, corrected
from ..mapper.people import PeopleCleaner
from ..mapper.reference import ReferenceData

BOTH = ("delivery", "billing")


class LengowOrderAddress(models.TransientModel):
    """Corrects the address of an order in error, for this order and no other."""

    _name = "lengow.order.address"
    _description = "Corrected Address of a Marketplace Order"
    _inherit = ["lengow.dialog"]

    order_id = fields.Many2one("lengow.order", required=True, readonly=True)
    part = fields.Selection(
        [
            ("both", "Delivery and billing"),
            ("delivery", "Delivery only"),
            ("billing", "Billing only"),
        ],
        string="Address For",
        required=True,
        default="both",
    )
    # Which address the fields began with: what somebody has typed is not lost when it
    # is to be for another part, too.
    shown = fields.Char()
    name = fields.Char()
    company = fields.Char()
    street = fields.Char()
    street2 = fields.Char(string="Street 2")
    zip = fields.Char(string="Postcode")
    city = fields.Char()
    country_id = fields.Many2one("res.country")
    state_id = fields.Many2one(
        "res.country.state", domain="[('country_id', '=?', country_id)]"
    )
    phone = fields.Char()
    email = fields.Char(string="E-Mail")

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields):
        """Override to begin with what the order says now."""
        values = super().default_get(fields)
        order = self.env["lengow.order"].browse(values.get("order_id"))
        if order:
            order.check_access("read")
            content = self._content_of(order)
            part = self._part_at_fault(content)
            values["part"] = part
            values.update(self._values_of(content, part))
        return {name: value for name, value in values.items() if name in fields}

    @api.onchange("part")
    def _onchange_part(self):
        """Show the address that is to be corrected, if it is another one."""
        if self.order_id and self.part and _address_for(self.part) != self.shown:
            self.order_id.check_access("read")
            content = self._content_of(self.order_id)
            self.update(self._values_of(content, self.part))

    @api.onchange("country_id")
    def _onchange_country_id(self):
        """Choose no state of another country."""
        if self.state_id.country_id != self.country_id:
            self.state_id = False

    # === ACTION METHODS === #

    def action_confirm(self):
        """Keep the address with the order, and import it.

        :return: a notification
        :raise UserError: if the address is incomplete, or the order imported meanwhile
        """
        self.ensure_one()
        self.order_id.check_access("write")
        self._check_correctable(self.order_id, self.part)
        self._check_complete()
        order_sudo = self.order_id.sudo()  # people ask, the system writes
        parts = BOTH if self.part == "both" else (self.part,)
        order_sudo.address_correction = {
            **(order_sudo.address_correction or {}),
            **dict.fromkeys(parts, self._correction()),
        }
        order_sudo._show_addresses()
        order_sudo._log_note(
            self.env._(
                "%(user)s corrected the address (%(part)s) in Odoo, for this order "
                "only.",
                user=self.env.user.name,
                part=dict(self._fields["part"]._description_selection(self.env))[
                    self.part
                ],
            )
        )
        return self.env["lengow.mend"]._go_on(
            order_sudo, self.env._("The address is corrected.")
        )

    # === HELPERS === #

    @api.model
    def _open_for(self, order):
        """Open the dialog, which is created when it is confirmed.

        :param lengow.order order: in error
        :raise UserError: if its address cannot be corrected here
        """
        if len(order) > 1:
            raise UserError(self.env._("Each has an address of its own: select one."))
        order.check_access("write")
        self._check_correctable(order, "billing")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Address"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": order.id},
        }

    @api.model
    def _check_correctable(self, order, part):
        """Refuse what is not waiting for it.

        :raise UserError: naming the order
        """
        if order.import_state != "error" or order.anonymised_at:
            raise UserError(
                self.env._(
                    "%s is not in error: correct the address of its sale order, or of "
                    "its customer.",
                    order.name,
                )
            )
        several = len(addresses_of(self._content_of(order), "delivery")) > 1
        if part != "billing" and several:
            raise UserError(
                self.env._(
                    "%s goes to several addresses. Correct them at Lengow; the order "
                    "is read again when it changes.",
                    order.name,
                )
            )

    def _check_complete(self):
        """Refuse an address that nothing can be delivered to.

        :raise UserError: naming what is missing, or is no e-mail address
        """
        needed = ("street", "city") if self.part != "billing" else ()
        missing = [name for name in needed if not (self[name] or "").strip()]
        if not ((self.name or "").strip() or (self.company or "").strip()):
            missing.insert(0, "name")
        if not self.country_id:
            missing.append("country_id")
        if missing:
            labels = [self._fields[n]._description_string(self.env) for n in missing]
            raise UserError(
                self.env._(
                    "%(order)s: enter what is missing of the address: %(fields)s.",
                    order=self.order_id.name,
                    fields=", ".join(labels),
                )
            )
        email = (self.email or "").strip()
        if email and not email_normalize(email):
            raise UserError(self.env._("“%s” is no e-mail address.", email[:60]))

    def _correction(self):
        """Return the address as Lengow's addresses have it.

        :rtype: dict
        """
        values = {
            "full_name": self.name,
            "company": self.company,
            "first_line": self.street,
            "second_line": self.street2,
            "zipcode": self.zip,
            "city": self.city,
            "state_region": self.state_id.code,
            "country_code": self.country_id.code,
            "phone_mobile": self.phone,
            "email": self.email,
        }
        texts = {name: " ".join((text or "").split()) for name, text in values.items()}
        return {name: text for name, text in texts.items() if text}

    @api.model
    def _content_of(self, order):
        """Return what an order would be imported with, and what was corrected before.

        :raise UserError: if it cannot be read
        """
        order_sudo = order.sudo()  # only managers see a payload
        try:
            content = PeopleCleaner(order_sudo.marketplace_id).clean(
                order_sudo._content()
            )
        except PayloadError as error:
            raise UserError(
                self.env._("%s cannot be read. Refresh it from Lengow.", order.name)
            ) from error
        return corrected(content, order_sudo.address_correction)

    @api.model
    def _part_at_fault(self, content):
        """Return which of the addresses is to be corrected most likely."""
        delivery = addresses_of(content, "delivery")
        billing = addresses_of(content, "billing")
        if len(delivery) > 1:
            return "billing"
        if delivery and billing and delivery[0].country_code:
            is_known = ReferenceData(self.env).country_id(delivery[0].country_code)
            if is_known and not _is_same_place(delivery[0], billing[0]):
                return "delivery" if billing[0].country_code else "billing"
        return "both"

    @api.model
    def _values_of(self, content, part):
        """Return an address as the fields of the dialog have it.

        :param lengow_api.Order content: of the order
        :param str part: which of its addresses
        :rtype: dict
        """
        delivery = addresses_of(content, "delivery")
        billing = addresses_of(content, "billing")
        found = [*billing, *delivery] if part == "billing" else [*delivery, *billing]
        if not found:
            return {"shown": _address_for(part)}
        address, reference = found[0], ReferenceData(self.env)
        country_id = reference.country_id(address.country_code)
        lines = (address.second_line, address.complement)
        return {
            "shown": _address_for(part),
            "name": person_name(address),
            "company": address.company,
            "street": address.first_line or address.full_address,
            "street2": ", ".join(line for line in lines if line),
            "zip": address.zipcode,
            "city": address.city,
            "country_id": country_id,
            "state_id": reference.state_id(country_id, address.state_region),
            "phone": address.phone_mobile or address.phone_home or address.phone_office,
            "email": address.email,
        }


def _address_for(part):
    return "billing" if part == "billing" else "delivery"


def _is_same_place(one, other):
    names = ("first_line", "second_line", "complement", "zipcode", "city")
    return all(getattr(one, name) == getattr(other, name) for name in names)
