"""What changed in an order since it was imported, as far as it matters to Odoo."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..lengow_api import OrderAmounts
from .buyer import person_name
from .products import shown_sku

# What Odoo's partner shows of an address. The e-mail is the marketplace's relay, which
# changes by itself.
ADDRESS_PARTS = (
    "name", "company", "street", "zip", "city", "state", "country", "phone",
)  # fmt: skip
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Difference:
    """One value that is not what it was.

    :ivar str kind: `address` when a new address on the sale order is all it takes,
        `content` when the sale order itself would be another
    :ivar str label: what it is, for people
    :ivar str before, after: its values, for people; empty for none
    """

    kind: str
    label: str
    before: str
    after: str

    def __str__(self):
        return f"{self.label}: {self.before or NOTHING} → {self.after or NOTHING}"


class OrderComparison:
    """Compares an order as it was imported with what Lengow says now.

    Only what the sale order was made of counts: lines, shipping, fee, discount and
    addresses. Statuses, commissions, trackings and documents change all the time.
    """

    def __init__(self, env, before, after, definition, is_shipped=False):
        """Compare two states of one order.

        :param Environment env: for its language
        :param lengow_api.Order before: as it was imported
        :param lengow_api.Order after: as Lengow sent it last
        :param MarketplaceDefinition definition: of the marketplace, may be None
        :param bool is_shipped: delivery addresses do not matter any more
        """
        self.env = env
        self.before, self.after = before, after
        self.definition = definition
        self.is_shipped = is_shipped
        # Lengow converts at the rate of the day: then the buyer's own amounts count.
        self._is_converted = (
            before.original_total_order is not None
            and after.original_total_order is not None
        )

    def differences(self):
        """Return everything that is not what it was.

        :rtype: list[Difference]
        """
        found = [*self._amount_differences(), *self._line_differences()]
        found += self._address_differences(
            self.env._("Billing"),
            self.before.billing_address,
            self.after.billing_address,
        )
        if not self.is_shipped:
            found += self._delivery_differences()
        return found

    # === CONTENT === #

    def _amount_differences(self):
        currency = "original_currency" if self._is_converted else "currency"
        before, after = getattr(self.before, currency), getattr(self.after, currency)
        if before and after and before != after:
            yield Difference("content", self.env._("Currency"), before, after)
        for name, label in (
            ("shipping", self.env._("Shipping")),
            ("processing_fee", self.env._("Processing fee")),
            ("discount", self.env._("Discount")),
        ):
            before, after = (
                self._money(self.before, name),
                self._money(self.after, name),
            )
            if (before or 0) != (after or 0):
                yield Difference("content", label, _shown(before), _shown(after))

    def _line_differences(self):
        before, after = self._kept_lines(self.before), self._kept_lines(self.after)
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old != new:
                label = self.env._("Line %s", (new or old)[0])
                yield Difference(
                    "content", label, self._shown_line(old), self._shown_line(new)
                )

    def _kept_lines(self, content):
        """Return SKU, quantity and amount of each living line.

        A marketplace may split a line into parcels once it is shipped: its parts count
        together.
        """
        lines, amounts = {}, OrderAmounts(content, self.definition)
        for line in (*amounts.kept_lines, *amounts.unreadable_lines):
            sku, amount = shown_sku(line), self._money(line, "amount")
            key = line.marketplace_order_line_id or sku
            _sku, pieces, total = lines.get(key, (sku, Decimal(0), Decimal(0)))
            lines[key] = sku, pieces + (line.quantity or 0), total + (amount or 0)
        return lines

    def _shown_line(self, line):
        if line is None:
            return ""
        _sku, quantity, amount = line
        return self.env._(
            "%(quantity)s for %(amount)s",
            quantity=f"{quantity.normalize():f}",
            amount=_shown(amount),
        )

    def _money(self, part, name):
        if self._is_converted:
            original = getattr(part, f"original_{name}")
            if original is not None:
                return original
        return getattr(part, name)

    # === ADDRESSES === #

    def _delivery_differences(self):
        before, after = _deliveries(self.before), _deliveries(self.after)
        if not before or not after:
            return
        if len(before) != len(after):
            label = self.env._("Delivery addresses")
            yield Difference("content", label, str(len(before)), str(len(after)))
            return
        label = self.env._("Delivery")
        for (old, old_relay), (new, new_relay) in zip(before, after, strict=True):
            differences = self._address_differences(label, old, new)
            if old_relay or new_relay:
                # The sale order goes to the relay point, which Odoo chooses on it.
                differences = [replace(d, kind="content") for d in differences]
            yield from differences
            if old_relay != new_relay:
                yield Difference(
                    "content", self.env._("Relay point"), old_relay, new_relay
                )

    def _address_differences(self, label, before, after):
        """Compare two addresses; one that was emptied was erased, not edited."""
        if _is_erased(after):
            return
        old, new = _address_values(before), _address_values(after)
        labels = self._part_labels()
        for part in ADDRESS_PARTS:
            if old.get(part) != new.get(part):
                # Another country may mean other taxes.
                kind = "content" if part == "country" and old else "address"
                yield Difference(
                    kind,
                    f"{label}, {labels[part]}",
                    old.get(part, ""),
                    new.get(part, ""),
                )
        old_vat = (before and before.vat_number) or ""
        if after.vat_number and after.vat_number != old_vat:
            yield Difference(
                "address", self.env._("VAT number"), old_vat, after.vat_number
            )

    def _part_labels(self):
        return {
            "name": self.env._("name"),
            "company": self.env._("company"),
            "street": self.env._("street"),
            "zip": self.env._("postcode"),
            "city": self.env._("city"),
            "state": self.env._("state"),
            "country": self.env._("country"),
            "phone": self.env._("phone"),
        }


def _deliveries(content):
    """Return the distinct delivery addresses of an order, with their relay's id."""
    found = {}
    for package in content.packages:
        address = package.delivery
        if address is None or address.is_empty:
            continue
        relays = (t.relay.id or "" for t in package.trackings if t.relay)
        relay = next(relays, "")
        key = (tuple(_address_values(address).items()), relay)
        found.setdefault(key, (address, relay))
    return list(found.values())


def _is_erased(address):
    return (
        address is None or address.is_empty or not (address.first_line or address.city)
    )


def _address_values(address):
    """Return the parts of an address that people compare; blanks do not count."""
    if address is None:
        return {}
    lines = (address.first_line, address.second_line, address.complement)
    phones = (address.phone_mobile, address.phone_home, address.phone_office)
    values = {
        "name": person_name(address),
        "company": address.company,
        "street": ", ".join(line for line in lines if line),
        "zip": address.zipcode,
        "city": address.city,
        "state": address.state_region,
        "country": address.country_code,
        "phone": next((phone for phone in phones if phone), ""),
    }
    return {part: " ".join(str(value or "").split()) for part, value in values.items()}


def _shown(amount):
    return "" if amount is None else f"{amount:.2f}"
