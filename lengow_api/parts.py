"""The parts of an order: addresses, trackings, lines, packages, payments.

Field by field as the API names them, read by :class:`.reader.Reader`. Personal data
never shows in a repr.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .reader import Reader


def with_originals(*names: str) -> tuple[str, ...]:
    """Return the names of amounts, and of the same in the channel's own currency."""
    return (*names, *(f"original_{name}" for name in names))


#: The amounts of a line, those in the channel's own currency included.
LINE_AMOUNTS = with_originals(
    "amount", "tax", "shipping", "discount", "refunded_amount", "commission"
)


def _private(default: object = None):
    """Declare a field that holds personal data: it stays out of the repr."""
    return field(default=default, repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """A billing, delivery or contact address; every member may be missing."""

    id: str | None = None
    kind: str | None = None
    civility: str | None = _private()
    first_name: str | None = _private()
    last_name: str | None = _private()
    full_name: str | None = _private()
    company: str | None = _private()
    first_line: str | None = _private()
    second_line: str | None = _private()
    complement: str | None = _private()
    zipcode: str | None = _private()
    city: str | None = _private()
    state_region: str | None = _private()
    country_code: str | None = None
    phone_home: str | None = _private()
    phone_office: str | None = _private()
    phone_mobile: str | None = _private()
    full_address: str | None = _private()
    email: str | None = _private()
    vat_number: str | None = _private()

    @classmethod
    def read(cls, reader: Reader) -> "Address | None":
        """Return the address the reader stands on, None for null and for ``{}``."""
        if not reader.source:
            return None
        country = reader.text("common_country_iso_a2")
        return cls(
            id=reader.text("id"),
            kind=reader.text("type"),
            company=reader.text("company") or reader.text("society"),
            country_code=country.upper() if country else None,
            **{name: reader.text(name) for name in _PLAIN_ADDRESS_MEMBERS},
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it names a person or a place."""
        return not any(
            (
                *(getattr(self, name) for name in _PLAIN_ADDRESS_MEMBERS),
                self.company,
                self.country_code,
            )
        )


_PLAIN_ADDRESS_MEMBERS = (
    "civility",
    "first_name",
    "last_name",
    "full_name",
    "first_line",
    "second_line",
    "complement",
    "zipcode",
    "city",
    "state_region",
    "phone_home",
    "phone_office",
    "phone_mobile",
    "full_address",
    "email",
    "vat_number",
)


@dataclass(frozen=True, slots=True)
class Relay:
    """A pickup point. ``kind`` is the carrier's type of point, such as ``A2P``."""

    id: str | None = _private()
    name: str | None = _private()
    kind: str | None = None

    @classmethod
    def read(cls, reader: Reader) -> "Relay | None":
        """Return the relay, None when all of its members are null."""
        relay = cls(reader.text("id"), reader.text("name"), reader.text("type"))
        return relay if relay.id or relay.name or relay.kind else None


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel, or on an order not yet shipped what the buyer asked for.

    ``parcel_weight`` is as the channel gives it; the API names no unit.
    """

    number: str | None = _private()
    method: str | None = None
    carrier: str | None = None
    url: str | None = _private()
    is_delivered_by_marketplace: bool = False
    parcel_weight: Decimal | None = None
    shipped_at: datetime | None = None
    relay: Relay | None = field(default=None, repr=False)
    marketplace_order_line_ids: tuple[str, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> "Tracking":
        """Return the tracking the reader stands on."""
        return cls(
            number=reader.text("number"),
            method=reader.text("method"),
            carrier=reader.text("carrier"),
            url=reader.text("url"),
            is_delivered_by_marketplace=reader.flag("is_delivered_by_marketplace"),
            parcel_weight=reader.number("parcel_weight"),
            shipped_at=reader.moment("shipped_at"),
            relay=Relay.read(reader.child("relay")),
            marketplace_order_line_ids=reader.texts("marketplace_order_line_ids"),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a package. ``amount`` is the line's total, tax included.

    ``tax`` is the part of ``amount`` that is tax, None when the channel does not say.
    ``quantity`` may be zero.
    """

    lengow_id: str | None = None
    marketplace_order_line_id: str | None = None
    marketplace_product_id: str | None = None
    merchant_product_field: str | None = None
    merchant_product_id: str | None = None
    marketplace_status: str | None = None
    lengow_status: str | None = None
    title: str | None = None
    category: str | None = None
    url_image: str | None = None
    feed_id: str | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    refunded_amount: Decimal | None = None
    commission: Decimal | None = None
    original_amount: Decimal | None = None
    original_tax: Decimal | None = None
    original_shipping: Decimal | None = None
    original_discount: Decimal | None = None
    original_refunded_amount: Decimal | None = None
    original_commission: Decimal | None = None
    max_shipping_date: datetime | None = None
    line_types: frozenset[str] = frozenset()
    documents: tuple = field(default=(), repr=False, hash=False)
    #: Where it stands in the order, as :class:`.reader.PayloadProblem` says it.
    path: str = field(default="", repr=False, compare=False)

    @classmethod
    def read(cls, reader: Reader, feed_id: str | None = None) -> "Line":
        """Return the line the reader stands on.

        :param feed_id: of the order, which is that of a line that tells none itself
        """
        merchant_product = reader.child("merchant_product_id")
        return cls(
            lengow_id=reader.text("id"),
            merchant_product_field=merchant_product.text("field"),
            merchant_product_id=merchant_product.text("id"),
            quantity=reader.number("quantity"),
            max_shipping_date=reader.moment("max_shipping_date"),
            line_types=read_types(reader, "orderline_types"),
            documents=reader.loose_items("documents"),
            path=reader.path,
            feed_id=reader.text("feed_id") or feed_id,
            **{name: reader.text(name) for name in _PLAIN_LINE_MEMBERS},
            **{name: reader.number(name) for name in LINE_AMOUNTS},
        )


_PLAIN_LINE_MEMBERS = (
    "marketplace_order_line_id",
    "marketplace_product_id",
    "marketplace_status",
    "lengow_status",
    "title",
    "category",
    "url_image",
)


@dataclass(frozen=True, slots=True)
class Package:
    """What goes to one delivery address."""

    lines: tuple[Line, ...] = ()
    delivery: Address | None = None
    trackings: tuple[Tracking, ...] = ()

    @classmethod
    def read(cls, reader: Reader, feed_id: str | None = None) -> "Package":
        """Return the package the reader stands on.

        :param feed_id: the number of the catalogue that the order tells
        """
        delivery = reader.child("delivery")
        return cls(
            lines=tuple(Line.read(child, feed_id) for child in reader.children("cart")),
            delivery=Address.read(delivery),
            trackings=tuple(map(Tracking.read, delivery.children("trackings"))),
        )


@dataclass(frozen=True, slots=True)
class Payment:
    """How the buyer paid, with the fiscal numbers some channels put there."""

    id: str | None = None
    type: str | None = None
    status: str | None = None
    checkout: str | None = None
    settled_at: datetime | None = None
    transaction_id: str | None = _private()
    fiscal_number: str | None = _private()
    vat_number: str | None = _private()
    siret_number: str | None = _private()

    @classmethod
    def read(cls, reader: Reader) -> "Payment":
        """Return the payment the reader stands on."""
        terms = reader.child("payment_terms")
        return cls(
            id=reader.text("id"),
            type=reader.text("type"),
            status=reader.text("status"),
            checkout=reader.text("checkout"),
            settled_at=reader.moment("settled_at"),
            transaction_id=terms.text("external_transaction_id"),
            fiscal_number=terms.text("fiscalnb"),
            vat_number=terms.text("vat_number"),
            siret_number=terms.text("siret_number"),
        )

    @property
    def has_fiscal_number(self) -> bool:
        """Whether the buyer identified themselves as a business."""
        return bool(self.fiscal_number or self.vat_number or self.siret_number)


@dataclass(frozen=True, slots=True)
class OrderTax:
    """Who owes the tax: the channel's IOSS and OSS data."""

    id: str | None = None
    is_marketplace_deemed_supplier: bool = False
    electronic_portal_type: str | None = None
    electronic_portal_id: str | None = None
    marketplace_eori_number: str | None = None
    buyer_tax_type: str | None = None
    buyer_tax_id: str | None = _private()

    @classmethod
    def read(cls, reader: Reader) -> "OrderTax | None":
        """Return the tax data, None when the order has none."""
        if not reader.source:
            return None
        buyer_tax = reader.child("buyer_tax")
        return cls(
            id=reader.text("order_tax_id"),
            is_marketplace_deemed_supplier=reader.flag(
                "is_marketplace_deemed_supplier"
            ),
            electronic_portal_type=reader.text("tax_electronic_portal_type"),
            electronic_portal_id=reader.text("tax_electronic_portal_id"),
            marketplace_eori_number=reader.text("marketplace_eori_number"),
            buyer_tax_type=buyer_tax.text("type"),
            buyer_tax_id=buyer_tax.text("id"),
        )


def read_types(reader: Reader, key: str) -> frozenset[str]:
    """Return the set of ``type`` codes of a list of ``{type, label}``."""
    codes = (child.text("type") for child in reader.children(key))
    return frozenset(code for code in codes if code)
