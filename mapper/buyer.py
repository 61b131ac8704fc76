"""Who buys, where it goes, and who is invoiced."""

import re
from dataclasses import dataclass, field

from .problems import ImportProblem
from .reference import plain

ADDRESS_FIELDS = (
    "name", "street", "street2", "zip", "city", "state_id", "country_id", "phone",
)  # fmt: skip
CIVILITIES = {
    "m", "mr", "mrs", "ms", "miss", "mme", "mlle", "monsieur", "madame", "mademoiselle",
    "herr", "frau", "sig", "sigra", "sr", "sra", "dr",
}  # fmt: skip


@dataclass
class AddressPlan:
    """An address that exists as a partner, or is to become one.

    :ivar dict values: for `res.partner.create`
    :ivar partner: the res.partner, once it exists
    :ivar AddressPlan parent: the contact that it belongs to, if any
    """

    values: dict
    partner: object = None
    parent: object = None

    @property
    def fingerprint(self):
        return tuple(plain(str(self.values.get(f) or "")) for f in ADDRESS_FIELDS)


@dataclass
class BuyerPlan:
    """The three partners of a sale order: buyer, delivery address, invoice address."""

    contact: AddressPlan
    deliveries: list = field(default_factory=list)
    invoice: AddressPlan | None = None


class BuyerMapper:
    """Plans the partners of a batch of orders, and each only once.

    A buyer is recognised by the marketplace's own customer id. E-mail addresses are the
    marketplace's relays and prove nothing; where there is no customer id, the order
    number stands for it, so every order has a buyer of its own.
    """

    def __init__(self, account, reference):
        self.env = account.env
        self.account = account
        self.reference = reference
        self._known = {}
        self._contacts = {}
        self._children = {}

    def preload(self, orders):
        """Read the partners that the buyers of some orders already have.

        :param orders: pairs of a lengow.order and its payload order
        """
        keys = [self._key(row, order) for row, order in orders]
        partners = self.env["res.partner"].search(
            [
                ("lengow_marketplace_id", "in", list({m for m, _ref in keys})),
                ("lengow_customer_ref", "in", list({ref for _m, ref in keys})),
            ],
            order="id",
        )
        for partner in partners:
            key = partner.lengow_marketplace_id.id, partner.lengow_customer_ref
            self._known.setdefault(key, partner)

    def plan(self, row, order):
        """Return who buys an order and where its packages go.

        :param lengow.order row: of the inbox
        :param lengow_api.Order order: its payload
        :rtype: BuyerPlan
        :raise ImportProblem: if there is no usable address or country
        """
        billing, deliveries = self._addresses(order)
        contact = self._contact(row, order, billing)
        plan = BuyerPlan(contact)
        plan.invoice = self._child(contact, "invoice", self._values(billing, order))
        for delivery in deliveries:
            values = self._values(delivery, order, fallback=billing)
            plan.deliveries.append(self._child(contact, "delivery", values))
        return plan

    def _addresses(self, order):
        """Return the billing address and each package's delivery address.

        Either stands in for the other where the marketplace leaves one out.
        """
        deliveries = [p.delivery for p in order.packages if _is_given(p.delivery)]
        billing = order.billing_address
        if not _is_given(billing) or not billing.country_code:
            billing = deliveries[0] if deliveries else billing
        if not _is_given(billing):
            raise ImportProblem(
                "address_missing",
                self.env._(
                    "The order has neither a delivery nor a billing address. Complete it "
                    "at Lengow; it is read again when it changes."
                ),
            )
        return billing, [
            package.delivery if _is_given(package.delivery) else billing
            for package in order.packages
        ]

    def _contact(self, row, order, billing):
        key = self._key(row, order)
        if key not in self._contacts:
            values = self._contact_values(key, order, billing)
            plan = AddressPlan(values, partner=self._known.get(key))
            self._contacts[key] = plan
            self._children[key] = self._known_children(plan)
        plan = self._contacts[key]
        plan.key = key
        return plan

    def _key(self, row, order):
        return row.marketplace_id.id, order.marketplace_customer_id or f"#{row.name}"

    def _contact_values(self, key, order, billing):
        values = self._values(billing, order)
        marketplace_id, ref = key
        values.update(
            lengow_marketplace_id=marketplace_id,
            lengow_customer_ref=ref,
            company_id=self.account.company_id.id,
        )
        if order.is_business and billing.company:
            values.update(name=billing.company, is_company=True, company_name=False)
            if billing.vat_number:
                values["vat"] = billing.vat_number
        return values

    def _known_children(self, contact):
        if not contact.partner:
            return []
        partners = contact.partner | contact.partner.child_ids
        return [
            AddressPlan(
                {f: _scalar(partner[f]) for f in ADDRESS_FIELDS},
                partner=partner,
                parent=contact if partner != contact.partner else None,
            )
            for partner in partners
        ]

    def _child(self, contact, kind, values):
        """Return the contact itself or one of its addresses, planning a new one."""
        wanted = AddressPlan({**values, "type": kind}, parent=contact)
        if not contact.partner and wanted.fingerprint == contact.fingerprint:
            return contact
        known = self._children[contact.key]
        for plan in known:
            if plan.fingerprint == wanted.fingerprint:
                return plan
        known.append(wanted)
        return wanted

    def _values(self, address, order, fallback=None):
        """Return an address as values of a partner.

        :raise ImportProblem: if its country is missing or not known
        """
        country_id = self._country_id(address)
        name = person_name(address) or (fallback and person_name(fallback))
        lines = [address.first_line, address.second_line, address.complement]
        street, *rest = [line for line in lines if line] or [False]
        return {
            "name": name or address.company or self.env._("Marketplace customer"),
            "company_name": address.company or False,
            "street": street,
            "street2": ", ".join(rest) or False,
            "zip": address.zipcode or False,
            "city": address.city or False,
            "state_id": self.reference.state_id(country_id, address.state_region),
            "country_id": country_id,
            "email": self._first(address, fallback, "email"),
            "phone": self._first(
                address, fallback, "phone_mobile", "phone_home", "phone_office"
            ),
            "lang": self.env.lang or False,
        }

    def _country_id(self, address):
        if not address.country_code:
            raise ImportProblem(
                "country_missing",
                self.env._(
                    "The %(kind)s address has no country. Complete it at Lengow; the "
                    "order is read again when it changes.",
                    kind=address.kind or "",
                ),
            )
        country_id = self.reference.country_id(address.country_code)
        if not country_id:
            raise ImportProblem(
                "country_unknown",
                self.env._(
                    "Odoo has no country with the code %(code)s, which the %(kind)s "
                    "address names. Correct it at Lengow.",
                    code=address.country_code,
                    kind=address.kind or "",
                ),
            )
        return country_id

    def _first(self, address, fallback, *names):
        for source in filter(None, (address, fallback)):
            for name in names:
                if getattr(source, name):
                    return getattr(source, name)
        return False


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


def _is_given(address):
    return address is not None and not address.is_empty


def _scalar(value):
    return value.id if hasattr(value, "_ids") else value
