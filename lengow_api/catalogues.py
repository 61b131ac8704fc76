"""Lengow's catalogues, and what became of the products that were sent to one."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from .errors import PayloadError
from .reader import Reader, clean_text

#: Products that one call may change.
MOST_PRODUCTS = 10_000
_LONGEST_ERROR = 300
_DRAFT = "draft"
_MAIN = "main_source"
#: Of a product whose values are at Lengow now.
_DONE = ("updated", "created")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One catalogue of an account.

    :ivar int id: its number at Lengow.
    :ivar product_id_key: the column whose value identifies a product.
    :ivar status: as Lengow calls it; a draft takes no products.
    :ivar role: ``main_source``, or ``additional_source`` for what is joined to one.
    :ivar products_count: None where Lengow does not say.
    :ivar channels_count: likewise.
    """

    id: int
    name: str
    product_id_key: str | None = None
    status: str | None = None
    role: str | None = None
    products_count: int | None = None
    channels_count: int | None = None

    @classmethod
    def from_payload(cls, payload: object) -> "Catalogue":
        """Read one catalogue of a list, or alone.

        :raise PayloadError: without a number.
        """
        reader = Reader(payload)
        number = reader.integer("catalogue_id")
        if number is None:
            found = reader.get("catalogue_id")
            raise PayloadError("The catalogue has no number", "catalogue_id", found)
        return cls(
            id=number,
            name=reader.text("name") or str(number),
            product_id_key=reader.text("product_id_key"),
            status=reader.text("status"),
            role=reader.text("role"),
            products_count=reader.integer("products_count"),
            channels_count=reader.integer("channels_count"),
        )

    @property
    def is_draft(self) -> bool:
        """Whether it takes no products yet."""
        return self.status == _DRAFT

    @property
    def is_main(self) -> bool:
        """Whether it is a source of its own, and not joined to another one."""
        return self.role in (_MAIN, None)


@dataclass(frozen=True, slots=True)
class ListedCatalogue:
    """One catalogue of an account, as any account may list them.

    :ivar int id: its number at Lengow, which orders name.
    :ivar is_linked: whether a shop says that it is its own.
    """

    id: int
    name: str
    is_active: bool = False
    products_count: int | None = None
    is_linked: bool = False

    @classmethod
    def from_payload(cls, payload: object) -> "ListedCatalogue | None":
        """Read one item of the list, None when it has no number."""
        reader = Reader(payload)
        number = reader.integer("id")
        if number is None or number < 1:
            return None
        return cls(
            id=number,
            name=reader.text("name") or str(number),
            is_active=reader.flag("is_active"),
            products_count=reader.integer("products"),
            is_linked=bool(reader.get("shop")),
        )


@dataclass(frozen=True, slots=True)
class ProductResult:
    """What became of one product that was sent.

    :ivar identifier: its value of the catalogue's ``product_id_key``.
    :ivar status: as Lengow calls it; None where the answer does not name the product.
    :ivar error: what is wrong, in Lengow's words; empty if nothing is.
    """

    identifier: str
    status: str | None
    error: str = field(default="", repr=False)

    @property
    def is_done(self) -> bool:
        """Whether Lengow has the values now."""
        return self.status in _DONE

    @classmethod
    def from_payload(cls, identifier: str, payload: object) -> "ProductResult":
        """Read the result of one product; None is one that Lengow did not name."""
        reader = Reader(payload)
        errors = reader.get("errors")
        texts = errors if isinstance(errors, list) else [errors]
        words = "; ".join(filter(None, map(clean_text, texts)))
        return cls(identifier, reader.text("status"), words[:_LONGEST_ERROR])


def batches(
    products: Iterable[tuple[str, Mapping[str, object]]], size: int = MOST_PRODUCTS
) -> Iterator[dict[str, dict]]:
    """Yield products in parts that one call takes, ready for JSON.

    :param products: identifier and values; the last values of one that comes again in
        a part count.
    :raise PayloadError: for a product without an identifier, or a value that is
        neither a text, a number, a boolean nor nothing.
    """
    products = iter(products)
    while batch := dict(islice(products, size)):
        yield {
            _identifier(identifier): {
                name: _plain_value(f"{identifier}.{name}", value)
                for name, value in values.items()
            }
            for identifier, values in batch.items()
        }


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PayloadError("A product needs its identifier", "product", value)
    return value


def _plain_value(path: str, value: object) -> object:
    """Return a value as JSON can carry it; amounts keep every digit as a text."""
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, float) and math.isfinite(value):
        return value
    if value is None or isinstance(value, str | int):
        return value
    raise PayloadError("Lengow takes a text or a number here", path, value)
