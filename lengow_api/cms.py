"""A shop system that tells Lengow where its catalogues are."""

from dataclasses import dataclass

#: What a system may be called. Whether Lengow offers it by itself is for Lengow to say.
SYSTEM = "odoo"


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop of a system, with the catalogue that Lengow may fetch.

    :ivar str token: names the shop, and opens nothing.
    :ivar str feed_url: whoever has it may fetch the catalogue.
    :ivar int total: products that the shop has.
    :ivar int exported: products that the catalogue holds.
    """

    token: str
    name: str
    domain: str
    feed_url: str
    total: int
    exported: int
    is_enabled: bool = True

    def _counts(self) -> dict[str, object]:
        return {
            "token": self.token,
            "enabled": self.is_enabled,
            "total_product_number": self.total,
            "exported_product_number": self.exported,
        }


@dataclass(frozen=True, slots=True)
class ShopSystem:
    """A system with its shops, as Lengow's own plugins describe theirs.

    :ivar str token: names the system, and opens nothing.
    :ivar str domain: its host.
    :ivar str version: of the system.
    :ivar str plugin_version: of what speaks for it.
    :ivar str email: of whom to write to; may be empty.
    """

    token: str
    domain: str
    version: str
    plugin_version: str
    email: str
    shops: tuple[Shop, ...]

    def registration(self) -> dict[str, object]:
        """Return what Lengow is told the first time.

        There is no door for Lengow's support, so the addresses of those are empty.
        """
        return {
            "domain_name": self.domain,
            "token": self.token,
            "type": SYSTEM,
            "version": self.version,
            "plugin_version": self.plugin_version,
            "email": self.email,
            "cron_url": "",
            "toolbox_url": "",
            "shops": [
                {
                    **shop._counts(),
                    "shop_name": shop.name,
                    "domain_url": shop.domain,
                    "feed_url": shop.feed_url,
                }
                for shop in self.shops
            ],
        }

    def news(self) -> dict[str, object]:
        """Return what Lengow is told later: how many products there are by now."""
        return {
            "token": self.token,
            "version": self.version,
            "plugin_version": self.plugin_version,
            "options": {},
            "shops": [{**shop._counts(), "options": {}} for shop in self.shops],
        }
