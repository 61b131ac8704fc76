"""What changed in an order since it was imported, as far as it matters to Odoo."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from odoo.tools import format_amount

from ..lengow_api import SENT_STATUSES, OrderAmounts, resolve_status
from .amounts import amount_of, are_converted
from .buyer import person_name
from .products import shown_sku
from .reference import ReferenceData
from .relay import relay_ref

# What Odoo's partner shows of an address. The e-mail is the marketplace's relay, which
# changes by itself.
ADDRESS_PARTS = (
    "name", "company", "street", "zip", "city", "state", "country", "phone",
)  # fmt: skip
# A line's states in which it is not to be shipped.
UNDECIDED_STATUSES = ("new", "waiting_acceptance")
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Difference:
    """One value that is not what it was.

    :ivar str kind: `billing` and `address` when a new address on the sale order is all
        it takes, `content` when the sale order itself would be another, `review` when
        what is still to be delivered was refunded in part, or sent from elsewhere
    :ivar str label: what it is, for people
    :ivar str before, after: its values, for people; empty for none
    :ivar str ref: number of the line that it is about, where fewer pieces are all it is
    :ivar Decimal quantity: of that line, as it is now
    :ivar Decimal price_ratio: what a piece of it costs now, of what it cost
    """

    kind: str
    label: str
    before: str
    after: str
    ref: str | None = None
    quantity: Decimal = Decimal(0)
    price_ratio: Decimal = Decimal(1)

    def __str__(self):
        return f"{self.label}: {self.before or NOTHING} → {self.after or NOTHING}"


@dataclass(frozen=True)
class Sold:
    """What Odoo sells of a line, and how much of it is still to be delivered."""

    quantity: Decimal
    remaining: Decimal
    is_reported: bool = False
    """Whether a shipment of it was reported from here, be it by hand."""


class OrderComparison:
    """Compares an order as it was imported with what Lengow shows now.

    Only what the sale order was made of counts: lines, shipping, fee, discount and
    addresses. Statuses, commissions, trackings and documents change all the time.
    """

    def __init__(
        self, env, before, after, definition, is_shipped=False, sold=None, decided=()
    ):
        """Compare two states of one order.

        :param Environment env: for its language
        :param lengow_api.Order before: as it was imported
        :param lengow_api.Order after: as Lengow sent it last
        :param MarketplaceDefinition definition: of the marketplace, may be None
        :param bool is_shipped: delivery addresses do not matter any more
        :param sold: called once, if at all: what Odoo sells and still has to deliver
            of each line, as :class:`Sold` by line number and by SKU
        :param decided: `fee` where the processing fee is not sold, `total` where
            somebody has let a difference to the announced total through
        """
        self.env = env
        self.before, self.after = before, after
        self.definition = definition
        self.is_shipped = is_shipped
        self.decided = decided
        self._find_sold = sold or dict
        self._is_converted = are_converted(before, after)

    def differences(self):
        """Return everything that is not what it was.

        :rtype: list[Difference]
        """
        found = [*self._amount_differences(), *self._line_differences()]
        found += self._refund_differences()
        found += self._address_differences(
            self.env._("Billing"),
            self.before.billing_address,
            self.after.billing_address,
            kind="billing",
        )
        if not self.is_shipped:
            found += self._shipment_differences()
            found += self._delivery_differences()
        return found

    @cached_property
    def sold(self):
        """What Odoo sells of each line, as :class:`Sold` by line number and by SKU."""
        return self._find_sold()

    # === CONTENT === #

    def _amount_differences(self):
        currency = "original_currency" if self._is_converted else "currency"
        before, after = getattr(self.before, currency), getattr(self.after, currency)
        if before and after and before != after:
            yield Difference("content", self.env._("Currency"), before, after)
        labels = {
            "shipping": self.env._("Shipping"),
            "processing_fee": self.env._("Processing fee"),
            "discount": self.env._("Discount"),
        }
        if "fee" in self.decided:
            del labels["processing_fee"]
        if "total" in self.decided:
            labels["total_order"] = self.env._("Total")
        for name, label in labels.items():
            before, after = (
                self._money(self.before, name),
                self._money(self.after, name),
            )
            if (before or 0) != (after or 0):
                shown = self._shown(before, self.before), self._shown(after)
                yield Difference("content", label, *shown)

    def _line_differences(self):
        before = self._kept_lines(self.before, self.after)
        after = self._kept_lines(self.after, self.before)
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old != new and not self._is_sold_so(key, old, new):
                label = self.env._("Line %s", (new or old)[0])
                shown = self._shown_line(old, self.before), self._shown_line(new)
                less = self._reduction(old, new)
                if less is None:
                    yield Difference("content", label, *shown)
                else:
                    yield Difference("content", label, *shown, key, *less)

    def _kept_lines(self, content, other):
        """Return SKU, quantity and amount of each living line.

        A marketplace may split a line into parcels once it is shipped: its parts count
        together.
        """
        lines, amounts = {}, OrderAmounts(content, self.definition)
        refunded = (li for li in amounts.left_out_lines if amounts.is_given_back(li))
        for line in (*amounts.kept_lines, *amounts.unreadable_lines, *refunded):
            key = line_key(line, other)
            if amounts.is_given_back(line) and self._is_here(key):
                continue
            sku, amount = shown_sku(line), self._money(line, "amount")
            _sku, pieces, total = lines.get(key, (sku, Decimal(0), Decimal(0)))
            lines[key] = sku, pieces + (line.quantity or 0), total + (amount or 0)
        return lines

    def _is_here(self, key):
        """Whether the goods of a line are still here, at least in part."""
        return key in self.sold and bool(self.sold[key].remaining)

    def _reduction(self, old, new):
        """Return quantity and price ratio of a line that has become less, else None."""
        if new is None:
            return Decimal(0), Decimal(1)
        if old is None or old[0] != new[0]:
            return None
        if not (0 < new[1] < old[1] and 0 <= new[2] < old[2]):
            return None
        return new[1], (new[2] / new[1]) / (old[2] / old[1])

    def _is_sold_so(self, key, old, new):
        """Whether the sale order says already what a line is now: it was reduced."""
        sold = self.sold.get(key)
        if not sold or not old:
            return False
        _sku, pieces, amount = new or old
        if new is None:
            return not sold.quantity
        share = old[2] * pieces / old[1] if old[1] else old[2]
        return sold.quantity == pieces and abs(share - amount) <= Decimal("0.01")

    def _refund_differences(self):
        """Yield what goes back in part for lines that are still to be delivered."""
        before = self._refunded(self.before, self.after)
        amounts = OrderAmounts(self.after, self.definition)
        gone = {
            line_key(line, self.before)
            for line in self.after.lines
            if amounts.is_given_back(line)
        }
        for key, (sku, amount) in self._refunded(self.after, self.before).items():
            _sku, old = before.get(key, (sku, Decimal(0)))
            if amount > old and key not in gone and self._is_here(key):
                label = self.env._("Line %s, refunded", sku)
                shown = self._shown(old or None, self.before), self._shown(amount)
                yield Difference("review", label, *shown)

    def _shipment_differences(self):
        """Yield the lines that left from elsewhere, or are not to be shipped yet."""
        before = defaultdict(set)
        for line in self.before.lines:
            before[line_key(line, self.after)].add(self._doubt(line))
        for line in self.after.lines:
            key, doubt = line_key(line, self.before), self._doubt(line)
            if not doubt or doubt in before.get(key, {doubt}):
                continue
            if self._is_here(key) and not self.sold[key].is_reported:
                label = self.env._("Line %s", shown_sku(line))
                yield Difference("review", label, max(before[key]), doubt)

    def _doubt(self, line):
        """Say what speaks against shipping a line, if anything."""
        status = resolve_status(line, self.definition)[0]
        if status in SENT_STATUSES:
            return self.env._("shipped")
        if status in UNDECIDED_STATUSES:
            return self.env._("not accepted")
        return ""

    def _shown_line(self, line, content=None):
        if line is None:
            return ""
        _sku, quantity, amount = line
        return self.env._(
            "%(quantity)s for %(amount)s",
            quantity=f"{quantity.normalize():f}",
            amount=self._shown(amount, content),
        )

    def _shown(self, amount, content=None):
        """Return an amount as people read it, with its currency.

        :param Decimal amount: as :meth:`_money` returns it
        :param lengow_api.Order content: whose it is; by default of the order as it is
        """
        if amount is None:
            return ""
        content = content or self.after
        code = content.original_currency if self._is_converted else content.currency
        currency = self._reference.currency(code)
        if not currency:  # which Odoo does not know
            return " ".join(filter(None, (f"{amount:.2f}", code)))
        return format_amount(self.env, float(amount), currency)

    @cached_property
    def _reference(self):
        return ReferenceData(self.env)

    def _refunded(self, content, other):
        """Return SKU and refunded amount of each line."""
        found = {}
        for line in content.lines:
            amount = self._money(line, "refunded_amount")
            if amount:
                key = line_key(line, other)
                sku, known = found.get(key, (shown_sku(line), Decimal(0)))
                found[key] = sku, known + amount
        return found

    def _money(self, part, name):
        return amount_of(part, name, self._is_converted)

    # === ADDRESSES === #

    def _delivery_differences(self):
        before, after = _deliveries(self.before), _deliveries(self.after)
        if not before or not after:
            return
        pairs = _paired(before, after)
        if pairs is None:
            label, now = self.env._("Delivery addresses"), str(len(after))
            if len(before) == len(after):
                now = self.env._("%s, for other lines", now)
            yield Difference("content", label, str(len(before)), now)
            return
        label = self.env._("Delivery")
        for (old, old_relay), (new, new_relay) in pairs:
            differences = self._address_differences(label, old, new)
            if old_relay or new_relay:
                # The sale order goes to the relay point, which Odoo chooses on it.
                differences = [replace(d, kind="content") for d in differences]
            yield from differences
            if old_relay != new_relay:
                yield Difference(
                    "content", self.env._("Relay point"), old_relay, new_relay
                )

    def _address_differences(self, label, before, after, kind="address"):
        """Compare two addresses; one that was emptied was erased, not edited."""
        if _is_erased(after):
            return
        old, new = _address_values(before), _address_values(after)
        labels = self._part_labels()
        for part in ADDRESS_PARTS:
            if old.get(part) != new.get(part):
                # Another country may mean other taxes.
                yield Difference(
                    "content" if part == "country" and old else kind,
                    f"{label}, {labels[part]}",
                    old.get(part, ""),
                    new.get(part, ""),
                )
        old_vat = (before and before.vat_number) or ""
        if after.vat_number and after.vat_number != old_vat:
            yield Difference(kind, self.env._("VAT number"), old_vat, after.vat_number)

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


def line_key(line, other):
    """Return what tells a line from others, in two states of its order.

    Its number; its SKU where it has none, or has been given it between the two.

    :param lengow_api.Line line: of one state
    :param lengow_api.Order other: the other state
    :rtype: str
    """
    number, sku = line.marketplace_order_line_id, shown_sku(line)
    if not number:
        return sku
    same = {
        item.marketplace_order_line_id
        for item in other.lines
        if item.marketplace_order_line_id == number
        or (
            not item.marketplace_order_line_id
            and (shown_sku(item), item.quantity) == (sku, line.quantity)
        )
    }
    return sku if same and number not in same else number


def _deliveries(content):
    """Return the places that an order goes to, each with the lines that go there.

    :return: tuples of address, number of its relay point, and line numbers
    :rtype: list[tuple]
    """
    found = {}
    for package in content.packages:
        address = package.delivery
        if address is None or address.is_empty:
            continue
        relay = relay_ref(package)
        key = (tuple(_address_values(address).items()), relay)
        _address, _relay, refs = found.setdefault(key, (address, relay, set()))
        refs.update(
            line.marketplace_order_line_id
            for line in package.lines
            if line.marketplace_order_line_id
        )
    return list(found.values())


def _paired(before, after):
    """Pair the places that lines went to with those that they go to now.

    Marketplaces list packages in any order, so the lines tell; where their numbers tell
    nothing, the order of the packages does.

    :return: pairs of address and relay point; None if they cannot be paired
    :rtype: list[tuple] | None
    """
    if len(before) != len(after):
        return None
    pairs, left = [], list(after)
    for old in before:
        same = [new for new in left if new[2] & old[2]]
        if len(same) > 1:
            return None  # its lines go to several places now
        new = same[0] if same else left[0]
        left.remove(new)
        pairs.append((old[:2], new[:2]))
    return pairs


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
