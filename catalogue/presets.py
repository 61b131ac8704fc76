"""The columns of a new catalogue: those of Lengow's own plugins, header by header.

A merchant who moves to Odoo keeps every setting of every channel where the headers stay
the same, to the letter. What Odoo has no value for stays as an empty column: a setting
that names it goes on to work as it did for products without the value.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_IMAGES = 10


@dataclass(frozen=True, slots=True)
class PresetColumn:
    """A column of a preset, named as the column of a catalogue is.

    :ivar str header: as the plugin spells it
    :ivar str source: ``standard``, ``price``, ``quantity`` or ``constant``
    :ivar str | None standard: which standard value
    :ivar str | None price_kind: which price
    :ivar str | None quantity_kind: which quantity
    :ivar str | None constant: the text of every row
    """

    header: str
    source: str
    standard: str | None = None
    price_kind: str | None = None
    quantity_kind: str | None = None
    constant: str | None = None

    def values(self) -> dict[str, str]:
        """Return the values that differ from those of an empty column."""
        names = ("standard", "price_kind", "quantity_kind", "constant")
        given = {name: getattr(self, name) for name in names}
        return {
            "header": self.header,
            "source": self.source,
            **{name: value for name, value in given.items() if value},
        }


def _is(*names: str, **of: str) -> Iterator[PresetColumn]:
    """Yield columns of standard values.

    :param names: of values that are called as their columns
    :param of: the names of other values by the headers of their columns
    """
    for name in names:
        yield PresetColumn(name, "standard", standard=name)
    for header, name in of.items():
        yield PresetColumn(header, "standard", standard=name)


def _prices(**kinds: str) -> Iterator[PresetColumn]:
    for header, kind in kinds.items():
        yield PresetColumn(header, "price", price_kind=kind)


def _quantity(header: str = "quantity", kind: str = "sellable") -> PresetColumn:
    return PresetColumn(header, "quantity", quantity_kind=kind)


def _always(header: str, text: str = "") -> PresetColumn:
    return PresetColumn(header, "constant", constant=text)


def _empty(*headers: str) -> Iterator[PresetColumn]:
    yield from map(_always, headers)


def _images(first: int = 1) -> Iterator[PresetColumn]:
    """Yield the columns of ten pictures.

    :param first: which picture the first of them is
    """
    for number in range(1, _IMAGES + 1):
        picture = number + first - 1
        header = f"image_url_{number}"
        yield from (
            _is(**{header: f"image_{picture}"})
            if picture <= _IMAGES
            else _empty(header)
        )


def _usual_prices() -> Iterator[PresetColumn]:
    return _prices(
        price_excl_tax="excl",
        price_incl_tax="incl",
        price_before_discount_excl_tax="regular_excl",
        price_before_discount_incl_tax="regular_incl",
    )


def _discount_dates() -> Iterator[PresetColumn]:
    return _prices(
        discount_percent="discount_percent",
        discount_start_date="start",
        discount_end_date="end",
    )


_LENGOW = (
    *_is("id", "sku", "parent_id", "type", "variation", "name", "child_name", "ean"),
    *_is(sku_supplier="supplier_code"),
    *_is("brand"),
    _quantity(),
    *_is("availability", "minimal_quantity", "status", "is_virtual", "category", "url"),
    *_usual_prices(),
    *_prices(discount_amount="discount_amount"),
    *_discount_dates(),
    *_is("currency", shipping_delay="delay"),
    *_images(),
    *_is("language", "description", "description_html"),
    *_is("description_short", "description_short_html", "tags", "weight"),
    *_is("weight_unit", "country_of_origin", "hs_code"),
)
_MAGENTO = (
    *_is("id", "sku", "name", "child_name"),
    _quantity(),
    *_is("status", "category", "url"),
    *_usual_prices(),
    *_prices(discount_amount="discount_amount"),
    *_discount_dates(),
    *_empty("shipping_method", "shipping_cost"),
    *_is("currency", image_default="image_1"),
    *_images(),
    *_is("type", "parent_id", "variation", "language", "description"),
    *_is("description_html", "description_short", "description_short_html"),
)
# It sends what a product costs as well: nothing that leaves the house unasked.
_PRESTASHOP = (
    *_is("id", "sku", sku_supplier="supplier_code"),
    *_is("ean"),
    *_empty("upc", "isbn"),
    *_is("name"),
    _quantity(),
    *_is("minimal_quantity", "availability", "is_virtual"),
    _always("condition", "new"),
    *_is("category", "status", "url", url_rewrite="url"),
    *_usual_prices(),
    *_empty("price_wholesale"),
    *_discount_dates(),
    *_empty("ecotax", "shipping_cost"),
    *_is(shipping_delay="delay", currency="currency"),
    *_images(),
    *_is("type", "parent_id", "variation", "language", "description"),
    *_is("description_html", "description_short", "description_short_html", "tags"),
    *_empty("meta_title", "meta_keyword", "meta_description"),
    *_is(manufacturer="brand"),
    *_empty("supplier"),
    *_is("weight", "weight_unit"),
    *_empty("width", "height", "depth", "size_unit"),
)
_SHOPWARE = (
    *_is("id", "sku", sku_supplier="supplier_code", ean="ean", name="name"),
    _quantity(),
    _quantity("stock", "on_hand"),
    *_is("status", "category", "url"),
    *_usual_prices(),
    *_prices(discount_amount="discount_amount"),
    *_discount_dates(),
    *_empty("shipping_method", "shipping_cost"),
    *_is(shipping_delay="delay"),
    *_empty("size_unit"),
    *_is("weight_unit", "weight"),
    *_empty("width", "height", "length"),
    *_is("minimal_quantity", "currency"),
    *_images(),
    *_is("type", "parent_id", "variation", "language", "description_short"),
    *_is("description", "description_html"),
    *_empty("meta_title", "meta_keyword"),
    *_is(supplier="brand"),
    *_empty("release_date"),
)
# Its numbered pictures are those beside the main one.
_WOOCOMMERCE = (
    *_is("id", "sku", "name"),
    _quantity(),
    *_is("availability", "is_virtual"),
    *_empty("is_downloadable", "is_featured", "is_on_sale"),
    *_empty("average_rating", "rating_count"),
    *_is("category", "status", "url"),
    *_usual_prices(),
    *_prices(
        discount_amount_excl_tax="discount_amount_excl",
        discount_amount_incl_tax="discount_amount",
    ),
    *_discount_dates(),
    *_empty("shipping_class", "shipping_cost"),
    *_is("currency", image_product="image_1"),
    *_images(first=2),
    *_is("type", "parent_id", "variation", "language", "description"),
    *_is("description_html", "description_short", "description_short_html", "tags"),
    *_is("weight"),
    *_empty("dimensions"),
    *_is("brand"),
)
#: The columns of each in the order of its plugin; the first are this addon's own.
PRESETS: dict[str, tuple[PresetColumn, ...]] = {
    "lengow": _LENGOW,
    "magento": _MAGENTO,
    "prestashop": _PRESTASHOP,
    "shopware": _SHOPWARE,
    "woocommerce": _WOOCOMMERCE,
}
