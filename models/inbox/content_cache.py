"""The parsed payloads of the orders that a transaction is at work on.

An order's payload is read by the inbox, the import, the outbox and the deliveries.
Parsing it takes longer than anything else that they do with it, so it is parsed once.
"""

from collections import OrderedDict

from ...lengow_api import Order, payload_digest

# A batch of the import is smaller; more would only fill the memory of a long run.
LARGEST = 500
# What is stored now, what was stored before it, and what the sale order was made of.
VERSIONS = 3


class ContentCache:
    """Keeps the parsed payloads of the orders that were asked for last.

    It is told the payload each time, so that it never answers with what a write or a
    rollback has made untrue. The same object needs no further look; what was read from
    the database anew is known by its digest.
    """

    _KEY = "lengow_order_content"

    def __init__(self):
        self._orders = OrderedDict()

    @classmethod
    def of(cls, cr):
        """Return the cache of a cursor, which forgets everything at its commit."""
        if cls._KEY not in cr.cache:
            cr.cache[cls._KEY] = cls()
            cr.postcommit.add(lambda: cr.cache.pop(cls._KEY, None))
        return cr.cache[cls._KEY]

    def content(self, order_id, payload):
        """Return a payload of an order, parsed.

        :param int order_id: of the row
        :param dict payload: as stored; nobody may change it afterwards
        :rtype: lengow_api.Order
        :raise PayloadError: if it has no identity
        """
        version = self._find(order_id, payload)
        if not version:
            version = _Version(payload, Order.from_payload(payload))
        self._keep(order_id, version)
        return version.content

    def remember(self, order_id, payload, content):
        """Note what a payload says that was parsed before it was stored.

        :param int order_id: of the row
        :param dict payload: as it is stored; nobody may change it afterwards
        :param lengow_api.Order content: the same, parsed
        """
        self._keep(order_id, _Version(payload, content))

    def _find(self, order_id, payload):
        versions = self._orders.get(order_id, ())
        for version in versions:
            if version.payload is payload:
                return version
        digest = payload_digest(payload) if versions else None
        for version in versions:
            if version.digest == digest:
                version.payload = payload
                return version
        return None

    def _keep(self, order_id, version):
        others = [v for v in self._orders.pop(order_id, ()) if v is not version]
        self._orders[order_id] = [version, *others[: VERSIONS - 1]]
        if len(self._orders) > LARGEST:
            self._orders.popitem(last=False)


class _Version:
    __slots__ = ("_digest", "content", "payload")

    def __init__(self, payload, content):
        self.payload = payload
        self.content = content
        self._digest = None

    @property
    def digest(self):
        """The payload's digest, taken only when it is asked for."""
        if self._digest is None:
            self._digest = payload_digest(self.payload)
        return self._digest
