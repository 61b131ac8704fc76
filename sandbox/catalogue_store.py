"""The catalogues of accounts, as Lengow keeps them once it has read their sources."""

from dataclasses import dataclass, field
from datetime import datetime

from .errors import ControlError
from .times import format_time

DRAFT = "draft"


@dataclass
class Catalogue:
    """One catalogue of one account.

    :ivar str product_id_key: the column that identifies a product
    :ivar list attributes: the columns that the catalogue knows
    :ivar dict products: the attributes of each product by its identifier
    """

    id: int
    account_id: int
    name: str
    updated_at: datetime
    product_id_key: str = "id"
    status: str = "active"
    role: str = "main_source"
    source: str = "URL"
    attributes: list = field(default_factory=list)
    products: dict = field(default_factory=dict)
    channels_count: int = 0

    def as_item(self):
        """Return the catalogue as lists show it."""
        return {
            "catalogue_id": self.id,
            "name": self.name,
            "status": self.status,
            "product_id_key": self.product_id_key,
            "role": self.role,
            "additional_sources": None,
            "used_by": None,
            "channels_count": self.channels_count,
        }

    def as_json(self):
        """Return the catalogue as it is shown alone."""
        moment = format_time(self.updated_at)
        return {
            "catalogue_id": self.id,
            "name": self.name,
            "status": self.status,
            "product_id_key": self.product_id_key,
            "additional_sources": None,
            "created_at": moment,
            "updated_at": moment,
            "indexed_at": moment,
            "source": self.source,
            "products_count": len(self.products),
        }

    def as_listed(self):
        """Return the catalogue as the list shows it that every account may read."""
        return {
            "id": self.id,
            "name": self.name,
            "is_active": self.status != DRAFT,
            "products": len(self.products),
            "shop": None,
        }

    def find_faults(self, identifier, attributes):
        """Return what is wrong with the attributes that a product is to get.

        :return: texts as Lengow words them
        """
        faults = []
        key = self.product_id_key
        sent = attributes.get(key, identifier)
        if str(sent) != identifier:
            faults.append(
                f"Cannot change '{key}' from '{identifier}' to '{sent}': "
                "product identifiers are not mutable."
            )
        if unknown := [name for name in attributes if name not in self.attributes]:
            names = ", ".join(f"'{name}'" for name in unknown)
            faults.append(f"Unknown attributes for catalogue schema: {names}")
        return faults

    def replace(self, headers, rows, now):
        """Take the content of a source that was read, as a pull does.

        :param list headers: of the columns
        :param list rows: lists of texts in the order of the headers
        """
        products = [dict(zip(headers, row, strict=True)) for row in rows]
        self.attributes = list(headers)
        self.products = {product[self.product_id_key]: product for product in products}
        self.updated_at = now


class CatalogueStore:
    """The catalogues of all accounts; which accounts may see theirs by the API."""

    def __init__(self):
        self._catalogues = {}
        self._open_accounts = set()

    def allow(self, account_id, is_allowed=True):
        """Let an account use the catalogue API, or not; none may at the start."""
        (self._open_accounts.add if is_allowed else self._open_accounts.discard)(
            account_id
        )

    def is_allowed(self, account_id):
        """Tell whether an account may use the catalogue API."""
        return account_id in self._open_accounts

    def put(self, catalogue_id, account_id, now, **members):
        """Store a catalogue, replacing the one with the same number.

        :param members: as of :class:`Catalogue`; ``products`` may also be a list of
            attributes
        :return: the catalogue
        :raise ControlError: for a member that no catalogue has
        """
        known = Catalogue.__dataclass_fields__.keys() - {"id", "account_id"}
        if unknown := sorted(members.keys() - known):
            raise ControlError(f"A catalogue has no member {unknown[0]!r}")
        members = {"name": f"Catalogue {catalogue_id}", "updated_at": now, **members}
        catalogue = Catalogue(catalogue_id, account_id, **members)
        if isinstance(catalogue.products, list):
            catalogue.products = _by_identifier(catalogue)
        if not catalogue.attributes:
            names = (name for one in catalogue.products.values() for name in one)
            catalogue.attributes = list(
                dict.fromkeys([catalogue.product_id_key, *names])
            )
        self._catalogues[catalogue_id] = catalogue
        return catalogue

    def find(self, catalogue_id, account_id=None):
        """Return a catalogue, of an account if one is given, or None."""
        catalogue = self._catalogues.get(catalogue_id)
        if catalogue and account_id in (None, catalogue.account_id):
            return catalogue
        return None

    def of_account(self, account_id):
        """Return the catalogues of an account, in the order of storing."""
        found = self._catalogues.values()
        return [one for one in found if one.account_id == account_id]

    def __iter__(self):
        return iter(list(self._catalogues.values()))


def _by_identifier(catalogue):
    """Return the listed products of a catalogue by their identifiers.

    :raise ControlError: for one without
    """
    key = catalogue.product_id_key
    if not all(isinstance(one, dict) and key in one for one in catalogue.products):
        raise ControlError(f"Each product needs a member {key!r}")
    return {str(one[key]): one for one in catalogue.products}
