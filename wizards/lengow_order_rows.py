"""The rows of an export: what accountants and carriers want to know of an order."""

from odoo import fields
from odoo.tools import SQL

from ..exports import Column
from ..lengow_api import Order

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

    # === COLUMNS === #

    @property
    def columns(self):
        """The columns, in the order of the values of a row.

        :rtype: list[Column]
        """
        return [
            Column(self.env._("Marketplace Order"), width=24),
            Column(self.env._("Marketplace"), width=18),
            Column(self.env._("Lengow Account"), width=18),
            Column(self.env._("Order Date"), "moment"),
            Column(self.env._("Lengow Status"), width=20),
            Column(self.env._("Marketplace Status"), width=20),
            Column(self.env._("Import"), width=10),
            Column(self.env._("Ship Before"), "moment"),
            *self._line_columns(),
            *self._amount_columns(),
            *self._address_columns(),
            Column(self.env._("Carrier")),
            Column(self.env._("Tracking Numbers"), width=24),
            Column(self.env._("Sale Orders")),
            Column(self.env._("Deliveries")),
            Column(self.env._("Invoices")),
        ]

    def _line_columns(self):
        if not self.per_line:
            return [
                Column(self.env._("SKUs"), width=30),
                Column(self.env._("Quantity"), "number", width=10),
            ]
        return [
            Column(self.env._("Marketplace Line"), width=20),
            Column(self.env._("SKU"), width=20),
            Column(self.env._("Product")),
            Column(self.env._("Description"), width=40),
            Column(self.env._("Line Status")),
            Column(self.env._("Quantity"), "number", width=10),
            Column(self.env._("Line Total"), "amount", width=12),
            Column(self.env._("Line Tax"), "amount", width=12),
        ]

    def _amount_columns(self):
        labels = (
            self.env._("Order Total"),
            self.env._("Tax"),
            self.env._("Shipping"),
            self.env._("Processing Fee"),
            self.env._("Discount"),
            self.env._("Commission"),
        )
        return [
            Column(self.env._("Currency"), width=10),
            *[Column(label, "amount", width=12) for label in labels],
        ]

    def _address_columns(self):
        labels = (
            self.env._("Company"),
            self.env._("Name"),
            self.env._("Street"),
            self.env._("Street 2"),
            self.env._("ZIP"),
            self.env._("City"),
            self.env._("State"),
            self.env._("Country"),
            self.env._("Phone"),
        )
        return [
            Column(self.env._("Buyer"), width=24),
            Column(self.env._("Business"), width=10),
            Column(self.env._("E-mail"), width=24),
            Column(self.env._("VAT Number")),
            *[Column(self.env._("Billing: %s", label)) for label in labels],
            *[Column(self.env._("Delivery: %s", label)) for label in labels],
        ]

    # === ROWS === #

    def rows(self, orders):
        """Yield the rows of a batch of orders.

        :param lengow.order orders: in the order of the rows
        """
        orders.fetch(ORDER_FIELDS)
        payloads = self._read_payloads(orders)
        for order in orders.sudo():  # with what belongs to orders that may be read
            yield from self._rows_of(order, Order.from_payload(payloads[order.id]))

    def _read_payloads(self, orders):
        """Return by order what the rows need of its payload.

        Only that is read: the rest is most of the payload, and would be most of the
        time that an export takes.

        :rtype: dict[int, dict]
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
            id_: {
                "marketplace": "-",
                "marketplace_order_id": "-",
                "billing_address": billing_address,
                "processing_fee": processing_fee,
                "discount": discount,
                "packages": [{"delivery": delivery} for delivery in deliveries or []],
            }
            for id_, billing_address, processing_fee, discount, deliveries in parts
        }

    def _rows_of(self, order, parsed):
        head, addresses = self._head(order), self._addresses(order, parsed)
        ours = self._ours(order, parsed)
        amounts = self._amounts(order, parsed)
        if not self.per_line:
            yield [*head, *self._summary(order), *amounts, *addresses, *ours]
            return
        for line in order.line_ids or [order.line_ids]:
            yield [*head, *self._line(line), *amounts, *addresses, *ours]
            amounts = [amounts[0], *[None] * (len(amounts) - 1)]

    def _head(self, order):
        status = self._label(order, "lengow_status")
        if order.lengow_status == "unknown":
            status = order.lengow_status_code or status
        return [
            order.name,
            order.marketplace_id.name,
            order.account_id.name,
            self._local(order.order_date),
            status,
            order.marketplace_status,
            self._label(order, "import_state"),
            self._local(order.ship_before),
        ]

    def _summary(self, order):
        lines = order.line_ids
        skus = [f"{line.sku or '?'} x {line.quantity:g}" for line in lines]
        return ["; ".join(skus), sum(lines.mapped("quantity"))]

    def _line(self, line):
        if not line:
            return [None] * len(self._line_columns())
        return [
            line.lengow_line_ref,
            line.sku,
            line.product_id.default_code or line.product_id.name,
            line.title,
            self._label(line, "lengow_status"),
            line.quantity,
            line.amount_total,
            line.amount_tax,
        ]

    def _amounts(self, order, parsed):
        return [
            order.currency_id.name,
            order.amount_total,
            order.amount_tax,
            order.amount_shipping,
            _number(parsed.processing_fee),
            _number(parsed.discount),
            order.amount_commission,
        ]

    def _addresses(self, order, parsed):
        billing = parsed.billing_address
        delivery = next((p.delivery for p in parsed.packages if p.delivery), None)
        emails = [address.email for address in (billing, delivery) if address]
        return [
            order.customer_name,
            self.env._("Yes") if order.is_business else self.env._("No"),
            next(filter(None, emails), None),
            billing and billing.vat_number,
            *_address(billing),
            *_address(delivery),
        ]

    def _ours(self, order, parsed):
        """Return carrier, tracking (ours before the marketplace's) and our numbers."""
        sales = order.sale_order_ids
        pickings = sales.picking_ids.filtered(lambda picking: picking.state != "cancel")
        trackings = [
            t for p in (parsed.packages if parsed else ()) for t in p.trackings
        ]
        carriers = pickings.carrier_id.mapped("name") or [t.carrier for t in trackings]
        numbers = [picking.carrier_tracking_ref for picking in pickings]
        numbers = list(filter(None, numbers)) or [t.number for t in trackings]
        return [
            _joined(carriers),
            _joined(numbers),
            _joined(sales.mapped("name")),
            _joined(pickings.mapped("name")),
            _joined(sales.invoice_ids.mapped("name")),
        ]

    # === HELPERS === #

    def _label(self, record, name):
        return self._labels[record._name, name].get(record[name])

    def _local(self, moment):
        """Return a moment as the user's clock shows it."""
        if not moment:
            return None
        return fields.Datetime.context_timestamp(self._orders, moment).replace(
            tzinfo=None
        )


def _number(amount):
    return None if amount is None else float(amount)


def _joined(texts):
    return ", ".join(dict.fromkeys(filter(None, texts)))


def _address(address):
    """Return the cells of an address; empty ones for none."""
    if not address:
        return [None] * 9
    names = filter(None, [address.first_name, address.last_name])
    second = filter(None, [address.second_line, address.complement])
    phones = (address.phone_mobile, address.phone_home, address.phone_office)
    return [
        address.company,
        " ".join(names) or address.full_name,
        address.first_line,
        ", ".join(second),
        address.zipcode,
        address.city,
        address.state_region,
        address.country_code,
        next(filter(None, phones), None),
    ]
