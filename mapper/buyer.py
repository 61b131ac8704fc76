"""Who buys, where it goes, and who is invoiced."""

from dataclasses import dataclass, field

from .address import AddressMapper, person_name
from .problems import ImportProblem
from .reference import plain

# Two addresses that agree in these are one.
ADDRESS_FIELDS = (
    "name", "street", "street2", "zip", "city", "state_id", "country_id", "phone",
)  # fmt: skip


@dataclass(eq=False)
class AddressPlan:
    """An address that exists as a partner, or is to become one.

    :ivar dict values: for `res.partner.create`
    :ivar res.partner partner: once it exists
    :ivar AddressPlan parent: the contact that it belongs to, if any
    :ivar dict changes: what is new about a partner that exists
    """

    values: dict
    partner: object = None
    parent: "AddressPlan | None" = None
    changes: dict = field(default_factory=dict)

    @property
    def name(self):
        """Return the name of the address."""
        return self.values["name"]

    @property
    def fingerprint(self):
        """Return what two addresses must have in common to be one."""
        return tuple(plain(str(self.values.get(f) or "")) for f in ADDRESS_FIELDS)


@dataclass(eq=False)
class BuyerPlan:
    """The partners of a marketplace order.

    :ivar AddressPlan contact: the customer of the sale orders
    :ivar AddressPlan invoice: who is invoiced
    :ivar list deliveries: an AddressPlan per package
    :ivar AddressPlan person: who ordered in the name of a company
    """

    contact: AddressPlan
    invoice: AddressPlan
    deliveries: list
    person: AddressPlan | None = None

    @property
    def addresses(self):
        """Everything that must exist before the sale orders do."""
        used = [self.contact, self.invoice, *self.deliveries, self.person]
        return [plan for plan in used if plan]


class BuyerMapper:
    """Plans the partners of a batch of orders, and each only once.

    A buyer is recognised by the marketplace's own customer id. E-mail addresses are the
    marketplace's relays and prove nothing; where there is no customer id, the order
    number stands for it, so every such order has a buyer of its own.
    """

    def __init__(self, account, reference):
        self.env = account.env
        self.account = account
        self.addresses = AddressMapper(account.env, reference)
        self._langs = {code for code, _name in self.env["res.lang"].get_installed()}
        self._known = {}
        self._contacts = {}
        self._children = {}

    def preload(self, orders):
        """Read the partners that the buyers of some orders already have.

        :param orders: pairs of a lengow.order and its content
        """
        keys = [self._key(order, content) for order, content in orders]
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

    def plan(self, order, content):
        """Return who buys an order and where its packages go.

        :param lengow.order order: of the inbox
        :param lengow_api.Order content: of this order
        :rtype: BuyerPlan
        :raise ImportProblem: if there is no usable address or country
        """
        billing, packages = self._addresses(content)
        fixed = order.marketplace_id._setting("invoice_partner_id")
        if fixed:
            # The buyer is a delivery address and nothing else.
            buyer = self._contact(order, content, packages[0])
            deliveries = self._deliveries(buyer, content, packages, billing)
            invoiced = AddressPlan({"name": fixed.name}, fixed)
            return BuyerPlan(invoiced, invoiced, deliveries)
        buyer = self._contact(order, content, billing)
        invoice = self._child(buyer, "invoice", self._buyer_values(content, billing))
        deliveries = self._deliveries(buyer, content, packages, billing)
        person = self._person(buyer, content, billing)
        return BuyerPlan(buyer, invoice, deliveries, person)

    def _deliveries(self, buyer, content, packages, billing):
        lang = self._lang(content)
        return [
            self._child(buyer, "delivery", self.addresses.values(a, lang, billing))
            for a in packages
        ]

    def _addresses(self, content):
        """Return the billing address and each package's delivery address.

        Either stands in for the other where the marketplace leaves one out.
        """
        deliveries = [p.delivery for p in content.packages if _is_given(p.delivery)]
        billing = content.billing_address
        if not _is_given(billing) or not billing.country_code:
            billing = deliveries[0] if deliveries else billing
        if not _is_given(billing):
            raise ImportProblem(
                "address_missing",
                self.env._(
                    "The order has neither a delivery nor a billing address. Complete "
                    "it at Lengow; it is read again when it changes."
                ),
            )
        return billing, [
            package.delivery if _is_given(package.delivery) else billing
            for package in content.packages
        ]

    # === THE BUYER === #

    def _key(self, order, content):
        ref = content.marketplace_customer_id or f"#{order.name}"
        return order.marketplace_id.id, ref

    def _contact(self, order, content, address):
        """Return the plan of the buyer, which all orders of the batch share."""
        key = self._key(order, content)
        if key not in self._contacts:
            marketplace_id, ref = key
            values = {
                **self._buyer_values(content, address),
                "lengow_marketplace_id": marketplace_id,
                "lengow_customer_ref": ref,
                "company_id": self.account.company_id.id,
                "user_id": False,
            }
            plan = AddressPlan(values, partner=self._known.get(key))
            self._contacts[key] = plan
            self._children[plan] = _known_addresses(plan)
        plan = self._contacts[key]
        if (
            plan.partner
            and plan.values.get("vat", plan.partner.vat) != plan.partner.vat
        ):
            plan.changes = {"vat": plan.values["vat"]}
        return plan

    def _buyer_values(self, content, address):
        """Return an address as values of the customer: a company where there is one."""
        values = self.addresses.values(address, self._lang(content))
        if content.is_business and address.company:
            values.update(name=address.company, is_company=True, company_name=False)
        vat = vat_number(content) if content.is_business or address.company else None
        return {**values, "vat": vat} if vat else values

    def _person(self, buyer, content, billing):
        """Plan the person who ordered for a company as a contact of that company."""
        name = person_name(billing)
        if not buyer.values.get("is_company") or not name:
            return None
        values = self.addresses.values(billing, self._lang(content))
        return self._child(buyer, "contact", {**values, "company_name": False})

    def _lang(self, content):
        """Return the buyer's language if it is told and Odoo has it, else False."""
        return content.locale if content.locale in self._langs else False

    # === THEIR ADDRESSES === #

    def _child(self, contact, kind, values):
        """Return the contact itself or one of its addresses, planning a new one."""
        values = {k: v for k, v in values.items() if k not in ("is_company", "vat")}
        values = {**values, "type": kind, "company_id": self.account.company_id.id}
        wanted = AddressPlan(values, parent=contact)
        known = self._children[contact]
        for plan in known:
            if plan.fingerprint == wanted.fingerprint:
                return plan
        known.append(wanted)
        return wanted


def vat_number(content):
    """Return the buyer's VAT number, from whichever place the marketplace uses."""
    deliveries = (package.delivery for package in content.packages)
    sources = (content.billing_address, *deliveries, *content.payments)
    return next((s.vat_number for s in sources if s and s.vat_number), None)


def _known_addresses(contact):
    """Return the plans of a contact and the addresses that it already has."""
    if not contact.partner:
        return [contact]
    return [
        AddressPlan(
            {name: _plain_value(partner[name]) for name in ADDRESS_FIELDS},
            partner=partner,
            parent=contact if partner != contact.partner else None,
        )
        for partner in contact.partner | contact.partner.child_ids
    ]


def _is_given(address):
    return address is not None and not address.is_empty


def _plain_value(value):
    return value.id if hasattr(value, "_ids") else value
