"""Everything a sandbox knows. Thread-safe: every door takes one lock."""

import copy
import heapq
import itertools
import threading
from dataclasses import asdict, dataclass, field, replace

from .accounts import TokenDesk
from .catalogue_store import CatalogueStore
from .documents import DocumentStore
from .errors import ControlError
from .faults import FaultList
from .limits import RateCounter
from .marketplaces import lengow_status_of, load_marketplaces, raw_status
from .records import OrderRecord, identity_of
from .samples import read_sample, sample_names
from .seed import seed_orders
from .settings import Settings
from .times import format_time

FIRST_ACTION_ID = 13244461


@dataclass
class Call:
    """One call that the API side received. Keys, secrets and tokens are not kept."""

    method: str
    path: str
    query: dict
    body: object
    user_agent: str
    authorization: str | None
    """``raw``, ``bearer`` or None: how the token came, never the token."""
    received_at: str
    account_id: int | None = None
    status: int | None = None
    """HTTP status of the answer; None when the connection was cut."""
    fault: dict | None = field(default=None)

    def as_json(self):
        """Return the call as the control side shows it."""
        return asdict(self)


class SandboxState:
    """Orders, actions, documents, calls, faults and settings of one sandbox."""

    def __init__(self, *, seed=False, first_action_id=FIRST_ACTION_ID, **settings):
        self.lock = threading.RLock()
        self._first_action_id = first_action_id
        self._initial_settings = Settings()
        self._initial_settings.update(
            {k: v for k, v in settings.items() if k != "clock"}
        )
        if "clock" in settings:
            self._initial_settings.clock = settings["clock"]
        self.faults = FaultList()
        self.reset(seed=seed)

    def reset(self, seed=False):
        """Forget everything and go back to the settings given at the start.

        :param bool seed: put the demo orders afterwards
        """
        with self.lock:
            self.settings = replace(self._initial_settings)
            self.marketplaces = load_marketplaces()
            self.tokens = TokenDesk()
            self.limits = RateCounter()
            self.documents = DocumentStore()
            self.catalogues = CatalogueStore()
            self.systems = {}
            """Registered shop systems, by account and token."""
            self.actions = []
            self.calls = []
            self._orders = {}
            self._timeline = []
            self._sequence = itertools.count()
            self._action_ids = itertools.count(self._first_action_id)
            self.faults.clear()
            if seed:
                self.seed()

    def seed(self):
        """Put the demo orders, dated relative to now."""
        with self.lock:
            return seed_orders(self)

    # === TIME === #

    def now(self):
        """Return the current instant of the sandbox's clock."""
        return self.settings.clock()

    def schedule(self, due, effect):
        """Have ``effect(state, due)`` happen at ``due``."""
        heapq.heappush(self._timeline, (due, next(self._sequence), effect))

    def advance(self):
        """Let everything happen that is due by now, in the order of coming due."""
        with self.lock:
            while self._timeline and self._timeline[0][0] <= self.now():
                due, _sequence, effect = heapq.heappop(self._timeline)
                effect(self, due)

    # === ORDERS === #

    def put_order(self, payload, *, account_id=None, catalog_id=None, touch=False):
        """Store an order as it is, replacing the one with the same identity.

        The payload may be anything at all, so that broken ones can be served. Filters
        take a missing date as the moment of storing.

        :param int account_id: whose order it is; default: the account that the payload
            names if it is one of the sandbox's, else the first one (4242)
        :param bool touch: set ``updated_at`` and ``imported_at`` to now, so that an old
            payload falls into a client's window
        :return: ``(marketplace, marketplace_order_id)`` or None for one without
            identity
        """
        with self.lock:
            now = self.now()
            account = self._owner(payload, account_id)
            catalog = catalog_id or next(iter(account.catalog_ids), None)
            record = OrderRecord(payload, account.id, catalog, now)
            if touch and isinstance(record.payload, dict):
                record.payload["imported_at"] = format_time(now)
                record.touch(now)
            key = (account.id, record.identity or object())
            self._orders.pop(key, None)
            self._orders[key] = record
            return record.identity

    def _owner(self, payload, account_id):
        """Return the account that an order is put for.

        :raise ControlError: for an account that the sandbox does not have
        """
        if account_id is not None:
            account = self.tokens.account(account_id)
            if account is None:
                raise ControlError(f"There is no account {account_id}")
            return account
        named = payload.get("account_id") if isinstance(payload, dict) else None
        return self.tokens.account(named) or self.tokens.accounts[0]

    def records(self, account_id=None):
        """Return the records of one account, or of all, in the order of storing."""
        with self.lock:
            self.advance()
            records = list(self._orders.values())
        if account_id is None:
            return records
        return [record for record in records if record.account_id == account_id]

    def find(self, marketplace, order_id, account_id=None):
        """Return the record of an order, or None."""
        identity = (str(marketplace), str(order_id))
        owners = [account.id for account in self.tokens.accounts]
        with self.lock:
            self.advance()
            for owner in owners if account_id is None else [account_id]:
                if (owner, identity) in self._orders:
                    return self._orders[owner, identity]
        return None

    def find_now(self, action):
        """Return the record of an action's order without advancing, or None."""
        identity = (action.marketplace, action.marketplace_order_id)
        return self._orders.get((action.account_id, identity))

    def get_order(self, marketplace, order_id, account_id=None):
        """Return a copy of an order's payload as it is now, or None."""
        with self.lock:
            record = self.find(marketplace, order_id, account_id)
            return copy.deepcopy(record.payload) if record else None

    def orders(self, account_id=None):
        """Return copies of all payloads as they are now."""
        with self.lock:
            records = self.records(account_id)
            return [copy.deepcopy(record.payload) for record in records]

    def clear_orders(self):
        """Remove all orders."""
        with self.lock:
            self._orders.clear()

    def move(
        self, marketplace, order_id, status, *, marketplace_status=None, account_id=None
    ):
        """Move an order and its lines to a Lengow status, as the marketplace would.

        :param str marketplace_status: raw status; default: the first one that the
            channel has for the Lengow status
        :raise ControlError: for an unknown order, or a status that the channel does not
            have
        """
        with self.lock:
            record = self.find(marketplace, order_id, account_id)
            if record is None:
                raise ControlError(f"There is no order {order_id} on {marketplace}")
            definition = self.marketplaces.get(str(marketplace))
            code = marketplace_status or raw_status(definition, status)
            if code is None:
                raise ControlError(f"{marketplace} has no status for {status!r}")
            if definition and lengow_status_of(definition, code) not in (status, None):
                raise ControlError(f"{code!r} of {marketplace} is not {status!r}")
            record.set_status(status, code, self.now())

    # === CATALOGUES === #

    def allow_catalogues(self, account_id, is_allowed=True):
        """Let an account into the beta of the catalogue API, where none is at first.

        :raise ControlError: for an account that the sandbox does not have
        """
        with self.lock:
            self.catalogues.allow(self._owner({}, account_id).id, is_allowed)

    def put_catalogue(self, catalogue_id, *, account_id=None, **members):
        """Store a catalogue, replacing the one with the same number.

        :param int account_id: whose it is; default: the first one (4242)
        :param members: as of :meth:`sandbox.catalogue_store.CatalogueStore.put`
        :return: the catalogue
        :raise ControlError: for an unknown account or member
        """
        with self.lock:
            owner = self._owner({}, account_id)
            return self.catalogues.put(catalogue_id, owner.id, self.now(), **members)

    # === SAMPLES === #

    def load_sample(self, name, *, account_id=None, distinct=False):
        """Put the orders of a sample file, dated into a client's window.

        Only ``updated_at`` and ``imported_at`` change. Several samples show the same
        order at different moments of its life and replace each other.

        :param str name: as in :func:`sandbox.samples.sample_names`
        :param bool distinct: give an order whose number is taken a number of its own
            instead (``-2`` and so on at its end)
        :return: list of ``(marketplace, marketplace_order_id)``
        :raise ControlError: for an unknown name
        """
        identities = []
        with self.lock:
            for payload in read_sample(name):
                if distinct:
                    self._renumber(payload, account_id)
                identity = self.put_order(payload, account_id=account_id, touch=True)
                identities.append(identity)
        return identities

    def _renumber(self, payload, account_id):
        """Give an order a number that is not taken yet, if its own one is."""
        owner = self._owner(payload, account_id).id
        number, counter = payload["marketplace_order_id"], itertools.count(2)
        while (owner, identity_of(payload)) in self._orders:
            payload["marketplace_order_id"] = f"{number}-{next(counter)}"

    def load_samples(self, account_id=None):
        """Put the orders of all sample files, each with a number of its own."""
        identities = []
        for name in sample_names():
            identities += self.load_sample(name, account_id=account_id, distinct=True)
        return identities

    # === ACTIONS AND CALLS === #

    def next_action_id(self):
        """Return the id for a new action."""
        return next(self._action_ids)

    def forget_actions(self):
        """Remove all actions, with what they would still have done to orders."""
        with self.lock:
            self.actions.clear()
            self._timeline.clear()

    def record_call(self, call):
        """Keep a call."""
        with self.lock:
            self.calls.append(call)

    def calls_to(self, path, method=None):
        """Return the calls whose path starts with ``path``, oldest first."""
        with self.lock:
            return [
                call
                for call in self.calls
                if call.path.startswith(path) and method in (None, call.method)
            ]
