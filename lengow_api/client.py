"""One method for each call of Lengow's API that the connector needs."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from . import endpoints
from .action import Action
from .answers import Answer
from .catalogues import Catalogue, ListedCatalogue, ProductResult, batches
from .cms import ShopSystem
from .documents import Document
from .errors import (
    BadResponseError,
    CatalogueDraftError,
    NotFoundError,
    PayloadError,
    RequestRefusedError,
)
from .paging import Page, iter_numbered_pages, iter_pages
from .payload import order_identity
from .query import as_query_text, conversion, query_of
from .reader import clean_text
from .rules import is_blank
from .transport import Transport

#: Value of ``merchant_order_id`` that finds the orders not yet linked to one of ours.
UNLINKED = "None"
LARGEST_PAGE = 100
_LARGEST_ATTRIBUTE_PAGE = 200
#: What Lengow answers where products may not be changed yet.
_CONFLICT = 409
#: Without a date filter Lengow only looks at the last seven days.
_SINCE_EVER = "1900-01-01T00:00:00+00:00"


class LengowClient:
    """Talk to one Lengow account. A context manager that closes its connections.

    Every method may raise each :class:`.errors.LengowError`.

    :param base_url: address of the API, ``https://api.lengow.io`` in production.
    :param access_token: the account's access token, the first of its two keys.
    :param secret: the account's secret.
    :param account_ref: Lengow's account id, when another than the keys' own is meant.
    :param user_agent: names the program and its version to Lengow.
    :param take_turn: as of :class:`.transport.Transport`.
    :param transport: carries the calls; made from the other parameters by default.
    :raise PayloadError: when ``account_ref`` is set and no number.
    """

    def __init__(
        self,
        base_url: str,
        access_token: str,
        secret: str,
        *,
        account_ref: object = None,
        user_agent: str = "lengow-connector",
        take_turn: Callable[[float], float] | None = None,
        transport: Transport | None = None,
    ):
        self._account_ref = _account_number(account_ref)
        self._transport = transport or Transport(
            base_url, access_token, secret, user_agent=user_agent, take_turn=take_turn
        )

    def __enter__(self) -> "LengowClient":
        """Return the client itself."""
        return self

    def __exit__(self, *_exc_info) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Forget the token and close the connections."""
        self._transport.close()

    @property
    def server_time(self) -> datetime | None:
        """Lengow's clock at its last answer, aware; None while it has not told."""
        return self._transport.server_time

    # === ACCOUNT === #

    @property
    def account_id(self) -> int | None:
        """Lengow's account id: the one given, else the keys' own once it is known."""
        if self._account_ref is not None:
            return self._account_ref
        try:
            return _account_number(self._transport.token_answer.get("account_id"))
        except PayloadError:
            return None

    def authenticate(self) -> int:
        """Ask for a token now and return Lengow's account id.

        :raise AuthenticationError: when Lengow does not accept the keys.
        """
        self._transport.renew_token()
        return self._require_account_id()

    def get_marketplaces(self, marketplace: str | None = None) -> dict[str, dict]:
        """Return channel code to definition, of all channels or of one.

        See :class:`.marketplace.MarketplaceDefinition` for reading a definition.
        """
        params = {**self._account_params(), **query_of({"marketplace": marketplace})}
        entries = self._read_object(endpoints.MARKETPLACES, params)
        return {
            code: entry if isinstance(entry, dict) else {}
            for code, entry in entries.items()
        }

    def get_call_limit(self) -> int | None:
        """Return how many calls of a kind Lengow allows a minute, None without a limit.

        The tightest of what it says about the calls of this package.
        """
        answer = self._transport.call(endpoints.RATE_LIMITS).json()
        limits = [
            entry.get("boundary")
            for entry in (answer if isinstance(answer, list) else [])
            if isinstance(entry, dict)
            and str(entry.get("url_base") or "").startswith("/v3.0/")
        ]
        told = [limit for limit in limits if type(limit) is int and limit > 0]
        return min(told, default=None)

    # === ORDERS === #

    def iter_order_pages(
        self,
        *,
        updated_from: datetime | None = None,
        updated_to: datetime | None = None,
        ordered_from: datetime | None = None,
        ordered_to: datetime | None = None,
        imported_from: datetime | None = None,
        imported_to: datetime | None = None,
        marketplace: str | None = None,
        marketplace_order_id: str | None = None,
        merchant_order_id: str | None = None,
        lengow_status: str | None = None,
        page_size: int = LARGEST_PAGE,
        currency_conversion: bool | None = None,
        ordering: str | None = None,
    ) -> Iterator[Page]:
        """Yield the pages of orders that match every filter given, lazily.

        Without any date Lengow only returns orders of the last seven days.

        :param updated_from: changed at Lengow at or after; aware, as every date here.
        :param ordered_from: placed on the marketplace at or after.
        :param imported_from: first seen by Lengow at or after.
        :param merchant_order_id: our order number; :data:`UNLINKED` finds those
            without.
        :param page_size: 1 to 100.
        :param currency_conversion: True for amounts in the account's currency, False
            for the marketplace's; None leaves it to Lengow.
        :param ordering: comma list of fields, ``-`` for descending. By default an
            open-ended ``updated_from`` reads the latest change first: an order that
            changes meanwhile then moves towards pages already read, which repeats an
            order and never skips one.
        :raise PayloadError: for a date without time zone.
        """
        if ordering is None and updated_from and not updated_to:
            ordering = "-updated_at"
        filters = {
            "updated_from": updated_from,
            "updated_to": updated_to,
            "marketplace_order_date_from": ordered_from,
            "marketplace_order_date_to": ordered_to,
            "imported_from": imported_from,
            "imported_to": imported_to,
            "marketplace": marketplace,
            "marketplace_order_id": marketplace_order_id,
            "merchant_order_id": merchant_order_id,
            "lengow_status": lengow_status,
            "page_size": min(max(page_size, 1), LARGEST_PAGE),
            "ordering": ordering,
            **conversion(currency_conversion),
        }
        return self._iter_pages(endpoints.ORDERS, query_of(filters))

    def get_order(
        self,
        marketplace: str,
        marketplace_order_id: str,
        currency_conversion: bool | None = None,
    ) -> dict | None:
        """Return the raw payload of one order, None when Lengow does not have it.

        :param currency_conversion: as for :meth:`iter_order_pages`.
        """
        identity = (marketplace, marketplace_order_id)
        filters = {
            "marketplace": marketplace,
            "marketplace_order_id": marketplace_order_id,
            "updated_from": _SINCE_EVER,
            **conversion(currency_conversion),
        }
        for page in self._iter_pages(endpoints.ORDERS, filters):
            for payload in page.results:
                if _identity_or_none(payload) == identity:
                    return payload
        return None

    def set_merchant_order_ids(
        self,
        marketplace: str,
        marketplace_order_id: str,
        merchant_order_ids: Sequence[str],
    ) -> dict:
        """Tell Lengow all of our numbers of one order; the list replaces the old one.

        :return: the order as Lengow answers it.
        :raise NotFoundError: when Lengow does not have the order.
        """
        body = {
            **self._account_params(),
            "marketplace": marketplace,
            "marketplace_order_id": marketplace_order_id,
            "merchant_order_id": [str(number) for number in merchant_order_ids],
        }
        answer = self._transport.call(endpoints.LINK_ORDER, json=body)
        order = _as_object(answer)
        # an unknown order is told by a text, in French, with a status of success
        if "detail" in order and "marketplace_order_id" not in order:
            raise NotFoundError(
                "Lengow does not have this order.",
                status=answer.status,
                endpoint=str(answer.endpoint),
            )
        return order

    # === ACTIONS === #

    def create_action(
        self,
        marketplace: str,
        marketplace_order_id: str,
        action_type: str,
        arguments: Mapping[str, object],
    ) -> Action:
        """Ask the marketplace for an action. Sent once, never repeated.

        An error with ``may_have_arrived`` must be reconciled with
        :meth:`iter_actions`: the API has no idempotency key.

        :param action_type: Lengow's name of the action, ``ship`` for example.
        :param arguments: the action's arguments; None and empty ones are not sent.
        :return: the action as created, waiting.
        """
        given = {key: value for key, value in arguments.items() if not is_blank(value)}
        form = {
            **query_of(given),
            **self._account_params(),
            "marketplace": marketplace,
            "marketplace_order_id": marketplace_order_id,
            "action_type": action_type,
        }
        answer = self._transport.call(endpoints.CREATE_ACTION, data=form)
        try:
            return Action.from_payload(answer.json())
        except PayloadError:
            raise answer.bad("Lengow's answer does not name the action.") from None

    def iter_actions(self, **filters: object) -> Iterator[Action]:
        """Yield the actions that match every filter, lazily.

        :param filters: ``id``, ``marketplace``, ``marketplace_order_id``,
            ``action_type``, ``queued``, ``processed``, ``created_from``,
            ``created_to``, ``updated_from``, ``updated_to``, or any argument of the
            action; None is no filter, dates must be aware.
        :raise BadResponseError: when an item of the list is no action.
        """
        return self._iter_actions(query_of(filters))

    def _iter_actions(self, query: dict[str, str]) -> Iterator[Action]:
        for page in self._iter_pages(endpoints.ACTIONS, query):
            for payload in page.results:
                try:
                    action = Action.from_payload(payload)
                except PayloadError as error:
                    raise BadResponseError(
                        f"{error.message}.", endpoint=str(endpoints.ACTIONS)
                    ) from None
                yield action

    # === DOCUMENTS === #

    def download_document(self, document_id: object) -> Document:
        """Fetch one document of an order, of at most 25 MB.

        :raise PayloadError: without a document id.
        """
        identifier = clean_text(document_id)
        if identifier is None:
            raise PayloadError("The document has no id", "id", document_id)
        endpoint = endpoints.download_document(identifier)
        answer = self._transport.call(endpoint, params=self._account_params())
        return Document.from_answer(answer)

    def upload_document(
        self,
        marketplace: str,
        marketplace_order_id: str,
        filename: str,
        content: bytes,
        metadata: Mapping[str, object],
    ) -> dict:
        """Send one of our documents, a PDF, to the marketplace. Never repeated.

        :param metadata: what the channel wants to know about it, such as
            ``document_number`` and ``issue_date``.
        :return: Lengow's answer, empty when it only confirms.
        """
        form = {
            **self._account_params(),
            "marketplace": marketplace,
            "order_id": marketplace_order_id,
            "metadata": json.dumps(dict(metadata), default=as_query_text),
        }
        upload = {"upload": (filename, content, "application/pdf")}
        answer = self._transport.call(
            endpoints.UPLOAD_DOCUMENT, data=form, files=upload
        )
        return _as_object(answer) if answer.body.strip() else {}

    # === CATALOGUES === #

    def list_catalogues(self) -> list[ListedCatalogue]:
        """Return the catalogues of the account, by number; any account may ask.

        What has no number is left out.

        :raise BadResponseError: when the answer is no list.
        """
        answer = self._transport.call(
            endpoints.CATALOGUE_LIST, params=self._account_params()
        )
        payloads = answer.json()
        if not isinstance(payloads, list):
            raise answer.bad("Lengow's answer is not a list.")
        found = filter(None, map(ListedCatalogue.from_payload, payloads))
        by_number = {catalogue.id: catalogue for catalogue in found}
        return [by_number[number] for number in sorted(by_number)]

    def register_system(self, system: ShopSystem) -> dict:
        """Tell Lengow of a shop system and where its catalogues are.

        :return: what Lengow has answered.
        :raise BadResponseError: when Lengow does not say that it has taken it.
        """
        answer = self._send(endpoints.REGISTER_SYSTEM, system.registration())
        told = _as_object(answer)
        if "common_account" not in told:
            raise answer.bad("Lengow does not say that it has registered the shop.")
        return told

    def update_system(self, system: ShopSystem) -> None:
        """Tell Lengow how many products the shops of a registered system have."""
        self._send(endpoints.UPDATE_SYSTEM, system.news())

    def iter_catalogues(self) -> Iterator[Catalogue]:
        """Yield the catalogues of the account, lazily.

        :raise AccessDeniedError: for accounts that Lengow has not let in.
        :raise BadResponseError: when an item of the list is no catalogue.
        """
        filters = {**self._account_params(), "limit": str(LARGEST_PAGE)}
        endpoint = endpoints.CATALOGUES
        for page in iter_numbered_pages(self._transport, endpoint, filters):
            for payload in page.results:
                yield _read_catalogue(payload, endpoint)

    def get_catalogue(self, catalogue_id: int) -> Catalogue:
        """Return one catalogue, with how many products it has.

        :raise NotFoundError: when the account does not have it.
        """
        endpoint = endpoints.catalogue(catalogue_id)
        payload = self._read_object(endpoint, self._account_params())
        return _read_catalogue(payload, endpoint)

    def get_catalogue_attributes(self, catalogue_id: int) -> list[str]:
        """Return the names of the columns that a catalogue knows, in Lengow's order.

        A product is refused as a whole for one value of another column.
        """
        filters = {**self._account_params(), "limit": str(_LARGEST_ATTRIBUTE_PAGE)}
        endpoint = endpoints.catalogue_attributes(catalogue_id)
        pages = iter_numbered_pages(self._transport, endpoint, filters)
        return [name for page in pages for name in page.results if type(name) is str]

    def update_products(
        self,
        catalogue_id: int,
        products: Iterable[tuple[str, Mapping[str, object]]],
    ) -> Iterator[list[ProductResult]]:
        """Change values of products, and yield what became of them, call by call.

        Each call takes at most 10,000 products and may be repeated: the same values
        change nothing. Products that were not read yet are not sent. A value is a
        text, a number, a boolean, or None to clear it.

        :param products: identifier and values by the names of the columns.
        :raise NotFoundError: when the account does not have the catalogue.
        :raise CatalogueDraftError: when it is a draft.
        :raise PayloadError: for a value of another kind, before the call with it.
        """
        endpoint = endpoints.update_products(catalogue_id)
        for batch in batches(products):
            try:
                answer = self._send(endpoint, batch)
            except RequestRefusedError as error:
                raise _draft_or(error) from None
            told = _as_object(answer)
            yield [
                ProductResult.from_payload(identifier, told.get(identifier))
                for identifier in batch
            ]

    # === HELPERS === #

    def _iter_pages(
        self, endpoint: endpoints.Endpoint, filters: Mapping[str, str]
    ) -> Iterator[Page]:
        """Yield pages; nothing is asked before the first one is wanted."""
        filters = {**self._account_params(), **filters}
        yield from iter_pages(self._transport, endpoint, filters)

    def _send(self, endpoint: endpoints.Endpoint, value: dict) -> Answer:
        return self._transport.call(endpoint, params=self._account_params(), json=value)

    def _read_object(
        self, endpoint: endpoints.Endpoint, params: dict | None = None
    ) -> dict:
        return _as_object(self._transport.call(endpoint, params=params))

    def _account_params(self) -> dict[str, str]:
        """Return the member that every call needs, asking for a token if need be."""
        if self.account_id is None:
            self._transport.renew_token()
        return {"account_id": str(self._require_account_id())}

    def _require_account_id(self) -> int:
        if self.account_id is None:
            raise BadResponseError(
                "Lengow does not say which account the keys belong to.",
                endpoint=str(endpoints.GET_TOKEN),
            )
        return self.account_id


def _account_number(value: object) -> int | None:
    """Return an account id that may come as number or text, None when it is unset."""
    text = clean_text(value or None)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise PayloadError("Lengow's account id is a number", "account_id", value)
    return int(text)


def _as_object(answer: Answer) -> dict:
    value = answer.json()
    if isinstance(value, dict):
        return value
    # PHP writes an empty object as an empty list
    if value == []:
        return {}
    raise answer.bad("Lengow's answer is not an object.")


def _read_catalogue(payload: object, endpoint: endpoints.Endpoint) -> Catalogue:
    try:
        return Catalogue.from_payload(payload)
    except PayloadError as error:
        raise BadResponseError(f"{error.message}.", endpoint=str(endpoint)) from None


def _draft_or(error: RequestRefusedError) -> RequestRefusedError:
    """Return the error for a draft when Lengow refuses because of that."""
    if error.status != _CONFLICT:
        return error
    return CatalogueDraftError(
        error.message, status=error.status, endpoint=error.endpoint
    )


def _identity_or_none(payload: object) -> tuple[str, str] | None:
    try:
        return order_identity(payload)
    except PayloadError:
        return None
