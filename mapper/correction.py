"""Addresses that a person has corrected in Odoo, in the place of the marketplace's.

They are kept by what they are for, as Lengow's addresses have their parts: of an order
with one delivery address, `delivery` is that of all its packages.
"""

from dataclasses import fields, replace

from ..lengow_api import Address

PARTS = ("delivery", "billing")
NAMES = ("first_name", "last_name", "full_name", "company")
PLACE = (
    "first_line", "second_line", "complement", "zipcode", "city", "state_region",
    "country_code",
)  # fmt: skip
CONTACT = ("phone_mobile", "phone_home", "phone_office", "email")
# What a correction says; everything else stays as the marketplace wrote it.
CORRECTED = (*NAMES, *PLACE, *CONTACT)


def corrected(content, correction):
    """Return an order with the addresses that a person has corrected.

    :param lengow_api.Order content: as the marketplace sent it
    :param dict correction: by part; may be None
    :rtype: lengow_api.Order
    """
    if not correction:
        return content
    packages = content.packages
    if delivery := correction.get("delivery"):
        packages = tuple(
            replace(
                package, delivery=_corrected(package.delivery, "delivery", delivery)
            )
            for package in packages
        )
    billing = content.billing_address
    if correction.get("billing"):
        billing = _corrected(billing, "billing", correction["billing"])
    return replace(content, packages=packages, billing_address=billing)


def still_meant(correction, before, after):
    """Return what of a correction is of addresses that the marketplace has not changed.

    :param dict correction: by part; may be None
    :param lengow_api.Order before: as the order was when its address was used
    :param lengow_api.Order after: as the marketplace shows it now
    :rtype: dict
    """
    return {
        part: values
        for part, values in (correction or {}).items()
        if _told(before, part) == _told(after, part)
    }


def addresses_of(content, part):
    """Return the distinct addresses of a part of an order; blank ones are none.

    :param lengow_api.Order content: any
    :param str part: one of :data:`PARTS`
    :rtype: list
    """
    if part == "billing":
        found = [content.billing_address]
    else:
        found = [package.delivery for package in content.packages]
    distinct = {_said(address): address for address in found if _is_given(address)}
    return list(distinct.values())


def _told(content, part):
    return {_said(address) for address in addresses_of(content, part)}


def _said(address):
    """Return what an address says of a place; e-mail relays change by themselves."""
    return tuple(getattr(address, name) for name in (*NAMES, *PLACE))


def _is_given(address):
    return address is not None and not address.is_empty


def _corrected(address, part, values):
    known = {field.name for field in fields(Address)}
    said = dict.fromkeys(CORRECTED) | {k: v for k, v in values.items() if k in known}
    return replace(address or Address(kind=part), **said)
