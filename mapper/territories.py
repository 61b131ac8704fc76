"""Parts of a country whose VAT is not that of the rest, told by postcode or state.

Marketplaces seldom send a state, and send overseas regions under the mother country.
"""

import re
from typing import NamedTuple

# Of these, goods carry VAT by rules of their own; all others lie outside its area.
OWN_RULES = ("azores", "madeira", "northern_ireland")

TERRITORY_LABELS = [
    ("aland", "Åland Islands"),
    ("athos", "Mount Athos"),
    ("azores", "Azores"),
    ("buesingen", "Büsingen"),
    ("campione", "Campione d'Italia"),
    ("canaries", "Canary Islands"),
    ("ceuta_melilla", "Ceuta and Melilla"),
    ("channel_islands", "Channel Islands"),
    ("faroe", "Faroe Islands"),
    ("greenland", "Greenland"),
    ("heligoland", "Heligoland"),
    ("livigno", "Livigno"),
    ("madeira", "Madeira"),
    ("northern_ireland", "Northern Ireland"),
    ("overseas", "French Overseas"),
]


class Territory(NamedTuple):
    """A part of a country with a tax of its own.

    :ivar str code: which one, of `TERRITORY_LABELS`
    :ivar str country: the ISO code that it has itself, or that of its country
    :ivar str state: the code of its state in Odoo, where it has one
    """

    code: str
    country: str
    state: str = ""

    @property
    def is_outside(self):
        """Whether the VAT of its country ends at its border."""
        return self.code not in OWN_RULES


# By country: postcodes, the territory, and its place where others share the postcode.
_BY_POSTCODE = {
    "FR": [
        (r"97133|977\d\d", Territory("overseas", "BL"), ""),
        (r"97150|978\d\d", Territory("overseas", "MF"), ""),
        (r"971\d\d", Territory("overseas", "GP"), ""),
        (r"972\d\d", Territory("overseas", "MQ"), ""),
        (r"973\d\d", Territory("overseas", "GF"), ""),
        (r"974\d\d", Territory("overseas", "RE"), ""),
        (r"975\d\d", Territory("overseas", "PM"), ""),
        (r"976\d\d", Territory("overseas", "YT"), ""),
        (r"984\d\d", Territory("overseas", "TF"), ""),
        (r"986\d\d", Territory("overseas", "WF"), ""),
        (r"987\d\d", Territory("overseas", "PF"), ""),
        (r"988\d\d", Territory("overseas", "NC"), ""),
    ],
    "ES": [
        (r"35\d\d\d", Territory("canaries", "ES", "GC"), ""),
        (r"38\d\d\d", Territory("canaries", "ES", "TF"), ""),
        (r"51\d\d\d", Territory("ceuta_melilla", "ES", "CE"), ""),
        (r"52\d\d\d", Territory("ceuta_melilla", "ES", "ME"), ""),
    ],
    "IT": [
        (r"23041", Territory("livigno", "IT"), ""),
        (r"23030", Territory("livigno", "IT"), "livigno"),
        (r"22061", Territory("campione", "IT"), ""),
        (r"22060", Territory("campione", "IT"), "campione"),
    ],
    "DE": [
        (r"27498", Territory("heligoland", "DE"), ""),
        (r"78266", Territory("buesingen", "DE"), ""),
    ],
    # Without a hyphen; the first half is written alone, too.
    "PT": [
        (r"9[5-9]\d\d(\d{3})?", Territory("azores", "PT", "20"), ""),
        (r"9[0-3]\d\d(\d{3})?", Territory("madeira", "PT", "30"), ""),
    ],
    # What has three digits only is none of Denmark's own.
    "DK": [
        (r"\d{3}", Territory("faroe", "FO"), ""),
        (r"39\d\d", Territory("greenland", "GL"), ""),
    ],
    "FI": [(r"22\d\d\d", Territory("aland", "AX"), "")],
    "GR": [(r"6308[67]", Territory("athos", "GR"), "")],
    "GB": [
        (r"BT\d.*", Territory("northern_ireland", "GB"), ""),
        (r"JE\d.*", Territory("channel_islands", "JE"), ""),
        (r"GY\d.*", Territory("channel_islands", "GG"), ""),
    ],
}
# By country and the code that a state has in Odoo, where no postcode tells.
_BY_STATE = {
    (territory.country, territory.state): territory
    for territories in _BY_POSTCODE.values()
    for _pattern, territory, _city in territories
    if territory.state
}
# Countries of their own: which territory they are, and of which country.
_BY_COUNTRY = {
    territory.country: (territory, mother)
    for mother, territories in _BY_POSTCODE.items()
    for _pattern, territory, _city in territories
    if territory.country != mother
}
# Countries for whose companies a territory with rules of its own is home: what leaves
# from there has their rate, wherever in the country it goes.
_AT_HOME = {
    "azores": ("PT",),
    "madeira": ("PT",),
    "northern_ireland": ("GB", "IM"),
}
# What people write before a postcode to say in which country it is.
_PREFIXES = {
    "FR": "FR?", "ES": "ES?", "IT": "IT?", "DE": "DE?", "FI": "FIN?|AX", "GR": "GR",
    "PT": "PT?", "DK": "DK|FO|GL",
}  # fmt: skip


def territory_of(country_code, postcode, city="", state_code=""):
    """Return the territory that an address lies in, or None.

    :param str country_code: ISO code of the country
    :param str postcode: as somebody wrote it; may be empty
    :param str city: as somebody wrote it, for postcodes that others share
    :param str state_code: of the state in Odoo, which speaks where no postcode does
    :rtype: Territory | None
    """
    code = country_code or ""
    if code in _BY_COUNTRY:
        return _BY_COUNTRY[code][0]
    written = plain_postcode(code, postcode)
    for pattern, territory, place in _BY_POSTCODE.get(code, ()):
        is_there = not place or place in (city or "").lower()
        if is_there and re.fullmatch(pattern, written):
            return territory
    if re.fullmatch(r"\d{4,7}", written):
        return None
    return _BY_STATE.get((code, state_code or ""))


def mother_of(country_code):
    """Return the country that a territory with a code of its own belongs to, or ""."""
    return _BY_COUNTRY.get(country_code or "", (None, ""))[1]


def is_at_home(territory, country_code):
    """Whether a territory is taxed as the rest of the country of a company.

    :param Territory territory: somewhere
    :param str country_code: of the company, for its taxes
    """
    return country_code in _AT_HOME.get(territory.code, ())


def plain_postcode(country_code, postcode):
    """Return a postcode without blanks, hyphens and the sign of its country."""
    written = re.sub(r"[\s-]", "", postcode or "").upper()
    prefix = _PREFIXES.get(country_code or "")
    return re.sub(rf"^(?:{prefix})(?=\d)", "", written) if prefix else written
