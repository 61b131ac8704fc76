"""Which of the numbers that a marketplace tells makes its buyer a business for tax."""

import re
from typing import NamedTuple

import stdnum.es.nif
import stdnum.eu.vat
import stdnum.fr.siret
import stdnum.it.codicefiscale
import stdnum.util

# Countries whose VAT numbers begin otherwise than their code.
PREFIXES = {"GR": "EL", "MC": "FR"}
# What Spain and Italy write on identity cards of people. Spain takes it for a VAT
# number, too, so that only its prefix tells that a business means it so.
_PERSONAL = re.compile(r"[0-9XYZKLM][0-9]{7}[A-Z]|[A-Z]{6}[0-9A-Z]{10}")


class TaxNumbers(NamedTuple):
    """What a buyer's numbers are worth.

    :ivar str vat: the VAT number of a business, or False
    :ivar bool is_refused: whether a business tells a number that is none
    """

    vat: str | bool = False
    is_refused: bool = False


class VatJudge:
    """Tells VAT numbers from everything else that stands where one belongs.

    A number frees a sale within the EU from VAT, so doubt counts against it: it has to
    be valid as a VAT number, and the order has to be that of a business. By its form
    alone; nobody is asked over the network.
    """

    def __init__(self, env):
        self.env = env
        self.partners = env["res.partner"].with_context(no_vat_validation=False)
        self._judged = {}

    def judge(self, content, country):
        """Return what the numbers of an order are worth.

        :param lengow_api.Order content: of an order
        :param res.country country: of the buyer
        :rtype: TaxNumbers
        """
        is_declared = is_declared_business(content)
        told = _told_numbers(content)
        if not is_declared and not _names_company(content):
            return TaxNumbers()  # a private person's identity number at most
        for text in told:
            if not is_declared and _PERSONAL.fullmatch(_compact(text)):
                continue
            number = self.valid(text, country)
            if number:
                return TaxNumbers(number)
        return TaxNumbers(is_refused=bool(told))

    def valid(self, text, country):
        """Return a number as a VAT number of a country or of its own prefix, or False.

        The prefix is put before it where that makes it valid: invoices need it.

        :param str text: as somebody wrote it
        :param res.country country: of whoever has it
        """
        key = text, country.id
        if key not in self._judged:
            self._judged[key] = self._judge_number(_compact(text), country)
        return self._judged[key]

    def _judge_number(self, number, country):
        if not re.search(r"\d", number):
            return False
        code = country.code or ""
        prefix = PREFIXES.get(code, code)
        is_european = _european(prefix)
        spellings = [number]
        if is_european and not number.startswith(prefix):
            spellings.insert(0, prefix + number)
        for spelling in spellings:
            if is_european or _european(spelling[:2]):
                # Odoo takes national tax numbers, too; they free from no VAT.
                if not stdnum.eu.vat.is_valid(spelling):
                    continue
            elif not self._is_valid_elsewhere(spelling, code):
                continue
            accepted, _country = self.partners._run_vat_checks(
                country, spelling, validation="setnull"
            )
            if accepted:
                return accepted
        return False

    def _is_valid_elsewhere(self, number, code):
        """Judge a number of outside the EU where Odoo has no check of its own."""
        if "vies_valid" in self.partners._fields or not code:
            return True
        module = stdnum.util.get_cc_module(code, "vat")
        return module is None or module.is_valid(number)


def is_declared_business(content):
    """Whether the marketplace says that a business buys; a number alone says nothing.

    :param lengow_api.Order content: of an order
    """
    return "is_business" in content.order_types or any(
        payment.siret_number and stdnum.fr.siret.is_valid(payment.siret_number)
        for payment in content.payments
    )


def siret(content):
    """Return the French company number that an order tells, or False."""
    for payment in content.payments:
        number = payment.siret_number
        if number and stdnum.fr.siret.is_valid(number):
            return stdnum.fr.siret.compact(number)
    return False


def codice_fiscale(content):
    """Return the tax number of an Italian person that an order tells, or False."""
    for number in _personal_numbers(content):
        if len(number) == 16 and stdnum.it.codicefiscale.is_valid(number):
            return number
    return False


def nif(content):
    """Return the tax number of a Spanish person that an order tells, or False."""
    for number in _personal_numbers(content):
        plain = number.removeprefix("ES")
        if _PERSONAL.fullmatch(plain) and stdnum.es.nif.is_valid(plain):
            return plain
    return False


def _personal_numbers(content):
    """Return every text of an order that may be the tax number of a person."""
    told = [payment.fiscal_number for payment in content.payments]
    told += _told_numbers(content)
    if content.tax:
        told.append(content.tax.buyer_tax_id)
    return [_compact(text) for text in told if text]


def _told_numbers(content):
    """Return every text that stands where a VAT number belongs, the likeliest first."""
    deliveries = (package.delivery for package in content.packages)
    sources = (content.billing_address, *deliveries, *content.payments)
    told = [source.vat_number for source in sources if source and source.vat_number]
    tax = content.tax
    if tax and tax.buyer_tax_id and "vat" in (tax.buyer_tax_type or "").lower():
        told.append(tax.buyer_tax_id)
    return list(dict.fromkeys(told))


def _names_company(content):
    deliveries = (package.delivery for package in content.packages)
    return any(a and a.company for a in (content.billing_address, *deliveries))


def _compact(text):
    return re.sub(r"[\s.\-_,:]", "", text).upper()


def _european(prefix):
    """Whether VAT numbers of the EU's own system begin so."""
    return prefix.lower() in {"el", "xi", *stdnum.eu.vat.MEMBER_STATES}
