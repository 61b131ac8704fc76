"""Parts of a country that its VAT does not reach, told by the postcode.

Marketplaces seldom send a state, and send overseas regions under the mother country.
"""

import re
from typing import NamedTuple


class Territory(NamedTuple):
    """A part of a country with a tax of its own.

    :ivar str country: the ISO code that it has itself, or that of its country
    :ivar str state: the code of its state in Odoo, where it has one
    """

    country: str
    state: str = ""


_BY_POSTCODE = {
    "FR": [
        (r"97133", Territory("BL")),
        (r"97150", Territory("MF")),
        (r"971\d\d", Territory("GP")),
        (r"972\d\d", Territory("MQ")),
        (r"973\d\d", Territory("GF")),
        (r"974\d\d", Territory("RE")),
        (r"975\d\d", Territory("PM")),
        (r"976\d\d", Territory("YT")),
        (r"986\d\d", Territory("WF")),
        (r"987\d\d", Territory("PF")),
        (r"988\d\d", Territory("NC")),
    ],
    "ES": [
        (r"35\d\d\d", Territory("ES", "GC")),
        (r"38\d\d\d", Territory("ES", "TF")),
        (r"51\d\d\d", Territory("ES", "CE")),
        (r"52\d\d\d", Territory("ES", "ME")),
    ],
    "IT": [(r"23041|22061", Territory("IT"))],  # Livigno, Campione
    "DE": [(r"27498|78266", Territory("DE"))],  # Heligoland, Büsingen
    "FI": [(r"22\d\d\d", Territory("AX"))],
    "GB": [(r"BT\d.*", Territory("GB"))],  # Northern Ireland: EU rules for goods
}


def territory_of(country_code, postcode):
    """Return the territory that a postcode lies in, or None.

    :param str country_code: ISO code of the country
    :param str postcode: as somebody wrote it; may be empty
    :rtype: Territory | None
    """
    written = re.sub(r"[\s-]", "", postcode or "").upper()
    for pattern, territory in _BY_POSTCODE.get(country_code or "", ()):
        if re.fullmatch(pattern, written):
            return territory
    return None
