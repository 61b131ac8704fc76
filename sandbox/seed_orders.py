"""Building of one demo order in today's wire shape.

The shape is that of a 2024 order: amounts mixed as numbers and texts, many nulls, the
currency an object, ``original_*`` twins of every amount.
"""

import json
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from .amounts import convert, currency_json
from .marketplaces import DATA
from .seed_channels import Channel
from .seed_people import Buyer
from .times import format_time

CENT = Decimal("0.01")
WORKFLOW_RANK = {"new": 1, "waiting_acceptance": 2, "accepted": 3}
STYLES = ("mixed", "mixed", "text", "number")
"""How amounts are written: mixed is what was recorded in 2024, all texts what was in
2015."""

WITHOUT_BUYER = ("Pending", "Processing")
"""Raw statuses at which the buyer is not known yet (payment on hold)."""

WITH_PARCEL = (
    "shipped",
    "closed",
    "refunding",
    "refunded",
    "partial_refunded",
    "to_refund",
)

# Where the demo's merchant looks at the clock.
HOME = ZoneInfo("Europe/Paris")
# How long the marketplace leaves to ship, and how late what is late has become.
TIME_TO_SHIP = timedelta(days=4)
LATE_BY = timedelta(hours=5)

CATALOGUE = json.loads((DATA / "catalogue.json").read_text("utf-8"))


@dataclass
class Spec:
    """What is particular about one demo order."""

    channel: Channel
    status: str
    code: str
    number: int
    line_count: int = 1
    quantity: int | None = None
    shipping: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    currency: str = "EUR"
    country: str | None = None
    age: timedelta | None = None
    """How long ago it was ordered; else what its number happens to give."""
    due: str = "later"
    """Until when it must leave: ``late`` is over already, ``today``, or ``later``."""

    @property
    def order_id(self):
        """The marketplace's number of the order."""
        return self.channel.order_id.format(n=self.number)


class OrderBuilder:
    """Builds one order. The same spec and instant always give the same order."""

    def __init__(self, spec, account_id, now):
        self.spec = spec
        self.account_id = account_id
        self.now = now
        self.random = Random(f"{spec.channel.code} {spec.number}")  # noqa: S311
        self.style = self.random.choice(STYLES)
        country = spec.country or spec.channel.country
        self.buyer = Buyer(self.random, spec.number, country)
        age = spec.age or self._age()
        self.ordered_at = (now - age).replace(microsecond=0)

    def _age(self):
        """Return how old the order is: from two hours to almost three days."""
        return timedelta(minutes=self.random.randrange(120, 60 * 60))

    def build(self):
        """Return the order's payload."""
        lines = [self._line(index) for index in range(self.spec.line_count)]
        return {
            **self._identity(),
            **self._order_amounts(lines),
            **self._texts(),
            **self._addresses(lines),
            **self._dates(),
            "order_meta": self._meta(),
            "anonymized": False,
            "order_types": [],
            "tax": None,
            "original_total_buyer_amount": None,
            "original_total_buyer_tax": None,
            "original_buyer_currency": None,
        }

    def _identity(self):
        """Return the members that say which order it is and where it stands."""
        spec = self.spec
        customer = f"C{spec.number:06d}" if spec.channel.names_customers else None
        return {
            "marketplace": spec.channel.code,
            "account_id": self.account_id,
            "marketplace_country_iso2": spec.channel.country,
            "marketplace_order_id": spec.order_id,
            "merchant_order_id": None,
            "marketplace_status": spec.code,
            "lengow_status": spec.status,
            "workflow_rank": WORKFLOW_RANK.get(spec.status, 5),
            "marketplace_customer_id": customer,
        }

    # === MONEY === #

    def _wire(self, value, text=False):
        """Return an amount as the wire has it: a number, or a text.

        :param bool text: whether this one is a text where both occur
        """
        value = value.quantize(CENT)
        as_text = self.style == "text" or (text and self.style == "mixed")
        return str(value) if as_text else float(value)

    def _both(self, name, euros, text=False):
        """Return an amount in the account's currency and its ``original_`` twin.

        Prices are those of the catalogue in the marketplace's currency, and what the
        account sees is their conversion, so that each is exact in its own currency.
        """
        original = self._foreign(euros)
        converted = Decimal(convert(str(original), self.spec.currency, "EUR"))
        return {
            name: self._wire(converted, text),
            f"original_{name}": self._wire(original, text),
        }

    def _foreign(self, euros):
        """Return an amount of the catalogue in the marketplace's currency."""
        return Decimal(convert(str(euros.quantize(CENT)), "EUR", self.spec.currency))

    def _tax_in(self, amount):
        """Return the tax contained in an amount."""
        percent = self.spec.channel.tax_percent
        return (amount * percent / (100 + percent)).quantize(CENT)

    def _order_amounts(self, lines):
        """Return the order's amounts; the total is what its parts add up to.

        :param list lines: of the wire
        """
        spec = self.spec
        amounts = {
            **self._both("shipping", spec.shipping),
            **self._both("discount", spec.discount),
            **self._both("processing_fee", spec.fee, text=True),
        }
        for prefix in ("", "original_"):
            total = total_of(amounts, lines, prefix)
            amounts[f"{prefix}total_order"] = self._wire(total)
            amounts[f"{prefix}total_tax"] = self._wire(self._tax_in(total), text=True)
            commission = total / 10
            amounts[f"{prefix}commission"] = self._wire(commission, text=True)
        if not spec.fee:
            amounts["processing_fee"] = amounts["original_processing_fee"] = None
        return {
            **amounts,
            "currency": currency_json("EUR"),
            "original_currency": currency_json(spec.currency),
        }

    # === LINES === #

    def _line(self, index):
        """Return one line of the cart; ``amount`` is its total with tax."""
        spec = self.spec
        position = (spec.number * 5 + index * 7) % len(CATALOGUE)
        product = CATALOGUE[position]
        quantity = spec.quantity or self.random.choice((1, 1, 1, 2, 3))
        amount = Decimal(product["list_price"]) * quantity
        tax = self._tax_in(amount)
        return {
            "id": 900000 + spec.number * 10 + index,
            "marketplace_order_line_id": f"{spec.order_id}-{index + 1}",
            "marketplace_product_id": f"MP{position + 1:05d}",
            "merchant_product_id": self._product_id(product),
            "feed_id": spec.channel.feed_id,
            "marketplace_package_id": None,
            "marketplace_status": spec.code,
            "max_shipping_date": self._deadline(),
            "lengow_status": spec.status,
            "title": product["name"],
            "category": product["category"],
            "url_product": None,
            "url_image": None,
            "order_line_meta": [],
            **self._both("amount", amount, text=True),
            **self._both("tax", tax, text=True),
            **dict.fromkeys(("discount", "shipping", "refunded_amount")),
            **dict.fromkeys(
                ("original_discount", "original_shipping", "original_refunded_amount")
            ),
            "quantity": quantity,
            "documents": [],
            "created_at": None,
            "updated_at": None,
            "orderline_types": [],
            "original_buyer_tax": None,
            "original_buyer_amount": None,
        }

    def _product_id(self, product):
        """Return the merchant's product number; every fifth order names the barcode."""
        if self.spec.number % 5 == 0:
            return {"field": "ean", "id": product["barcode"]}
        return {"field": self.spec.channel.product_field, "id": product["sku"]}

    def _deadline(self):
        """Return until when the line must leave, where that is still to come."""
        if self.spec.status != "waiting_shipment":
            return None
        day = self.now.astimezone(HOME).replace(hour=23, minute=59, second=59)
        moments = {
            "late": self.now - LATE_BY,
            "today": day.astimezone(UTC),
            "later": self.ordered_at + TIME_TO_SHIP,
        }
        return moments[self.spec.due].strftime("%Y-%m-%dT%H:%M:%SZ")

    # === THE REST === #

    def _texts(self):
        """Return comments, invoice, payments and documents."""
        payment = {
            "id": 700000 + self.spec.number,
            "checkout": None,
            "status": None,
            "type": self.random.choice(("marketplace", "card", "paypal")),
            "settled_at": None,
        }
        return {
            "comments": None,
            "invoice_number": None,
            "invoice_url": None,
            "payments": [] if self.spec.number % 3 == 0 else [payment],
            "contact_address": None,
            "documents": [],
        }

    def _addresses(self, lines):
        """Return the package with its delivery, and the billing address."""
        if self.spec.code in WITHOUT_BUYER:
            package = {"cart": lines, "delivery": {}}
            return {"packages": [package], "billing_address": None}
        first_id = 800000 + self.spec.number * 10
        delivery = self.buyer.address("delivery", first_id)
        delivery["trackings"] = self._trackings(lines)
        return {
            "packages": [{"cart": lines, "delivery": delivery}],
            "billing_address": self.buyer.address("billing", first_id + 1),
        }

    def _trackings(self, lines):
        """Return the parcel of an order that has left."""
        if self.spec.status not in WITH_PARCEL:
            return []
        shipped_at = self.ordered_at + timedelta(minutes=60)
        return [
            {
                "number": f"TEST{self.spec.number:09d}",
                "method": None,
                "carrier": "COLISSIMO",
                "url": None,
                "is_delivered_by_marketplace": False,
                "parcel_weight": None,
                "shipped_at": shipped_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "relay": {"id": None, "name": None, "type": None},
                "marketplace_order_line_ids": [
                    line["marketplace_order_line_id"] for line in lines
                ],
            }
        ]

    def _dates(self):
        """Return the three dates: ordered, then read by Lengow, then changed."""
        imported_at = self.ordered_at + timedelta(minutes=15, microseconds=98728)
        passed = self.now - imported_at
        updated_at = imported_at + passed * self.random.random()
        return {
            "marketplace_order_date": self.ordered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "imported_at": format_time(imported_at),
            "updated_at": format_time(updated_at),
        }

    def _meta(self):
        """Return feed and checksum, and the deadline that Mirakl channels give."""
        meta = {
            "feed_id": self.spec.channel.feed_id,
            "checksum": f"{self.random.getrandbits(128):032x}",
        }
        if self.spec.channel.code == "galeries_lafayette":
            meta["shipping_deadline"] = self._deadline()
        return meta


def total_of(amounts, lines, prefix=""):
    """Return what an order's parts add up to.

    These are its lines, shipping and fee, less the discount.

    :param dict amounts: of the order, as on the wire
    :param str prefix: ``""`` or ``"original_"``
    :rtype: Decimal
    """

    def read(member, name):
        return Decimal(str(member.get(f"{prefix}{name}") or 0))

    extras = read(amounts, "shipping") + read(amounts, "processing_fee")
    total = sum((read(line, "amount") for line in lines), extras)
    return total - read(amounts, "discount")
