"""Lengow's API for Python, free of Odoo.

:class:`LengowClient` makes the calls; :class:`Order`, :class:`Action` and
:class:`MarketplaceDefinition` give names and types to what comes back; every failure
is a :class:`LengowError` of a named kind. Nothing here knows where the results go.

The calls:

client         every call that the addon makes, by name: read this first
endpoints      their paths, time limits and whether they may be repeated
transport      one call: token, attempts, pauses, answer
patience       how often and how long a failed call is tried again
body           an answer read piece by piece, within its limits of size and time
answers        what an answer says: its JSON, its file, its error
failures       a connection that failed, as an error of ours
errors         the errors, each of a named kind
paging         lists that come in pages
query          values as the texts of parameters
urls           which addresses calls may go to
links          files behind links of strangers, fetched without being led astray
redaction      secrets and buyers kept out of logs and errors

What comes back:

payload        an order: read this first
parts          its addresses, lines, packages, payments
status         the sixteen order states: all that is asked about one, in one table
money          what the parts of an order must add up to
vital          which unreadable members keep an order from being sold
document_refs  the documents that an order speaks of
documents      a document's file
action         an action that was asked for, and how it went
catalogues     a catalogue, and what became of products that were sent to it
cms            a shop system that says where its catalogues are
marketplace    the definition of a channel
rules          what the definition says about the actions of an order
anonymise      an order without its buyer
reader         JSON objects whose members may be anything
decimals       numbers of the API as exact decimals

No module imports one that imports it in turn, not even for its types.
"""

from .action import MOMENTS, Action
from .catalogues import Catalogue, ListedCatalogue, ProductResult
from .client import UNLINKED, LengowClient
from .cms import Shop, ShopSystem
from .decimals import to_decimal
from .document_refs import DocumentRef, document_id_of, read_document_refs
from .documents import Document
from .errors import (
    AccessDeniedError,
    AuthenticationError,
    BadResponseError,
    CatalogueDraftError,
    ConnectionLostError,
    LengowError,
    LinkRefusedError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    RequestRefusedError,
    RequestTimeoutError,
    ServerError,
    TooLargeError,
    UnreachableError,
)
from .links import LinkReader
from .marketplace import MarketplaceDefinition
from .money import (
    OrderAmounts,
    Reconciliation,
    allocate,
    reconcile,
    round_currency,
)
from .paging import Page
from .parts import Address, Line, OrderTax, Package, Payment, Relay, Tracking
from .payload import Order, order_identity, payload_digest
from .reader import PayloadProblem, storable
from .redaction import redact
from .anonymise import personal_texts, reduce_payload, telling
from .rules import ActionRule, Argument, ArgumentFault, is_blank
from .status import (
    ACTIONS_BEHIND,
    BEFORE_SHIPMENT_STATUSES,
    CANCELED_STATUSES,
    COMPLETED_STATUSES,
    DEAD_STATUSES,
    GIVEN_BACK_STATUSES,
    IMPORTABLE_STATUSES,
    LEFT_OUT_LINE_STATUSES,
    MILESTONES,
    OPEN_STATUSES,
    PICKUP_STATUSES,
    PROMISED_STATUSES,
    REFUND_DUE_STATUSES,
    REFUND_STATUSES,
    REFUNDED_STATUSES,
    SENT_STATUSES,
    SHIPPED_STATUSES,
    STATUS_CODES,
    STATUS_LABELS,
    STATUS_TONES,
    TO_ACCEPT_STATUSES,
    TO_SHIP_STATUSES,
    UNKNOWN_STATUS,
    resolve_status,
)
from .transport import Transport
from .vital import minor_problems, vital_problems

__all__ = [
    "ACTIONS_BEHIND",
    "BEFORE_SHIPMENT_STATUSES",
    "CANCELED_STATUSES",
    "COMPLETED_STATUSES",
    "DEAD_STATUSES",
    "GIVEN_BACK_STATUSES",
    "IMPORTABLE_STATUSES",
    "LEFT_OUT_LINE_STATUSES",
    "MILESTONES",
    "MOMENTS",
    "OPEN_STATUSES",
    "PICKUP_STATUSES",
    "PROMISED_STATUSES",
    "REFUNDED_STATUSES",
    "REFUND_DUE_STATUSES",
    "REFUND_STATUSES",
    "SENT_STATUSES",
    "SHIPPED_STATUSES",
    "STATUS_CODES",
    "STATUS_LABELS",
    "STATUS_TONES",
    "TO_ACCEPT_STATUSES",
    "TO_SHIP_STATUSES",
    "UNKNOWN_STATUS",
    "UNLINKED",
    "AccessDeniedError",
    "Action",
    "ActionRule",
    "Address",
    "Argument",
    "ArgumentFault",
    "AuthenticationError",
    "BadResponseError",
    "Catalogue",
    "CatalogueDraftError",
    "ConnectionLostError",
    "Document",
    "DocumentRef",
    "LengowClient",
    "LengowError",
    "Line",
    "LinkReader",
    "LinkRefusedError",
    "ListedCatalogue",
    "MarketplaceDefinition",
    "NotFoundError",
    "Order",
    "OrderAmounts",
    "OrderTax",
    "Package",
    "Page",
    "PayloadError",
    "PayloadProblem",
    "Payment",
    "ProductResult",
    "RateLimitedError",
    "Reconciliation",
    "Relay",
    "RequestRefusedError",
    "RequestTimeoutError",
    "ServerError",
    "Shop",
    "ShopSystem",
    "TooLargeError",
    "Tracking",
    "Transport",
    "UnreachableError",
    "allocate",
    "document_id_of",
    "is_blank",
    "minor_problems",
    "order_identity",
    "payload_digest",
    "personal_texts",
    "read_document_refs",
    "reconcile",
    "redact",
    "reduce_payload",
    "resolve_status",
    "round_currency",
    "storable",
    "telling",
    "to_decimal",
    "vital_problems",
]
