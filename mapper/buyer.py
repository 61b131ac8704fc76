"""Who buys, where it goes, and who is invoiced."""

from dataclasses import dataclass, field

from .address import AddressMapper, person_name
from .people import is_number_of_somebody
from .problems import ImportProblem
from .reference import plain
from .vat import TaxNumbers, VatJudge, codice_fiscale, nif, siret

# Two addresses that agree in these are one, if their phones do not tell them apart.
ADDRESS_FIELDS = (
    "name", "street", "street2", "zip", "city", "state_id", "country_id",
)  # fmt: skip
# What belongs to the buyer and to none of the addresses.
BUYER_FIELDS = (
    "is_company", "vat", "vies_valid", "company_registry", "l10n_it_codice_fiscale",
    "company_name",
)  # fmt: skip
# The numbers of a buyer, where Odoo has fields for them.
NUMBER_FIELDS = ("vat", "company_registry", "l10n_it_codice_fiscale")


@dataclass(eq=False)
class AddressPlan:
    """An address that exists as a partner, or is to become one.

    :ivar dict values: for `res.partner.create`
    :ivar res.partner partner: once it exists
    :ivar AddressPlan parent: the contact that it belongs to, if any
    :ivar dict known: what a partner that exists says now
    :ivar dict changes: what is new about a partner that exists
    """

    values: dict
    partner: object = None
    parent: "AddressPlan | None" = None
    known: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)

    @property
    def name(self):
        """Return the name of the address."""
        return self.get("name")

    @property
    def is_company(self):
        """Whether it is that of a company."""
        return bool(self.get("is_company"))

    @property
    def lineage(self):
        """Return this and what it belongs to, which has to exist first."""
        return [*(self.parent.lineage if self.parent else ()), self]

    @property
    def fingerprint(self):
        """Return what two addresses must have in common to be one."""
        return tuple(plain(str(self.get(f) or "")) for f in ADDRESS_FIELDS)

    def get(self, name):
        """Return what the address says, or will say, in one field."""
        return (self.known if self.partner else self.values).get(name)

    def is_same(self, other):
        """Whether another plan means this address; a phone may be missing in one."""
        phones = {plain(p.get("phone") or "") for p in (self, other)} - {""}
        return self.fingerprint == other.fingerprint and len(phones) < 2

    def update(self, **values):
        """Take over what is new, whether or not the partner exists."""
        new = {k: v for k, v in values.items() if self.get(k) != v}
        if self.partner:
            self.known.update(new)
            self.changes.update(new)
        else:
            self.values.update(new)


@dataclass(eq=False)
class BuyerPlan:
    """The partners of a marketplace order.

    :ivar AddressPlan contact: the customer of the sale orders
    :ivar AddressPlan invoice: who is invoiced
    :ivar list deliveries: an AddressPlan per package
    :ivar AddressPlan person: who ordered in the name of a company
    :ivar dict billed: the billing address of this order, as values
    :ivar TaxNumbers numbers: what this order tells about the buyer's VAT number
    :ivar bool is_fixed: whether the customer is one that the settings name
    """

    contact: AddressPlan
    invoice: AddressPlan
    deliveries: list
    person: AddressPlan | None = None
    billed: dict = field(default_factory=dict)
    numbers: TaxNumbers = field(default_factory=TaxNumbers)
    is_fixed: bool = False

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

    def __init__(self, account, reference, cleaners):
        self.env = account.env
        self.account = account
        self.addresses = AddressMapper(account.env, reference)
        self.cleaners = cleaners
        self.vat = VatJudge(account.env)
        self._langs = {code for code, _name in self.env["res.lang"].get_installed()}
        self._known = {}
        self._contacts = {}
        self._children = {}
        self._companies = {}

    def preload(self, orders):
        """Read the partners that the buyers of some orders already have.

        :param orders: pairs of a lengow.order and its content
        """
        keys = [self._key(order, content) for order, content in orders]
        partners = self.env["res.partner"].search(
            [
                ("lengow_marketplace_id", "in", list({m for m, _ref in keys})),
                ("lengow_customer_ref", "in", list({ref for _m, ref in keys})),
                # Whoever buys of two companies is a customer of each.
                ("company_id", "in", [False, self.env.company.id]),
            ],
            order="id",
        )
        # The company's own ones come before shared ones.
        for partner in partners.sorted(lambda partner: not partner.company_id):
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
        fixed = order._setting("invoice_partner_id")
        # The buyer of a fixed customer is a delivery address and nothing else.
        address, other = (packages[0], billing) if fixed else (billing, packages[0])
        values, numbers = self._buyer_values(content, address, other)
        buyer = self._contact(order, content, values, not numbers.vat)
        self._tag(buyer, order.marketplace_id)
        deliveries = [self._delivery(buyer, content, a, billing) for a in packages]
        plan = BuyerPlan(buyer, buyer, deliveries, billed=values, numbers=numbers)
        if fixed:
            plan.contact = plan.invoice = AddressPlan(
                {}, fixed, known={"name": fixed.name}
            )
            plan.is_fixed = True
            return plan
        plan.invoice = self._child(buyer, "invoice", values)
        plan.person = self._person(buyer, content, billing)
        return plan

    def _delivery(self, buyer, content, address, billing):
        """Return where a package goes, named as its label has to be.

        The company that stands on a label is part of the name: Odoo prints the
        contact's own company above every address, and drops that of an address.
        """
        values = self.addresses.values(address, self._lang(content), billing)
        company = values.pop("company_name")
        contact_company = buyer.name if buyer.is_company else buyer.get("company_name")
        known = {plain(contact_company or ""), plain(values["name"])}
        if company and plain(company) not in known:
            values["name"] = f"{company}, {values['name']}"
        return self._child(buyer, "delivery", values)

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
                    "The order has neither a delivery nor a billing address. Enter it "
                    "here, or at Lengow: the order is read again when it changes."
                ),
            )
        return billing, [
            package.delivery if _is_given(package.delivery) else billing
            for package in content.packages
        ]

    # === THE BUYER === #

    def _key(self, order, content):
        ref = content.marketplace_customer_id
        known = is_number_of_somebody(ref)
        return order.marketplace_id.id, ref if known else f"#{order.name}"

    def _contact(self, order, content, values, is_private):
        """Return the plan of the buyer, which all orders of the batch share.

        :param bool is_private: whether no number makes a business of the buyer
        """
        key = self._key(order, content)
        if key not in self._contacts:
            marketplace_id, ref = key
            plan = AddressPlan(
                {
                    **values,
                    "lengow_marketplace_id": marketplace_id,
                    "lengow_customer_ref": ref,
                    "company_id": self.env.company.id,
                    "user_id": False,
                }
            )
            self._adopt(plan, self._known.get(key))
            self._clean_emails(plan, self.cleaners[order.marketplace_id])
            self._contacts[key] = plan
        contact = self._contacts[key]
        plan = contact if is_private else self._company_of(contact, values)
        self._refresh(plan, values)
        self._add_numbers(plan, values)
        return plan

    def _add_numbers(self, plan, values):
        """Take over the numbers that a known buyer has not told before."""
        for name in NUMBER_FIELDS:
            if values.get(name) and not plan.get(name):
                plan.update(**{name: values[name]})
                if name == "vat" and "vies_valid" in values:
                    plan.update(vies_valid=values["vies_valid"])

    def _tag(self, buyer, marketplace):
        """Give a buyer the tags of customers of the marketplace, beside their own."""
        tags = marketplace._setting("partner_tag_ids")
        missing = tags - buyer.partner.category_id if buyer.partner else tags
        if missing:
            buyer.update(category_id=[(4, tag.id) for tag in missing])

    def _adopt(self, plan, partner):
        """Fill in what already exists of a contact."""
        if partner:
            plan.partner, plan.known = partner, _known_values(partner)
        children = partner.child_ids if partner else ()
        companies = [child for child in children if child.is_company]
        self._companies[plan] = []
        self._children[plan] = [
            plan,
            *(
                AddressPlan({}, child, plan, known=_known_values(child))
                for child in children
                if child not in companies
            ),
        ]
        for company in companies:
            company_plan = AddressPlan({}, parent=plan)
            self._adopt(company_plan, company)
            self._companies[plan].append(company_plan)

    def _clean_emails(self, contact, cleaner):
        """Have a known buyer lose the relays that the settings want no more.

        :param AddressPlan contact: just adopted
        :param PeopleCleaner cleaner: of its marketplace
        """
        for plan in (*self._children[contact], *self._companies[contact]):
            email = cleaner.known_email(plan.get("email"))
            if plan.partner and email != plan.get("email"):
                plan.update(email=email)

    def _company_of(self, contact, values):
        """Return who buys: the contact, or another company of the same customer.

        A number that comes later makes a business of a contact that had none. Another
        number is another company's: what was sold to the first one stays its own.
        """
        number = values.get("vat")
        if not number:
            return contact
        for plan in (contact, *self._companies[contact]):
            if plan.get("vat") and self._judge_known(plan) == number:
                plan.update(vat=number)
                return plan
        if not self._judge_known(contact):
            identity = {k: values[k] for k in ("vat", "vies_valid") if k in values}
            if values.get("is_company") and not contact.is_company:
                identity.update(
                    name=values["name"], is_company=True, company_name=False
                )
            contact.update(**identity)
            return contact
        # Of a type that Odoo does not give the address of its parent.
        company = AddressPlan(
            {
                **values,
                "is_company": True,
                "type": "other",
                "company_id": self.env.company.id,
                "user_id": False,
            },
            parent=contact,
        )
        self._adopt(company, None)
        self._companies[contact].append(company)
        return company

    def _judge_known(self, plan):
        """Return the VAT number that a contact has, if it is a valid one."""
        country = self.env["res.country"].browse(plan.get("country_id") or [])
        return self.vat.valid(plan.get("vat") or "", country)

    def _buyer_values(self, content, address, fallback):
        """Return an address as values of the customer, and what its numbers are worth.

        The customer is a company where there is one.
        """
        values = self.addresses.values(address, self._lang(content), fallback)
        country = self.env["res.country"].browse(values["country_id"])
        numbers = self.vat.judge(content, country)
        if address.company and (content.is_business or numbers.vat):
            values.update(name=address.company, is_company=True, company_name=False)
        values.update(self._number_values(content, country, numbers))
        return values, numbers

    def _number_values(self, content, country, numbers):
        """Return the numbers of a buyer by the fields of Odoo that hold them."""
        values = {}
        number = numbers.vat or self._number_of_person(content, country)
        if number:
            # Nobody has asked VIES, and Odoo is not to ask it during an import.
            values.update(vat=number, vies_valid=False)
        if country.code == "FR" and siret(content):
            values["company_registry"] = siret(content)
        if country.code == "IT" and not numbers.vat and codice_fiscale(content):
            values["l10n_it_codice_fiscale"] = codice_fiscale(content)
        names = self._partner_fields()
        return {name: value for name, value in values.items() if name in names}

    def _number_of_person(self, content, country):
        """Return the number that a Spanish company has to write on its invoices.

        Abroad, Odoo would take whoever has one for a business of the EU.
        """
        seller = self.env.company.account_fiscal_country_id
        if {country.code, seller.code} != {"ES"} or not nif(content):
            return False
        return self.vat.valid(nif(content), country)

    def _partner_fields(self):
        return self.env["res.partner"]._fields

    def _person(self, buyer, content, billing):
        """Plan the person who ordered for a company as a contact of that company.

        By the name alone: Odoo gives such a contact the address of its company.
        """
        name = person_name(billing)
        if not buyer.is_company or not name:
            return None
        values = self.addresses.values(billing, self._lang(content))
        wanted = AddressPlan(self._child_values("contact", values), parent=buyer)
        for plan in self._children[buyer]:
            is_contact = plan.get("type") == "contact" and plan is not buyer
            if (is_contact and plain(plan.name) == plain(name)) or plan.is_same(wanted):
                return plan
        self._children[buyer].append(wanted)
        return wanted

    def _lang(self, content):
        """Return the buyer's language if it is told and Odoo has it, else False."""
        return content.locale if content.locale in self._langs else False

    # === THEIR ADDRESSES === #

    def _child(self, contact, kind, values):
        """Return the contact itself or one of its addresses, planning a new one."""
        wanted = AddressPlan(self._child_values(kind, values), parent=contact)
        known = self._children[contact]
        for plan in known:
            if plan.is_same(wanted):
                self._refresh(plan, values)
                return plan
        known.append(wanted)
        return wanted

    def _child_values(self, kind, values):
        values = {k: v for k, v in values.items() if k not in BUYER_FIELDS}
        # Odoo gives an address its parent's company only when that changes.
        return {**values, "type": kind, "company_id": self.env.company.id}

    def _refresh(self, plan, values):
        """Take over how a known address is reached now: relays of e-mails change."""
        email, phone = values.get("email"), values.get("phone")
        if email and email != plan.get("email"):
            plan.update(email=email)
        if phone and not plan.get("phone"):
            plan.update(phone=phone)


def _known_values(partner):
    """Return what a partner says now, as a plan has it."""
    names = (
        *ADDRESS_FIELDS, "phone", "email", "type", "is_company", "company_name",
        *(name for name in NUMBER_FIELDS if name in partner._fields),
    )  # fmt: skip
    return {name: _plain_value(partner[name]) for name in names}


def _is_given(address):
    return address is not None and not address.is_empty


def _plain_value(value):
    return value.id if hasattr(value, "_ids") else value
