"""The rows of an export: what accountants and carriers want to know of an order.

A column and where its values come from stand in one line; :meth:`OrderRows.columns` and
:meth:`OrderRows.rows` read the same list.
"""

from collections.abc import Callable
from math import isfinite
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ..exports import Column
from ..lengow_api.parts import Address, Package
from ..lengow_api.reader import Reader
from .shipment import number_text

# Read for a whole batch at once.
ORDER_FIELDS = [
    "name",
    "account_id",
    "marketplace_id",
    "lengow_status",
    "lengow_status_code",
    "marketplace_status",
    "import_state",
    "order_date",
    "ship_before",
    "customer_name",
    "is_business",
    "currency_id",
    "amount_total",
    "amount_tax",
    "amount_shipping",
    "amount_commission",
]


class Extract(NamedTuple):
    """The parts of a payload that no field of the order shows."""

    billing: Address | None
    delivery: Address | None
    trackings: tuple
    """The marketplace's own, of all packages."""
    processing_fee: object
    discount: object


class Row(NamedTuple):
    """What the values of one row are taken from."""

    order: object
    """A `lengow.order`, in system mode."""
    line: object
    """A `lengow.order.line`; empty for an order without lines, or a row an order."""
    extract: Extract
    is_first: bool
    """Whether it is the first row of its order."""


class Source(NamedTuple):
    """A column, and the value that a row has in it."""

    column: Column
    value: Callable[[Row], object]


class OrderRows:
    """Turns orders into rows.

    :param odoo.api.Environment env: of the user who exports
    :param bool per_line: whether each order line gets a row; the order's own amounts
        then stand on its first line only, so that a column adds up
    """

    def __init__(self, env, per_line):
        self.env = env
        self.per_line = per_line
        self._orders = env["lengow.order"]
        self._labels = {
            (model, name): dict(env[model]._fields[name]._description_selection(env))
            for model, name in (
                ("lengow.order", "lengow_status"),
                ("lengow.order", "import_state"),
                ("lengow.order.line", "lengow_status"),
            )
        }
        self._sources = [
            *self._head(),
            *(self._of_line() if per_line else self._of_all_lines()),
            *self._amounts(),
            *self._buyer(),
            *self._address(env._("Billing: %s"), "billing"),
            *self._address(env._("Delivery: %s"), "delivery"),
            *self._ours(),
        ]
        self._numbers = [
            index
            for index, column in enumerate(self.columns)
            if column.kind in ("amount", "number")
        ]

    @property
    def columns(self):
        """The columns, in the order of the values of a row.

        :rtype: list[Column]
        """
        return [source.column for source in self._sources]

    def rows(self, orders):
        """Yield the rows of a batch of orders.

        :param lengow.order orders: in the order of the rows
        :raise ValueError: if one holds a number that no spreadsheet knows
        """
        orders.fetch(ORDER_FIELDS)
        extracts = self._read_extracts(orders)
        for order in orders.sudo():  # with what belongs to orders that may be read
            lines = order.line_ids if self.per_line else ()
            for number, line in enumerate(lines or [order.line_ids.browse()]):
                row = Row(order, line, extracts[order.id], not number)
                yield self._checked([source.value(row) for source in self._sources])

    def placeholder(self, order, sentence):
        """Return a row that only says why there is none of an order.

        :param lengow.order order: one
        :param str sentence: translated
        :rtype: list
        """
        return [order.name, sentence, *[None] * (len(self._sources) - 2)]

    def _checked(self, values):
        numbers = (values[index] for index in self._numbers)
        if not all(number is None or isfinite(number) for number in numbers):
            raise ValueError("A number is infinite")
        return values

    def _read_extracts(self, orders):
        """Return by order what the rows need of its payload.

        Only that is read: the rest is most of the payload, and would be most of the
        time that an export takes.

        :rtype: dict[int, Extract]
        """
        parts = self.env.execute_query(
            SQL(
                """
                SELECT id,
                       payload->'billing_address',
                       payload->'processing_fee',
                       payload->'discount',
                       jsonb_path_query_array(payload, '$.packages[*].delivery')
                  FROM lengow_order
                 WHERE id IN %s
                """,
                tuple(orders.ids),
            )
        )
        return {
            id_: _extract(billing, fee, discount, deliveries)
            for id_, billing, fee, discount, deliveries in parts
        }

    # === COLUMNS === #

    def _head(self):
        return [
            Source(Column(self.env._("Marketplace Order"), width=24), _of("name")),
            Source(
                Column(self.env._("Marketplace"), width=18), _of("marketplace_id.name")
            ),
            Source(
                Column(self.env._("Lengow Account"), width=18), _of("account_id.name")
            ),
            Source(
                Column(self.env._("Order Date"), "moment"),
                lambda row: self._local(row.order.order_date),
            ),
            Source(Column(self.env._("Lengow Status"), width=20), self._status),
            Source(
                Column(self.env._("Marketplace Status"), width=20),
                _of("marketplace_status"),
            ),
            Source(
                Column(self.env._("Import"), width=10),
                lambda row: self._label(row.order, "import_state"),
            ),
            Source(
                Column(self.env._("Ship Before"), "moment"),
                lambda row: self._local(row.order.ship_before),
            ),
        ]

    def _of_all_lines(self):
        def skus(row):
            lines = row.order.line_ids
            return "; ".join(
                f"{line.sku or '?'} x {number_text(line.quantity)}" for line in lines
            )

        return [
            Source(Column(self.env._("SKUs"), width=30), skus),
            Source(
                Column(self.env._("Quantity"), "number", width=10),
                lambda row: sum(row.order.line_ids.mapped("quantity")),
            ),
        ]

    def _of_line(self):
        return [
            Source(
                Column(self.env._("Marketplace Line"), width=20),
                _of_line("lengow_line_ref"),
            ),
            Source(Column(self.env._("SKU"), width=20), _of_line("sku")),
            Source(Column(self.env._("Product")), _product),
            Source(Column(self.env._("Description"), width=40), _of_line("title")),
            Source(
                Column(self.env._("Line Status")),
                lambda row: (
                    self._label(row.line, "lengow_status") if row.line else None
                ),
            ),
            Source(
                Column(self.env._("Quantity"), "number", width=10), _of_line("quantity")
            ),
            Source(
                Column(self.env._("Line Total"), "amount", width=12),
                _of_line("amount_total"),
            ),
            Source(
                Column(self.env._("Line Tax"), "amount", width=12),
                _of_line("amount_tax"),
            ),
        ]

    def _amounts(self):
        amounts = {
            self.env._("Order Total"): _of("amount_total"),
            self.env._("Tax"): _of("amount_tax"),
            self.env._("Shipping"): _of("amount_shipping"),
            self.env._("Processing Fee"): lambda row: row.extract.processing_fee,
            self.env._("Discount"): lambda row: row.extract.discount,
            self.env._("Commission"): _of("amount_commission"),
        }
        return [
            Source(Column(self.env._("Currency"), width=10), _of("currency_id.name")),
            *[
                Source(Column(label, "amount", width=12), _once(value))
                for label, value in amounts.items()
            ],
        ]

    def _buyer(self):
        def business(row):
            return self.env._("Yes") if row.order.is_business else self.env._("No")

        return [
            Source(Column(self.env._("Buyer"), width=24), _of("customer_name")),
            Source(Column(self.env._("Business"), width=10), business),
            Source(Column(self.env._("E-mail"), width=24), _email),
            Source(
                Column(self.env._("VAT Number")),
                lambda row: row.extract.billing and row.extract.billing.vat_number,
            ),
        ]

    def _address(self, heading, which):
        """Return the columns of an address.

        :param str heading: translated, with a place for the label of a column
        :param str which: member of `Extract`
        """
        cells = {
            self.env._("Company"): lambda address: address.company,
            self.env._("Name"): _name,
            self.env._("Street"): lambda address: address.first_line,
            self.env._("Street 2"): _second_line,
            self.env._("ZIP"): lambda address: address.zipcode,
            self.env._("City"): lambda address: address.city,
            self.env._("Region"): lambda address: address.state_region,
            self.env._("Country"): lambda address: address.country_code,
            self.env._("Phone"): _phone,
        }
        return [
            Source(Column(heading % label), _of_address(which, cell))
            for label, cell in cells.items()
        ]

    def _ours(self):
        return [
            Source(
                Column(self.env._("Carrier")),
                _carriers,
            ),
            Source(
                Column(self.env._("Tracking Numbers"), width=24),
                _numbers,
            ),
            Source(
                Column(self.env._("Sale Orders")),
                lambda row: _joined(row.order.sale_order_ids.mapped("name")),
            ),
            Source(
                Column(self.env._("Deliveries")),
                lambda row: _joined(_pickings(row).mapped("name")),
            ),
            Source(
                Column(self.env._("Invoices")),
                lambda row: _joined(
                    row.order.sale_order_ids.invoice_ids.mapped("name")
                ),
            ),
        ]

    # === VALUES === #

    def _status(self, row):
        if row.order.lengow_status == "unknown" and row.order.lengow_status_code:
            return row.order.lengow_status_code
        return self._label(row.order, "lengow_status")

    def _label(self, record, name):
        return self._labels[record._name, name].get(record[name])

    def _local(self, moment):
        """Return a moment as the user's clock shows it."""
        if not moment:
            return None
        return fields.Datetime.context_timestamp(self._orders, moment).replace(
            tzinfo=None
        )


def _extract(billing, processing_fee, discount, deliveries):
    reader = Reader(
        {
            "billing_address": billing,
            "processing_fee": processing_fee,
            "discount": discount,
            "packages": [{"delivery": delivery} for delivery in deliveries or []],
        }
    )
    packages = [Package.read(package) for package in reader.children("packages")]
    return Extract(
        billing=Address.read(reader.child("billing_address")),
        delivery=next((p.delivery for p in packages if p.delivery), None),
        trackings=tuple(t for package in packages for t in package.trackings),
        processing_fee=_number(reader.number("processing_fee")),
        discount=_number(reader.number("discount")),
    )


def _of(path):
    """Return a getter of an order's field, along a dotted path."""
    *relations, name = path.split(".")

    def value(row):
        record = row.order
        for relation in relations:
            record = record[relation]
        return record[name]

    return value


def _of_line(name):
    return lambda row: row.line[name] if row.line else None


def _of_address(which, cell):
    def value(row):
        address = getattr(row.extract, which)
        return address and cell(address)

    return value


def _once(value):
    return lambda row: value(row) if row.is_first else None


def _product(row):
    product = row.line.product_id
    return (product.default_code or product.name) if row.line else None


def _email(row):
    addresses = filter(None, (row.extract.billing, row.extract.delivery))
    return next((address.email for address in addresses if address.email), None)


def _carriers(row):
    """Return our carriers, or those that the marketplace names."""
    ours = _pickings(row).carrier_id.mapped("name")
    return _joined(ours or [tracking.carrier for tracking in row.extract.trackings])


def _numbers(row):
    """Return our tracking numbers, or those that the marketplace has."""
    ours = list(filter(None, _pickings(row).mapped("carrier_tracking_ref")))
    return _joined(ours or [tracking.number for tracking in row.extract.trackings])


def _pickings(row):
    """Return the deliveries; what the buyer sends back is none."""
    return row.order.sale_order_ids.picking_ids.filtered(
        lambda picking: (
            picking.state != "cancel" and picking.location_id.usage != "customer"
        )
    )


def _name(address):
    names = filter(None, [address.first_name, address.last_name])
    return " ".join(names) or address.full_name


def _second_line(address):
    return ", ".join(filter(None, [address.second_line, address.complement]))


def _phone(address):
    phones = (address.phone_mobile, address.phone_home, address.phone_office)
    return next(filter(None, phones), None)


def _number(amount):
    return None if amount is None else float(amount)


def _joined(texts):
    return ", ".join(dict.fromkeys(filter(None, texts)))
