"""Lengow's API for Python, free of Odoo.

:class:`LengowClient` makes the calls; :class:`Order`, :class:`Action` and
:class:`MarketplaceDefinition` give names and types to what comes back; every failure
is a :class:`LengowError` of a named kind. Nothing here knows where the results go.
"""

from .action import MOMENTS, Action
from .client import UNLINKED, LengowClient
from .document_refs import DocumentRef, document_id_of, read_document_refs
from .documents import Document
from .errors import (
    AccessDeniedError,
    AuthenticationError,
    BadResponseError,
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
    to_decimal,
)
from .paging import Page
from .parts import Address, Line, OrderTax, Package, Payment, Relay, Tracking
from .payload import Order, order_identity, payload_digest
from .reading import PayloadProblem, storable
from .redaction import RedactingFilter, redact, redact_mapping
from .reduction import personal_texts, reduce_payload, telling
from .rules import ActionRule, Argument, ArgumentFault, is_blank
from .status import (
    ACTIONS_BEHIND,
    BEFORE_SHIPMENT_STATUSES,
    CANCELLED_STATUSES,
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    OPEN_STATUSES,
    PENDING_STATUSES,
    PROMISED_STATUSES,
    REFUND_STATUSES,
    REFUNDED_STATUSES,
    SHIPPED_STATUSES,
    STATUS_CODES,
    STATUS_LABELS,
    STATUS_TONES,
    TO_SHIP_STATUSES,
    UNKNOWN_STATUS,
    resolve_status,
)
from .transport import Transport

__all__ = [
    "ACTIONS_BEHIND",
    "BEFORE_SHIPMENT_STATUSES",
    "CANCELLED_STATUSES",
    "DEAD_STATUSES",
    "IMPORTABLE_STATUSES",
    "MOMENTS",
    "OPEN_STATUSES",
    "PENDING_STATUSES",
    "PROMISED_STATUSES",
    "REFUNDED_STATUSES",
    "REFUND_STATUSES",
    "SHIPPED_STATUSES",
    "STATUS_CODES",
    "STATUS_LABELS",
    "STATUS_TONES",
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
    "ConnectionLostError",
    "Document",
    "DocumentRef",
    "LengowClient",
    "LengowError",
    "Line",
    "LinkReader",
    "LinkRefusedError",
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
    "RateLimitedError",
    "Reconciliation",
    "RedactingFilter",
    "Relay",
    "RequestRefusedError",
    "RequestTimeoutError",
    "ServerError",
    "TooLargeError",
    "Tracking",
    "Transport",
    "UnreachableError",
    "allocate",
    "document_id_of",
    "is_blank",
    "order_identity",
    "payload_digest",
    "personal_texts",
    "read_document_refs",
    "reconcile",
    "redact",
    "redact_mapping",
    "reduce_payload",
    "resolve_status",
    "round_currency",
    "storable",
    "telling",
    "to_decimal",
]
