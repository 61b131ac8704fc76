"""One address of the marketplace as values of a partner."""

import re

from .problems import ImportProblem

CIVILITIES = {
    "m", "mr", "mrs", "ms", "miss", "mme", "mlle", "monsieur", "madame", "mademoiselle",
    "herr", "frau", "sig", "sigra", "signor", "signora", "sr", "sra", "dr", "mx",
}  # fmt: skip


class AddressMapper:
    """Reads addresses whose fields every marketplace fills in its own way."""

    def __init__(self, env, reference):
        self.env = env
        self.reference = reference

    def values(self, address, lang=False, fallback=None):
        """Return an address as values of a `res.partner`.

        Long texts are kept whole; Odoo's fields have no limit.

        :param lengow_api.Address address: of the order
        :param str lang: the buyer's language, as Odoo names it
        :param lengow_api.Address fallback: gives name, country, e-mail and phone where
            this address has none
        :rtype: dict
        :raise ImportProblem: if its country is missing or not known
        """
        has_country = address.country_code or not (fallback and fallback.country_code)
        country_id = self._country_id(address if has_country else fallback)
        name = person_name(address) or (fallback and person_name(fallback))
        lines = [address.first_line, address.second_line, address.complement]
        if not any(lines):
            lines = [address.full_address]
        street, *rest = [line for line in lines if line] or [False]
        sources = [source for source in (address, fallback) if source]
        return {
            "name": name or address.company or self.env._("Marketplace customer"),
            "company_name": address.company or False,
            "street": street,
            "street2": ", ".join(rest) or False,
            "zip": address.zipcode or False,
            "city": address.city or False,
            "state_id": self.reference.state_id(country_id, address.state_region),
            "country_id": country_id,
            "email": _first(sources, "email"),
            "phone": _first(sources, "phone_mobile", "phone_home", "phone_office"),
            "lang": lang,
        }

    def _country_id(self, address):
        kind = {
            "billing": self.env._("billing address"),
            "delivery": self.env._("delivery address"),
        }.get(address.kind, self.env._("address"))
        if not address.country_code:
            raise ImportProblem(
                "country_missing",
                self.env._(
                    "The %s has no country. Complete it here, or at Lengow: the order "
                    "is read again when it changes.",
                    kind,
                ),
            )
        country_id = self.reference.country_id(address.country_code)
        if not country_id:
            raise ImportProblem(
                "country_unknown",
                self.env._(
                    "Odoo has no country with the code %(code)s, which the %(kind)s "
                    "names. Correct it here, or at Lengow: the order is read again "
                    "when it changes.",
                    code=address.country_code,
                    kind=kind,
                ),
            )
        return country_id


def person_name(address):
    """Return a person's name from whichever fields a marketplace fills.

    Some give first and last name, some only a full name, some a title in front of it.
    """
    parts = [address.first_name, address.last_name]
    name = " ".join(part for part in parts if part) or address.full_name or ""
    words = name.split()
    while len(words) > 1 and re.sub(r"\W", "", words[0]).lower() in CIVILITIES:
        words = words[1:]
    return " ".join(words)


def _first(sources, *names):
    """Return the first filled attribute, of the first source that has any."""
    for source in sources:
        for name in names:
            if getattr(source, name):
                return getattr(source, name)
    return False
