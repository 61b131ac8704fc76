"""The channels of the demo orders, and how each writes its numbers."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Channel:
    """A channel of the demo."""

    code: str
    country: str
    order_id: str
    """Format of an order's number; ``n`` is the running number of the order."""
    feed_id: int
    product_field: str | None
    """Attribute of the product feed that carries the merchant's product number."""
    tax_percent: Decimal = Decimal(20)
    """Value added tax contained in its prices."""
    names_customers: bool = True
    """Whether it gives its buyers a stable number."""
    documents: tuple = ()
    """Documents that it provides from waiting_shipment on."""


CHANNELS = (
    Channel(
        "amazon_fr",
        "FR",
        "408-{n:07d}-{n:07d}",
        3101,
        "sku",
        documents=("invoice",),
    ),
    Channel(
        "zalando",
        "FR",
        "1010{n:07d}",
        3102,
        "ID_PRODUCT",
        names_customers=False,
        documents=("delivery_note", "return_note"),
    ),
    Channel("cdiscount", "FR", "2611{n:06d}X", 3103, "id"),
    Channel("fnac", "FR", "FD{n:09d}", 3104, "reference", names_customers=False),
    Channel("galeries_lafayette", "FR", "{n:013d}-A", 3105, "ID_PRODUCT"),
    Channel("manomano_fr", "FR", "M26{n:010d}", 3106, "sku"),
    Channel("veepee_fr", "FR", "VP-{n:08d}", 3107, "id", documents=("delivery_note",)),
    Channel("bol", "NL", "A000{n:06d}", 3108, "reference", Decimal(21)),
    Channel("kaufland_de", "DE", "MK{n:07d}", 3109, None, Decimal(19)),
    Channel("ebay_fr", "FR", "12-{n:05d}-{n:05d}", 3110, "sku"),
)

BY_CODE = {channel.code: channel for channel in CHANNELS}
