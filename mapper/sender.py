"""Who sends a parcel, for the arguments of actions such as buying a shipping label."""


def sender_arguments(sender, order):
    """Return what Odoo knows about the sender of an order, by Lengow's names.

    :param res.partner sender: the address that parcels leave from
    :param lengow.order order: that is sent
    :return: argument name to value; nothing blank
    :rtype: dict[str, str]
    """
    values = {
        "from_address_name": sender.name or sender.commercial_partner_id.name,
        "from_address_line": ", ".join(filter(None, [sender.street, sender.street2])),
        "from_address_postal_code": sender.zip,
        "from_address_city": sender.city,
        "from_address_state_province": sender.state_id.code,
        "from_address_country_code": sender.country_id.code,
        "from_address_mail": sender.email or sender.commercial_partner_id.email,
        "from_address_phone": sender.phone or sender.commercial_partner_id.phone,
        "declared_value": order.amount_total and f"{order.amount_total:.2f}",
        "currency_code": order.currency_id.name,
    }
    return {name: value for name, value in values.items() if value}
