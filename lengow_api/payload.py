"""An order as Lengow sends it, turned into values with types.

Reading is tolerant of everything that channels do (numbers as strings, null where a
list belongs, members that older objects lack) and strict about two things: identity,
without which nothing can be stored, and money, which is a Decimal or None.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .errors import PayloadError
from .parts import (
    Address,
    Line,
    OrderTax,
    Package,
    Payment,
    read_types,
    with_originals,
)
from .reader import PayloadProblem, Reader, clean_text, storable

#: The amounts of an order, those in the channel's own currency included.
ORDER_AMOUNTS = with_originals(
    "total_order", "total_tax", "shipping", "discount", "commission", "processing_fee"
)
_LONGEST_IDENTITY = 255
_CURRENCY_CODE = re.compile("[A-Z]{3}", re.A)


def order_identity(payload: object) -> tuple[str, str]:
    """Return channel code and marketplace order id, the business key of an order.

    :raise PayloadError: when the payload is not an object, or one of the two is
        missing, no text or number, or longer than 255 characters.
    """
    if not isinstance(payload, dict):
        raise PayloadError("The order is not an object", "", payload)
    return (
        _identity_part(payload, "marketplace"),
        _identity_part(payload, "marketplace_order_id"),
    )


def _identity_part(payload: dict, key: str) -> str:
    part = clean_text(payload.get(key))
    if part is None:
        raise PayloadError(f"The order has no {key}", key, payload.get(key))
    if len(part) > _LONGEST_IDENTITY:
        raise PayloadError(f"The order's {key} is too long", key, payload.get(key))
    return part


def payload_digest(payload: object) -> str:
    """Return the SHA-256 of a payload, the same for every order of its keys.

    :return: 64 hexadecimal digits.
    """
    canonical = json.dumps(
        storable(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """One marketplace order. Amounts include tax and are in ``currency``.

    The ``original_*`` members are the same amounts in the channel's own currency.
    ``problems`` lists what could not be read; those members are None.
    """

    marketplace: str
    marketplace_order_id: str
    account_id: int | None = None
    marketplace_country_iso2: str | None = None
    merchant_order_ids: tuple[str, ...] = ()
    marketplace_status: str | None = None
    lengow_status: str | None = None
    workflow_rank: int | None = None
    marketplace_order_date: datetime | None = None
    marketplace_customer_id: str | None = None
    total_order: Decimal | None = None
    total_tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    commission: Decimal | None = None
    processing_fee: Decimal | None = None
    original_total_order: Decimal | None = None
    original_total_tax: Decimal | None = None
    original_shipping: Decimal | None = None
    original_discount: Decimal | None = None
    original_commission: Decimal | None = None
    original_processing_fee: Decimal | None = None
    currency: str | None = None
    original_currency: str | None = None
    comments: str | None = None
    invoice_number: str | None = None
    invoice_url: str | None = None
    payments: tuple[Payment, ...] = ()
    packages: tuple[Package, ...] = ()
    billing_address: Address | None = None
    contact_address: Address | None = None
    documents: tuple = field(default=(), hash=False)
    imported_at: datetime | None = None
    updated_at: datetime | None = None
    order_types: frozenset[str] = frozenset()
    shipping_deadline: datetime | None = None
    feed_id: str | None = None
    tax: OrderTax | None = None
    anonymized: bool = False
    locale: str | None = None
    problems: tuple[PayloadProblem, ...] = field(default=(), compare=False)

    @classmethod
    def from_payload(cls, payload: object) -> "Order":
        """Read one item of the order list.

        :param payload: the JSON value as it came.
        :raise PayloadError: only when the order has no identity, see
            :func:`order_identity`.
        """
        marketplace, marketplace_order_id = order_identity(payload)
        reader = Reader(payload)
        members = {
            **_read_head(reader),
            **_read_money(reader),
            **_read_people(reader),
            **_read_content(reader),
        }
        return cls(
            marketplace, marketplace_order_id, **members, problems=(*reader.problems,)
        )

    def __repr__(self) -> str:
        """Show identity and state; everything else may be personal."""
        return (
            f"Order({self.marketplace!r}, {self.marketplace_order_id!r}, "
            f"lengow_status={self.lengow_status!r})"
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all packages."""
        return tuple(line for package in self.packages for line in package.lines)

    @property
    def catalogue_id(self) -> str | None:
        """The number of the catalogue that the order was sold from.

        As the order tells it, else as the first of its lines does that tells any.
        """
        told = (self.feed_id, *(line.feed_id for line in self.lines))
        return next(filter(None, told), None)

    @property
    def is_express(self) -> bool:
        """Whether the channel marks the order as express."""
        return "is_express" in self.order_types

    @property
    def is_prime(self) -> bool:
        """Whether the channel marks the order as Amazon Prime."""
        return "is_prime" in self.order_types

    @property
    def is_business(self) -> bool:
        """Whether the buyer is a business.

        By the order's type, by a fiscal number in its payments, or by a billing
        address with both a company and a VAT number: channels use one of the three.
        """
        billing = self.billing_address
        return (
            "is_business" in self.order_types
            or any(payment.has_fiscal_number for payment in self.payments)
            or bool(billing and billing.vat_number and billing.company)
        )

    @property
    def is_fulfilled_by_marketplace(self) -> bool:
        """Whether the channel ships from its own warehouse.

        By the order's type, or on older objects by the flag on every tracking.
        """
        trackings = [one for package in self.packages for one in package.trackings]
        return "is_delivered_by_marketplace" in self.order_types or (
            bool(trackings)
            and all(one.is_delivered_by_marketplace for one in trackings)
        )


def _read_head(reader: Reader) -> dict:
    return {
        "account_id": reader.integer("account_id"),
        "marketplace_country_iso2": reader.text("marketplace_country_iso2"),
        "merchant_order_ids": reader.texts("merchant_order_id"),
        "marketplace_status": reader.text("marketplace_status"),
        "lengow_status": reader.text("lengow_status"),
        "workflow_rank": reader.integer("workflow_rank"),
        "marketplace_order_date": reader.moment("marketplace_order_date"),
        "imported_at": reader.moment("imported_at"),
        "updated_at": reader.moment("updated_at"),
        "shipping_deadline": reader.child("order_meta").moment("shipping_deadline"),
        "feed_id": _read_feed(reader),
        "order_types": read_types(reader, "order_types"),
    }


def _read_feed(reader: Reader) -> str | None:
    """Return the number of the catalogue that an order says it was sold from."""
    return reader.child("order_meta").text("feed_id")


def _read_money(reader: Reader) -> dict:
    return {
        "currency": _read_currency(reader, "currency"),
        "original_currency": _read_currency(reader, "original_currency"),
        "tax": OrderTax.read(reader.child("tax")),
        **{name: reader.number(name) for name in ORDER_AMOUNTS},
    }


def _read_currency(reader: Reader, key: str) -> str | None:
    """Return the ISO code of a currency, which is an object or a plain string."""
    plain = isinstance(reader.get(key), str)
    code = reader.text(key) if plain else reader.child(key).text("iso_a3")
    if code is None:
        return None
    code = code.upper()
    if not _CURRENCY_CODE.fullmatch(code):
        reader.note(key, "Expected a currency code of three letters")
        return None
    return code


def _read_people(reader: Reader) -> dict:
    return {
        "marketplace_customer_id": reader.text("marketplace_customer_id"),
        "billing_address": Address.read(reader.child("billing_address")),
        "contact_address": Address.read(reader.child("contact_address")),
        "payments": tuple(map(Payment.read, reader.children("payments"))),
        "comments": "\n".join(reader.texts("comments")) or None,
        "anonymized": reader.flag("anonymized"),
        # the one channel that has it (Manor) is documented without its position
        "locale": reader.text("locale") or reader.child("order_meta").text("locale"),
    }


def _read_content(reader: Reader) -> dict:
    return {
        "packages": tuple(
            Package.read(child, _read_feed(reader))
            for child in reader.children("packages")
        ),
        "documents": reader.loose_items("documents"),
        "invoice_number": reader.text("invoice_number"),
        "invoice_url": reader.text("invoice_url"),
    }
