"""Names, phones and e-mail addresses that marketplaces write where they have none."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from odoo.tools import hmac

# What says that nothing is known, in the languages of the marketplaces.
NOTHING_KNOWN = {
    "n/a", "not provided", "not available", "not applicable", "no name",
    "non communiqué", "non communique", "non renseigné", "non renseigne",
    "nicht angegeben", "keine angabe", "no disponible", "non disponibile",
}  # fmt: skip
# The same, but some people are really called so: told by what stands beside it.
MAYBE_A_NAME = {"null", "none", "nan", "na", "nc", "unknown", "undefined", "anonymous"}
# What channels write where a buyer has no account with them.
NO_CUSTOMER = {"guest"}
PHONES = ("phone_mobile", "phone_home", "phone_office")
COUNTED_UP = "012345678901234567890"
# Shorter ones call nobody; so many zeros at the end are not given to anybody.
SHORTEST_PHONE = 5
LONGEST_ZEROS = "0" * 9
# Reserved for what must never be reached: nothing is delivered there.
NOWHERE = ".invalid"
EVERY_DOMAIN = "*"
CODE_LENGTH = 32


class PeopleCleaner:
    """Reads people as the settings of one marketplace want them read."""

    def __init__(self, marketplace):
        """Read the settings of a marketplace once for a batch.

        :param lengow.marketplace marketplace: one
        """
        setting = marketplace._setting
        self.env = marketplace.env
        self.marketplace = marketplace
        self._choice = setting("relay_emails") or "keep"
        self._domains = domains_in(setting("relay_domains"))
        self._leaves_out = setting("placeholders") != "keep"

    def clean(self, content):
        """Return an order whose addresses say what is known of people, and no more.

        :param lengow_api.Order content: as the marketplace sent it
        :rtype: lengow_api.Order
        """
        return replace(
            content,
            billing_address=self._address(content.billing_address),
            packages=tuple(
                replace(package, delivery=self._address(package.delivery))
                for package in content.packages
            ),
        )

    def email(self, email):
        """Return what is kept of an address that a marketplace gave.

        :param str email: may be None
        """
        if self._choice == "keep" or not self._is_relay(email, self._domains):
            return email
        return self._hashed(email) if self._choice == "hash" else None

    def known_email(self, email):
        """Return what is kept of an address that a customer has already.

        Somebody may have entered it: only the domains of relays are told apart then. A
        code of ours was made of a relay, and goes where relays are left out.

        :param str email: may be False
        """
        if self._choice == "drop" and self._is_code(email):
            return False
        named = [domain for domain in self._domains if domain != EVERY_DOMAIN]
        if self._choice == "keep" or not self._is_relay(email, named):
            return email
        return self._hashed(email) if self._choice == "hash" else False

    def _address(self, address):
        if address is None:
            return None
        values = {"email": self.email(address.email)}
        if self._leaves_out:
            values.update(clean_names(address))
            values.update(
                {name: clean_phone(getattr(address, name)) for name in PHONES}
            )
        return replace(address, **values)

    def _is_relay(self, email, domains):
        domain = (email or "").rpartition("@")[2].strip().lower()
        if not domain or domain.endswith(NOWHERE):
            return False
        return any(fnmatchcase(domain, pattern) for pattern in domains)

    def _hashed(self, email):
        """Return an address that tells one buyer from another, and reaches nobody.

        By the secret of the database, so that nobody can try addresses out.
        """
        scope = f"lengow-relay-{self.marketplace.id}"
        digest = hmac(self.env(su=True), scope, email.strip().lower())
        return f"{digest[:CODE_LENGTH]}@{self._code_domain}"

    def _is_code(self, email):
        """Whether an address is a code that stands for a relay of this marketplace."""
        code, _at, domain = (email or "").rpartition("@")
        is_code = re.fullmatch(f"[0-9a-f]{{{CODE_LENGTH}}}", code)
        return bool(is_code) and domain == self._code_domain

    @property
    def _code_domain(self):
        code = re.sub(r"[^a-z0-9]+", "-", self.marketplace.code.lower()).strip("-")
        return f"{code or 'marketplace'}{NOWHERE}"


def domains_in(text):
    """Return the domains that a setting lists.

    :param str text: separated by commas, semicolons or blanks; may be False
    :rtype: list[str]
    """
    parts = re.split(r"[\s,;]+", (text or "").lower())
    return [part.removeprefix("@") for part in parts if part.removeprefix("@")]


def is_domain(pattern):
    """Whether a text names the domain of relays, and not those of half the world.

    :param str pattern: one of :func:`domains_in`
    :rtype: bool
    """
    if pattern == EVERY_DOMAIN:
        return True
    label = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    return bool(re.fullmatch(rf"(\*\.)?({label}\.)+{label}(\.\*)?", pattern))


def clean_names(address):
    """Return the names of an address without what only stands for a name.

    :param lengow_api.Address address: one
    :return: its first, last and full name and its company
    :rtype: dict
    """
    names = {
        name: None if _says_nothing(text := getattr(address, name)) else text
        for name in ("first_name", "last_name", "full_name", "company")
    }
    if not names["first_name"] or _is_maybe(names["first_name"]):
        names["first_name"] = None
        if _is_maybe(names["last_name"]):
            names["last_name"] = None
    for name in ("full_name", "company"):
        words = (names[name] or "").split()
        if words and all(map(_is_maybe, words)):
            names[name] = None
    return names


def clean_phone(phone):
    """Return a phone number, None where it only stands for one.

    :param str phone: as the marketplace wrote it; may be None
    :rtype: str | None
    """
    digits = re.sub(r"\D", "", phone or "")
    is_real = (
        len(digits) >= SHORTEST_PHONE
        and len(set(digits)) > 1
        and not digits.endswith(LONGEST_ZEROS)
        and digits not in COUNTED_UP
    )
    return phone if is_real else None


def is_number_of_somebody(text):
    """Whether a customer's number tells one buyer from another.

    Whatever stands for a name that nobody knows stands for a number, too, however it is
    spelt: two buyers without a number must not become one customer.

    :param str text: as the marketplace wrote it; may be None
    :rtype: bool
    """
    bare = _squeezed(text or "")
    nobody = {*map(_squeezed, NOTHING_KNOWN), *MAYBE_A_NAME, *NO_CUSTOMER}
    is_told = bool(bare.strip("0")) and bare not in nobody
    return is_told and not _says_nothing(text)


def _squeezed(text):
    return re.sub(r"[\W_]", "", text).lower()


def _says_nothing(text):
    text = " ".join((text or "").lower().split())
    is_word = any(letter.isalnum() for letter in text)
    return not is_word or text in NOTHING_KNOWN or bool(re.fullmatch("xx+", text))


def _is_maybe(text):
    return (text or "").strip().lower() in MAYBE_A_NAME
