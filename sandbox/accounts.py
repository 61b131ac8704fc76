"""Accounts, key pairs and tokens.

A token is a UUID that lives 3600 s. Lengow takes it raw in ``Authorization``; its
OpenAPI text declares a bearer scheme, so both are taken here (https://docs.lengow.io/).
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .errors import ApiError


@dataclass(frozen=True)
class Account:
    """One Lengow account with its key pair."""

    id: int
    access_token: str = field(repr=False)
    secret: str = field(repr=False)
    has_rights: bool = True
    catalog_ids: tuple = ()


@dataclass
class Session:
    """A token that was handed out."""

    token: str = field(repr=False)
    account: Account
    expires_at: datetime


ACCOUNTS = (
    Account(4242, "sandbox-access-token", "sandbox-secret", catalog_ids=(101, 102)),
    Account(4343, "sandbox-access-token-2", "sandbox-secret-2", catalog_ids=(201,)),
    Account(4444, "sandbox-access-token-3", "sandbox-secret-3", has_rights=False),
)


class TokenDesk:
    """Hands out tokens for key pairs and recognises them again."""

    def __init__(self, accounts=ACCOUNTS):
        self.accounts = accounts
        self._sessions = {}

    def issue(self, access_token, secret, now, lifetime):
        """Return a new session for a key pair.

        :param lifetime: seconds
        :raise ApiError: 400 for an unknown pair, as Lengow answers it
        """
        account = next(
            (a for a in self.accounts if a.access_token == access_token), None
        )
        if account is None:
            raise ApiError(400, "Authentication error - Access token is not accepted")
        if account.secret != secret:
            raise ApiError(400, "Authentication error - Secret is not accepted")
        expires_at = now + timedelta(seconds=lifetime)
        session = Session(str(uuid.uuid4()), account, expires_at)
        self._sessions[session.token] = session
        return session

    def recognise(self, header, path, now):
        """Return the session of an ``Authorization`` header.

        :param str header: the raw token, or ``Bearer <token>``
        :param str path: of the request; the orders API refuses a missing token
            otherwise than the rest does
        :raise ApiError: 401 for a missing or unknown token, 403 for an expired one, and
            for one whose account has no rights at all
        """
        token = token_of(header)
        if not token and path.startswith("/v3.0/orders"):
            raise ApiError(403, "No token in headers to access /orders API")
        if not token:
            raise ApiError(401, "Missing authentication token")
        session = self._sessions.get(token)
        if session is None:
            raise ApiError(401, "Authentication error - Token is not known")
        if now >= session.expires_at:
            raise ApiError(403, f"Token: {token} is expired")
        if not session.account.has_rights:
            raise ApiError(403, "You do not have the rights to access this resource")
        return session

    def expire(self, header, now):
        """End the life of the token in a header at once, if it is one of ours."""
        session = self._sessions.get(token_of(header))
        if session:
            session.expires_at = now

    def expire_all(self, now):
        """End the life of every token."""
        for session in self._sessions.values():
            session.expires_at = now

    def account(self, account_id):
        """Return an account by its id, or None."""
        return next((a for a in self.accounts if a.id == account_id), None)


def token_of(header):
    """Return the token of an ``Authorization`` header, or ``""``."""
    return (header or "").removeprefix("Bearer ").strip()


def check_account(session, account_id):
    """Check that a call names an account that its token may read.

    :param account_id: as sent: a number or its text
    :raise ApiError: 400 when none is named, 403 when it is another one
    """
    if account_id in (None, ""):
        raise ApiError(400, "account_id is mandatory")
    if str(account_id) != str(session.account.id):
        raise ApiError(403, f"You do not have access to the account {account_id}")
