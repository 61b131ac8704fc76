"""The inbox: what Lengow sends becomes rows, once, whatever its shape."""

import logging
from collections import defaultdict
from datetime import UTC, timedelta

from odoo import api, fields, models

from ...lengow_api import (
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    LengowError,
    NotFoundError,
    Order,
    OrderAmounts,
    PayloadError,
    order_identity,
    payload_digest,
    reduce_payload,
    resolve_status,
    storable,
)
from ...mapper import ImportProblem, ReferenceData

_logger = logging.getLogger(__name__)

# Marketplace texts are shown in lists; a longer one is kept whole in the payload.
TEXT_LIMIT = 512
# An unreadable order may hold hundreds of unreadable values; some say enough.
PROBLEM_LIMIT = 5


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === BUSINESS METHODS === #

    @api.model
    def _store_payloads(self, account, payloads):
        """Create or refresh the rows of a page of orders.

        Identity comes first, so that even a payload that cannot be understood becomes a
        row that somebody can see. An order whose payload has not changed costs no
        write.

        :param lengow.account account: whose orders they are
        :param list payloads: the page's results, as they came
        :return: the rows that are new or changed, and how many results had no identity
        :rtype: tuple[lengow.order, int]
        """
        by_identity, unreadable = self._identify(payloads)
        if not by_identity:
            return self.browse(), unreadable
        marketplaces = self.env["lengow.marketplace"]._find_or_create_by_code(
            account, {code for code, _name in by_identity}
        )
        incoming = {
            (marketplaces[code], name): payload
            for (code, name), payload in by_identity.items()
        }
        known = self._find_known(account, incoming)
        reference = ReferenceData(self.env)
        definitions = {m: m._find_definition() for m in marketplaces.values()}
        changed = self.browse()
        to_create = []
        for (marketplace, name), payload in incoming.items():
            order = known.get((marketplace.id, name), self.browse())
            digest = payload_digest(payload)
            if order and order.payload_digest == digest:
                continue
            if order.anonymised_at:
                payload = reduce_payload(payload)
            values = {
                **self._prepare_inbox_values(
                    payload, order, definitions[marketplace], reference
                ),
                "marketplace_id": marketplace.id,
                "payload": storable(payload),
                "payload_digest": digest,
                "auto_accept_examined": False,
            }
            values["accept_before"] = marketplace._acceptance_deadline(
                values["order_date"]
            )
            if order:
                order._write_payload(values)
                changed |= order
            else:
                to_create.append({**values, "account_id": account.id, "name": name})
        changed._reset_import_state()
        created = self.with_context(tracking_disable=True).create(to_create)
        created._reset_import_state()
        changed._close_actions_left_behind()
        (changed | created)._offer_to_auto_accept()
        (changed | created)._follow_anonymisation()
        return changed | created, unreadable

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
        orders = self.search_fetch(
            [
                ("account_id", "=", account.id),
                ("name", "in", [name for _marketplace, name in identities]),
            ],
            ["marketplace_id", "name", "payload_digest", "anonymised_at"],
        )
        return {(order.marketplace_id.id, order.name): order for order in orders}

    def _prepare_inbox_values(self, payload, known, definition, reference):
        """Return the values that show an order, however little of it is readable.

        :param dict payload: the order as Lengow sent it
        :param lengow.order known: the row that exists already, or none
        :param definition: of its marketplace, as `_find_definition` returns it
        :param ReferenceData reference: countries and currencies
        :rtype: dict
        """
        order = Order.from_payload(payload)
        status, code = resolve_status(order, definition)
        delivery = next((p.delivery for p in order.packages if p.delivery), None)
        billing = order.billing_address
        return {
            "lengow_status": status,
            "lengow_status_code": code,
            "marketplace_status": order.marketplace_status,
            "order_date": _naive(
                order.marketplace_order_date or order.imported_at or order.updated_at
            ),
            "lengow_updated_at": _naive(order.updated_at),
            "customer_name": _shown_name(billing) or _shown_name(delivery),
            "email": _email(billing) or _email(delivery),
            "country_id": self._country_id(delivery or billing, reference),
            "currency_id": reference.currency(order.currency).id,
            "amount_total": float(order.total_order or 0),
            "amount_tax": float(order.total_tax or 0),
            "amount_shipping": float(order.shipping or 0),
            "amount_commission": float(order.commission or 0),
            "is_express": order.is_express,
            "is_business": order.is_business,
            "is_prime": order.is_prime,
            "is_fulfilled_by_marketplace": order.is_fulfilled_by_marketplace,
            "is_anonymised_by_lengow": order.anonymized,
            "ship_before": _naive(_ship_before(order)),
            "comment": order.comments,
            "pickup_ref": _pickup_ref(order),
            "line_ids": self._line_commands(order, known, definition),
            "document_ids": self.env["lengow.document"]._prepare_commands(order, known),
        }

    def _line_commands(self, order, known, definition):
        """Return the commands that bring a row's lines up to the payload's.

        A line keeps its row as long as the marketplace keeps its number, since the sale
        order line hangs on it. Numbers may repeat, or be missing; then the order of the
        lines tells them apart.
        """
        rows = defaultdict(list)
        for row in known.line_ids.sorted("sequence"):
            rows[row.lengow_line_ref or row.sequence].append(row)
        commands, sequence = [], 0
        for index, package in enumerate(order.packages):
            for line in package.lines:
                values = self._prepare_line_values(line, definition)
                values.update(sequence=sequence, package_index=index)
                same = rows[line.marketplace_order_line_id or sequence]
                commands.append((1, same.pop(0).id, values) if same else (0, 0, values))
                sequence += 1
        return commands + [(2, row.id, 0) for left in rows.values() for row in left]

    def _prepare_line_values(self, line, definition):
        has_status = line.lengow_status or line.marketplace_status
        return {
            "lengow_line_ref": line.marketplace_order_line_id,
            "sku": line.merchant_product_id or line.marketplace_product_id,
            "title": (line.title or "")[:TEXT_LIMIT],
            "quantity": float(line.quantity or 0),
            "amount_total": float(line.amount or 0),
            "amount_tax": float(line.tax or 0),
            "lengow_status": has_status and resolve_status(line, definition)[0],
            "ship_before": _naive(line.max_shipping_date),
        }

    def _country_id(self, address, reference):
        return reference.country_id(address.country_code) if address else False

    # === WHAT IS TO BE DONE WITH IT === #

    def _reread_payload(self):
        """Show and judge payloads that are here already by what is known today."""
        reference = ReferenceData(self.env)
        definitions = {m: m._find_definition() for m in self.marketplace_id}
        for order in self:
            old_status = order.lengow_status
            order.write(
                self._prepare_inbox_values(
                    order.payload, order, definitions[order.marketplace_id], reference
                )
            )
            if order.import_state == "imported":
                order._follow_marketplace(Order.from_payload(order.payload), old_status)
        self._reset_import_state()

    def _reset_import_state(self):
        """Decide anew what is to be done with orders that are not imported yet.

        What is imported stays imported. An error is forgotten: the order has changed,
        or somebody asks for another try.
        """
        definitions = {m: m._find_definition() for m in self.marketplace_id}
        for order in self:
            if order.import_state == "imported":
                continue
            content = Order.from_payload(order.sudo().payload)
            amounts = OrderAmounts(content, definitions[order.marketplace_id])
            order._decide_import_state(amounts)

    def _decide_import_state(self, amounts):
        """Sort an order into ignored, error, waiting or ready, in this order.

        :param OrderAmounts amounts: of its payload
        """
        reason = self._reason_to_ignore(amounts)
        if reason:
            return self._mark_ignored(reason)
        problem = self._inbox_problem(amounts.order)
        if problem:
            return self._mark_error(problem)
        reason = self._reason_to_wait()
        if reason:
            return self._mark_waiting(reason)
        return self._mark_ready()

    def _inbox_problem(self, content):
        """Return what makes the payload unfit for import, if anything.

        :param lengow_api.Order content: of the payload
        :rtype: ImportProblem | None
        """
        if content.problems:
            shown = [f"{p.path}: {p.reason}" for p in content.problems[:PROBLEM_LIMIT]]
            return ImportProblem(
                "payload_invalid",
                self.env._(
                    "Lengow sent values that cannot be read (%s). Ask Lengow's support "
                    "to correct the order; it is read again when it changes.",
                    "; ".join(shown),
                ),
            )
        if not self.marketplace_id.is_known:
            return ImportProblem(
                "marketplace_unknown",
                self.env._(
                    "Lengow has not described the marketplace %(code)s yet. Open the "
                    "account and synchronise the marketplaces; the order then goes on "
                    "by itself.",
                    code=self.marketplace_id.code,
                ),
            )
        return None

    def _reason_to_ignore(self, amounts):
        if self.lengow_status in DEAD_STATUSES:
            return self.env._("There is nothing to ship: the marketplace says so.")
        if self.is_anonymised_by_lengow:
            return self.env._("Lengow has deleted the buyer's data.")
        if self.anonymised_at:
            return self.env._("The buyer's data has been deleted.")
        if (
            self.is_fulfilled_by_marketplace
            and not self.account_id.import_fulfilled_by_marketplace
        ):
            return self.env._("The marketplace ships it itself.")
        if self._is_too_old():
            return self.env._(
                "It was placed more than %s days ago.",
                self.account_id.import_max_age_days,
            )
        if amounts.left_out_lines and not (
            amounts.kept_lines or amounts.unreadable_lines
        ):
            return self.env._("Every line is cancelled or refused.")
        return False

    def _is_too_old(self):
        oldest = self.account_id.import_max_age_days
        if not oldest or not self.order_date or self.env.context.get("lengow_any_age"):
            return False
        return self.order_date < fields.Datetime.now() - timedelta(days=oldest)

    def _reason_to_wait(self):
        code = self.lengow_status_code or self.marketplace_status
        if self.lengow_status == "unknown" and not code:
            return self.env._("Lengow sent it without a status.")
        if self.lengow_status == "unknown":
            return self.env._("Its status %s is not known to this version.", code)
        if self.lengow_status not in IMPORTABLE_STATUSES:
            return self.env._(
                "It is imported once the marketplace says “waiting for shipment”."
            )
        if "waiting_acceptance" in self.line_ids.mapped("lengow_status"):
            return self.env._("One of its lines still waits for acceptance.")
        return False

    # === REFRESH === #

    def _refresh_from(self, account):
        """Read some orders of an account again.

        :param lengow.account account: of these orders
        :return: the orders that Lengow does not know
        :raise UserError: if the account is not connected
        """
        account._check_connected()
        missing = self.browse()
        try:
            with account._get_client() as client:
                for order in self:
                    try:
                        payload = client.get_order(
                            order.marketplace_id.code,
                            order.name,
                            currency_conversion=account.currency_conversion,
                        )
                    except NotFoundError:
                        payload = None
                    if payload is None:
                        missing |= order
                    else:
                        self._store_payloads(account, [payload])
        except LengowError as error:
            account._mark_error(error)
        else:
            account._mark_connected()
        return missing


def _naive(moment):
    """Return an aware datetime as Odoo stores it: naive, UTC, whole seconds."""
    if not moment:
        return False
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _shown_name(address):
    if not address:
        return False
    name = " ".join(filter(None, [address.first_name, address.last_name]))
    return (address.company or name or address.full_name or "")[:TEXT_LIMIT] or False


def _email(address):
    return (address and address.email) or False


def _ship_before(order):
    deadlines = [
        line.max_shipping_date for line in order.lines if line.max_shipping_date
    ]
    return min(deadlines, default=order.shipping_deadline)


def _pickup_ref(order):
    relays = (t.relay for package in order.packages for t in package.trackings)
    return next((relay.id for relay in relays if relay and relay.id), False)
