"""What a channel allows: its states, carriers, and the rules of its actions.

Read from one entry of Lengow's marketplace list. Definitions of channels without
order management have none of it, and old ones lack the argument descriptions.
"""

from dataclasses import dataclass, field

from .reader import Reader
from .rules import ActionRule, read_choices


@dataclass(frozen=True, slots=True)
class MarketplaceDefinition:
    """One channel of an account.

    :ivar code: Lengow's code, lower case, the value of an order's ``marketplace``.
    :ivar country_code: ISO 3166 alpha-2, None for a channel without country.
    :ivar status_map: the channel's own state to ``lengow_status``; case matters.
    :ivar carriers: carrier code to label.
    :ivar shipping_methods: shipping method code to label.
    :ivar features: what else the channel accepts, such as ``invoice_upload``.
    :ivar actions: action name to its rule.
    """

    code: str
    name: str
    country_code: str | None = None
    status_map: dict[str, str] = field(default_factory=dict, repr=False)
    carriers: dict[str, str] = field(default_factory=dict, repr=False)
    shipping_methods: dict[str, str] = field(default_factory=dict, repr=False)
    features: dict = field(default_factory=dict, repr=False)
    actions: dict[str, ActionRule] = field(default_factory=dict, repr=False)

    @classmethod
    def from_payload(cls, code: str, payload: object) -> "MarketplaceDefinition":
        """Read a definition; what is missing or odd reads as empty, never raises."""
        reader = Reader(payload)
        orders = reader.child("orders")
        country = reader.text("country_iso_a2")
        return cls(
            code=code,
            name=reader.text("name") or code,
            country_code=country.upper() if country else None,
            status_map=_read_status_map(orders.child("status")),
            carriers=read_choices(orders.get("carriers")),
            shipping_methods=read_choices(orders.get("shipping_methods")),
            features=dict(reader.child("features").source),
            actions=_read_actions(orders.child("actions")),
        )

    @property
    def accepts_invoices(self) -> bool:
        """Whether the merchant's own invoice may be sent to the channel."""
        return self.features.get("invoice_upload") is True

    def lengow_status_of(self, marketplace_status: str | None) -> str | None:
        """Return the ``lengow_status`` of a channel's own state, None if unmapped."""
        return self.status_map.get(marketplace_status)


def _read_status_map(reader: Reader) -> dict[str, str]:
    """Turn ``{lengow_status: [channel states]}`` around; the first mention wins."""
    status_map: dict[str, str] = {}
    for status in reader.source:
        for raw in reader.texts(status):
            status_map.setdefault(raw, status)
    return status_map


def _read_actions(reader: Reader) -> dict[str, ActionRule]:
    return {
        name: ActionRule.read(name, reader.child(name))
        for name, rule in reader.source.items()
        if isinstance(rule, dict)
    }
