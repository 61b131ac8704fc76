from odoo import api, fields, models

from ...lengow_api import PayloadError
from ...mapper import ReferenceData
from ...mapper.correction import corrected

# Marketplace texts are shown in lists; a longer one is kept whole in the payload.
TEXT_LIMIT = 512


class LengowRecipient(models.AbstractModel):
    """Where a marketplace order is to go, as the marketplace tells it.

    It is read from the payload whenever it is shown and stored nowhere else, so that it
    goes with the payload. What a person has corrected of it is kept beside that.
    """

    _name = "lengow.recipient"
    _description = "Recipient of a Lengow Order"

    recipient = fields.Text(
        string="Deliver To", compute="_compute_recipient", compute_sudo=True
    )
    recipient_phone = fields.Char(
        string="Phone", compute="_compute_recipient", compute_sudo=True
    )
    recipient_relay = fields.Char(
        string="Relay Point", compute="_compute_recipient", compute_sudo=True
    )
    wished_carrier = fields.Char(
        string="Requested Carrier",
        compute="_compute_recipient",
        compute_sudo=True,
        help="The carrier and the method that the buyer chose.",
    )

    address_correction = fields.Json(
        readonly=True,
        copy=False,
        groups="lengow_connector.group_manager",
        help="What a person has corrected of the addresses, for this order only.",
    )

    @api.depends("payload", "address_correction")
    def _compute_recipient(self):
        for order in self:
            packages = self._packages(order)
            addresses = [package.delivery for package in packages if package.delivery]
            trackings = [t for package in packages for t in package.trackings]
            relays = [t.relay for t in trackings if t.relay]
            order.recipient = _each_once(map(_as_lines, addresses), "\n\n")
            order.recipient_phone = _each_once(map(_phone, addresses), ", ")
            order.recipient_relay = _each_once(
                (" ".join(filter(None, (r.name, r.id))) for r in relays), ", "
            )
            order.wished_carrier = _each_once(
                (" ".join(filter(None, (t.carrier, t.method))) for t in trackings), ", "
            )

    def _show_addresses(self):
        """Show an order by its addresses once more: a correction came or went."""
        self.ensure_one()
        correction, reference = self.address_correction, ReferenceData(self.env)
        self.write(shown_addresses(self._content(), correction, reference))

    def _packages(self, order):
        try:
            return corrected(order._content(), order.address_correction).packages
        except PayloadError:
            return ()


def shown_addresses(content, correction, reference):
    """Return who buys and where it goes: what a person has corrected counts.

    But for the e-mail, which stays as the marketplace knows the buyer by it.

    :param lengow_api.Order content: as Lengow sent it
    :param dict correction: of its addresses; may be none
    :param ReferenceData reference: countries
    :return: values of an order
    :rtype: dict
    """
    shown = corrected(content, correction)
    delivery = next((p.delivery for p in shown.packages if p.delivery), None)
    billing = shown.billing_address
    place = delivery or billing
    told = (content.billing_address, *(p.delivery for p in content.packages))
    return {
        "customer_name": _shown_name(billing) or _shown_name(delivery),
        "email": next((a.email for a in told if a and a.email), False),
        "country_id": reference.country_id(place.country_code) if place else False,
    }


def _shown_name(address):
    if not address:
        return False
    name = " ".join(filter(None, [address.first_name, address.last_name]))
    return (address.company or name or address.full_name or "")[:TEXT_LIMIT] or False


def _each_once(texts, separator):
    return separator.join(dict.fromkeys(filter(None, texts))) or False


def _phone(address):
    return address.phone_mobile or address.phone_home or address.phone_office


def _as_lines(address):
    """Return an address as it stands on a parcel.

    :param lengow_api.Address address: of the marketplace
    :rtype: str
    """
    name = " ".join(filter(None, (address.first_name, address.last_name)))
    place = " ".join(filter(None, (address.zipcode, address.city)))
    lines = (
        address.company,
        name or address.full_name,
        address.first_line,
        address.second_line,
        address.complement,
        place,
        address.state_region,
    )
    return "\n".join(dict.fromkeys(filter(None, lines)))
