"""The inbox: what Lengow sends becomes rows, once, whatever its shape."""

import logging
import time

from odoo import Command, models

from ...lengow_api import (
    LengowError,
    NotFoundError,
    Order,
    PayloadError,
    order_identity,
    payload_digest,
    reduce_payload,
    storable,
)
from ...mapper import ReferenceData
from ..errors import contained
from .content_cache import ContentCache
from .lengow_inbox_failure import UNSEEN

_logger = logging.getLogger(__name__)

# What Lengow may answer to one order each time it is asked for, and to no other one.
OF_ONE_ORDER = ("bad_response", "payload", "refused", "server_error", "too_large")
# So many in a row are no trouble of theirs any more.
MOST_UNTOLD = 3


class LengowInbox(models.AbstractModel):
    """Keeps the orders that Lengow sends."""

    _name = "lengow.inbox"
    _description = "Inbox of Lengow Orders"

    # === STORE === #

    def _store(self, account, payloads):
        """Create or refresh the rows of a page of orders.

        Identity comes first, so that even a payload that cannot be understood becomes a
        row that somebody can see. An unchanged order costs no write.

        :param lengow.account account: whose orders they are
        :param list payloads: the page's results, as they came
        :return: the rows that are new or changed, and how many results had no identity
        :rtype: tuple[lengow.order, int]
        """
        known, incoming, unreadable = self._find_news(account, payloads)
        return self._take_in(account, known, incoming), unreadable

    def _store_page(self, account, payloads):
        """Store a page of orders; one that cannot be stored keeps no other one out.

        Whatever another module raises on it stands on the order, new or known.

        :return: as :meth:`_store`; what cannot even be noted counts as without identity
        :rtype: tuple[lengow.order, int]
        """
        known, incoming, unreadable = self._find_news(account, payloads)
        touched = self.env["lengow.order"]
        if not incoming:
            return touched, unreadable
        with contained(self.env) as outcome:
            touched = self._take_in(account, known, incoming)
        if not outcome.error:
            return touched, unreadable
        touched = touched.browse()
        for (marketplace, name), payload in incoming.items():
            order = known.get((marketplace.id, name), touched.browse())
            with contained(self.env) as outcome:
                rows = self._take_in(account, known, {(marketplace, name): payload})
            if outcome.error:
                values = {"account_id": account.id, "marketplace_id": marketplace.id}
                values |= {"name": name, "payload": storable(payload)}
                rows = self.env["lengow.inbox.failure"]._note(order, values, outcome)
                unreadable += rows is None
            touched |= rows or order.browse()
        return touched, unreadable

    def _find_news(self, account, payloads):
        """Return what is known of a page of orders, and what of it is new.

        :return: rows by the id of the marketplace and number; payloads that are not
            stored as they are, by marketplace and number; how many had no identity
        :rtype: tuple[dict, dict, int]
        """
        by_identity, unreadable = self._identify(payloads)
        marketplaces = self.env["lengow.marketplace"]._find_or_create_by_code(
            account, {code for code, _name in by_identity}
        )
        incoming = {
            (marketplaces[code], name): payload
            for (code, name), payload in by_identity.items()
        }
        known = self._find_known(account, incoming)
        news = {
            (marketplace, name): payload
            for (marketplace, name), payload in incoming.items()
            if not (order := known.get((marketplace.id, name)))
            or order.unread_from
            or order.payload_digest != payload_digest(payload)
        }
        return known, news, unreadable

    def _take_in(self, account, known, incoming):
        """Create or refresh the rows of orders that are not stored as they are.

        :param dict known: rows by the id of the marketplace and number
        :param dict incoming: payloads by marketplace and number
        :return: the rows
        :rtype: lengow.order
        """
        rows = self.env["lengow.order"]
        self._read_what_changes(known, incoming)
        reference = ReferenceData(self.env)
        changed, unread, unseen, to_create, contents = rows, rows, rows, [], []
        for (marketplace, name), payload in incoming.items():
            order = known.get((marketplace.id, name), rows)
            digest = payload_digest(payload)
            if order.anonymised_at:
                payload = reduce_payload(payload)
            content = Order.from_payload(payload)
            values = {
                **self.env["lengow.inbox.content"]._prepare_values(
                    content, order, marketplace._find_definition(), reference
                ),
                **self._prepare_payload_values(payload, digest),
                "marketplace_id": marketplace.id,
            }
            ordered_at = values["order_date"]
            values["accept_before"] = marketplace._acceptance_deadline(ordered_at)
            if values["payload"] != payload:  # what the database refuses was replaced
                content = None
            if order:
                unread |= order.filtered("unread_from")
                unseen |= order.filtered(lambda o: o.unread_from in UNSEEN)
                self._remember(order, content, values["payload"])
                differing = self._differing(order, values)
                self.env["lengow.revision"]._write_payload(order, differing)
                changed |= order
            else:
                to_create.append({**values, "account_id": account.id, "name": name})
                contents.append(content)
        self.env["lengow.judge"]._judge(changed - unseen)
        created = rows.with_context(tracking_disable=True).create(to_create)
        for order, content in zip(created, contents, strict=True):
            self._remember(order, content, order.sudo()._cache.get("payload"))
        self.env["lengow.judge"]._judge(created | unseen, at_first_sight=True)
        self.env["lengow.inbox.failure"]._settle(unread)
        touched = changed | created
        self.env["lengow.revision"]._take_over(account, touched)
        touched._stages_after_inbox(changed)
        return touched

    def _prepare_payload_values(self, payload, digest):
        """Return the values that keep a payload; whatever was decided is open again."""
        return {
            "payload": storable(payload),
            "payload_digest": digest,
            "unread_from": False,
            "unread_end": False,
            "auto_accept_examined": False,
        }

    def _identify(self, payloads):
        """Return the payloads by marketplace and number, and how many have neither.

        An order that a page repeats counts once, in its last version.
        """
        by_identity, unreadable = {}, 0
        for payload in payloads:
            try:
                by_identity[order_identity(payload)] = payload
            except PayloadError as error:
                _logger.info("An order without identity was skipped: %s", error)
                unreadable += 1
        return by_identity, unreadable

    def _find_known(self, account, identities):
        orders = self.env["lengow.order"].search_fetch(
            [
                # All three, which is what the unique index begins with.
                ("account_id", "=", account.id),
                ("marketplace_id", "in", [market.id for market, _name in identities]),
                ("name", "in", [name for _marketplace, name in identities]),
            ],
            [
                *("marketplace_id", "name", "payload_digest", "unread_from"),
                "anonymised_at",
            ],
        )
        return {(order.marketplace_id.id, order.name): order for order in orders}

    def _read_what_changes(self, known, incoming):
        """Read the stored payloads that are about to be replaced, all at once."""
        changing = self.env["lengow.order"].union(
            *(
                order
                for marketplace, name in incoming
                if (order := known.get((marketplace.id, name)))
            )
        )
        changing.sudo().fetch(["payload"])

    def _differing(self, record, values):
        """Return those of some values that are not what a record has already.

        What is written without need is written in every document that shows it, and
        collides there with people and with the sending.

        :param Model record: one
        :param dict values: as for `write`; those of a line or document in a command
        :rtype: dict
        """
        differing = {}
        for name, value in values.items():
            field = record._fields[name]
            if field.type == "one2many":
                commands = self._differing_commands(record[name], value)
                if commands:
                    differing[name] = commands
            elif field.type == "json" or (
                field.convert_to_cache(value, record)
                != field.convert_to_cache(record[name], record)
            ):
                differing[name] = value
        return differing

    def _differing_commands(self, rows, commands):
        kept = []
        for command, id_, values in commands:
            if command == Command.UPDATE:
                values = self._differing(rows.browse(id_), values)
                if not values:
                    continue
            kept.append((command, id_, values))
        return kept

    def _remember(self, order, content, payload):
        """Spare an order the second parsing of its payload, if it is what was parsed.

        :param lengow_api.Order content: parsed; None where it is not what is stored
        :param dict payload: as it is stored; None where that is not known
        """
        if content is not None and payload is not None:
            ContentCache.of(self.env.cr).remember(order.id, payload, content)

    # === READ AGAIN === #

    def _reread(self, orders):
        """Show and judge payloads that are here already by what is known today.

        :param lengow.order orders: of any account
        """
        reference, shown = ReferenceData(self.env), self.env["lengow.inbox.content"]
        for order in orders:
            content, old_status = order._content(), order.lengow_status
            definition = order.marketplace_id._find_definition()
            values = shown._prepare_values(content, order, definition, reference)
            order.write(self._differing(order, values))
            if order.import_state == "imported":
                self.env["lengow.revision"]._take(
                    order, order.payload, content, old_status
                )
        self.env["lengow.judge"]._judge(orders)

    def _refresh_within(self, orders, deadline):
        """Read some orders from Lengow again, as many as there is time for.

        :param lengow.order orders: in system mode
        :param float deadline: on the clock of `time.monotonic`
        :return: by order why it is not up to date, and those there was no time for
        :rtype: tuple[dict[lengow.order, str], lengow.order]
        :raise UserError: if an account is not connected
        """
        reasons, rest = {}, orders.browse()
        for account, of_account in orders.grouped("account_id").items():
            account._check_connected()
            try:
                with account._get_client() as client:
                    found, left = self._refresh_each(
                        account, client, of_account, deadline
                    )
                reasons, rest = reasons | found, rest | left
            except LengowError as error:
                account._mark_error(error)
            else:
                account._mark_connected()
                for order, reason in found.items():
                    order._log_note(reason)
        return reasons, rest

    def _refresh_each(self, account, client, orders, deadline):
        """Read the orders of an account again; one that is not told stops no other one.

        :return: as of :meth:`_refresh_within`
        :raise LengowError: where the trouble is with Lengow, and not with some orders
        """
        reasons, rest = {}, orders.browse()
        is_any_told, untold, trouble = False, 0, None
        for order in orders:
            if time.monotonic() > deadline:
                rest |= order
                continue
            try:
                reason = self._refresh_one(account, client, order)
                is_any_told, untold = True, 0
            except LengowError as error:
                trouble, untold = error, untold + 1
                if error.code not in OF_ONE_ORDER or untold == MOST_UNTOLD:
                    raise
                reason = f"{order.name}: {account._describe_error(error)}"
            if reason:
                reasons[order] = reason
        if trouble and not is_any_told:
            raise trouble
        return reasons, rest

    def _refresh_one(self, account, client, order):
        """Read an order again, and return why it is not up to date if it is not."""
        try:
            payload = client.get_order(
                order.marketplace_id.code,
                order.name,
                currency_conversion=account.currency_conversion,
            )
        except NotFoundError:
            payload = None
        if payload is None:
            return order.env._("Lengow does not know %s any more.", order.name)
        with contained(self.env) as outcome:
            _touched, unreadable = self._store(account, [payload])
            if unreadable:
                raise PayloadError("The order has no identity")
        if not outcome.error:
            return None
        # Whatever another module raises, one order must not stop the others.
        _logger.error("Order %s is not refreshed", order.id, exc_info=outcome.error)
        return self.env["lengow.inbox.failure"]._sentence(order, outcome)
