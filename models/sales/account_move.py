from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ...mapper.refund import Credit
from ...mapper.sale_mapper import SHIPPING_REF
from ...mapper.terms import Terms
from ..inbox.lengow_dismissable import BY_HAND
from ..ui import notification

# What the actions that send a document say about it: the first that fits counts.
SENDING = {
    "sent": Domain("state", "in", ("done", "accepted"))
    | (Domain("dismissed_at", "!=", False) & Domain("dismiss_reason", "=", BY_HAND)),
    "open": Domain("state", "in", ("todo", "sending", "unknown")),
    "failed": Domain("state", "=", "failed"),
}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "lengow.guarded"]

    lengow_order_id = fields.Many2one(
        "lengow.order",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    lengow_follows_refund = fields.Boolean(
        readonly=True,
        copy=False,
        help="Follows a refund of the marketplace, and is therefore not sent to it.",
    )
    lengow_action_ids = fields.One2many(
        "lengow.action",
        "move_id",
        string="Marketplace Actions",
        groups="lengow_connector.group_user",
    )
    lengow_can_refund = fields.Boolean(compute="_compute_lengow_can_refund")
    lengow_invoice_state = fields.Selection(
        [
            ("missing", "Not Sent"),
            ("open", "Being Sent"),
            ("failed", "Failed"),
            ("sent", "Sent"),
        ],
        string="At the Marketplace",
        compute="_compute_lengow_invoice_state",
        search="_search_lengow_invoice_state",
        help="Whether the marketplace, if it accepts this document, has got it.",
    )

    lengow_commission_ids = fields.One2many(
        "lengow.commission",
        "move_id",
        string="Marketplace Commissions",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    lengow_commission_count = fields.Integer(
        compute="_compute_lengow_commission_count", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("lengow_commission_ids")
    def _compute_lengow_commission_count(self):
        counts = dict(
            self.env["lengow.commission"]._read_group(
                [("move_id", "in", self.ids)], ["move_id"], ["__count"]
            )
        )
        for move in self:
            move.lengow_commission_count = counts.get(move._origin, 0)

    def _compute_lengow_can_refund(self):
        for move in self:
            order = move.sudo()._lengow_find_order()
            move.lengow_can_refund = bool(
                move.state == "posted"
                and move.move_type == "out_refund"
                and order.can_refund
                and not order.action_ids.filtered(
                    lambda a, m=move: a._credits(m) and a.state != "withheld"
                )
            )

    @api.depends(
        "state",
        "lengow_order_id",
        "lengow_action_ids.state",
        "lengow_action_ids.dismissed_at",
    )
    def _compute_lengow_invoice_state(self):
        # As they are searched for: no list shows what its filter denies. Accountants
        # see it who are no Lengow users.
        self.lengow_invoice_state = False
        moves = self.filtered("lengow_order_id")
        if not moves:
            return
        these = Domain("id", "in", moves._origin.ids)
        for state, domain in self._lengow_state_domains().items():
            found = set(self.sudo().search(these & domain).ids)
            for move in moves.filtered(lambda m, ids=found: m._origin.id in ids):
                move.lengow_invoice_state = state

    def _search_lengow_invoice_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {False: ~self._lengow_wanted_domain(), **self._lengow_state_domains()}
        return Domain.OR(domains.get(state, Domain.FALSE) for state in value)

    def _lengow_state_domains(self):
        """Return the domains of the documents in each state: each is in one at most.

        :rtype: dict[str, Domain]
        """
        rest, domains = self._lengow_wanted_domain(), {}
        for name in SENDING:
            sending = self._lengow_sending_domain(name)
            domains[name] = rest & sending
            rest &= ~sending
        return {**domains, "missing": rest}

    def _lengow_wanted_domain(self):
        """Return the domain of the posted documents that a marketplace wants."""
        # What is switched off or archived is told nothing any more.
        takers = (
            self.env["lengow.marketplace"]
            .sudo()
            .search([("send_invoices", "=", True), ("account_id.active", "=", True)])
            .filtered(lambda marketplace: marketplace._wants_invoices())
        )
        order = Domain("marketplace_id", "in", takers.ids) & Domain(
            "anonymised_at", "=", False
        )
        return (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", self.get_sale_types())
            & Domain("lengow_order_id", "any!", order)
        )

    def _lengow_sending_domain(self, name):
        """Return the domain of the documents whose actions say this about them."""
        # Past the rights of accountants, who see no actions.
        actions = self.env["lengow.action"].sudo()
        found = actions._search(
            Domain("kind", "=", "invoice")
            & Domain("move_id", "!=", False)
            & SENDING[name]
        )
        return Domain("id", "in", found.subselect("move_id"))

    # === CRUD METHODS === #

    def unlink(self):
        """Override of `account` to bill the commissions of a deleted draft anew."""
        billed = self.sudo().lengow_commission_ids
        billed.marketplace_id._forget_commission_booked()
        billed.unlink()
        return super().unlink()

    # === ACTION METHODS === #

    def action_open_lengow_commissions(self):
        """Open the commissions of marketplace orders that this bill is for."""
        self.env["lengow.commission"].check_access("read")
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lengow_connector.lengow_commission_action"
        )
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}

    def action_lengow_refund(self):
        """Open the dialog that refunds on the marketplace what is credited here."""
        self.ensure_one()
        self.check_access("read")
        return self.lengow_order_id._open_refund(self)

    def action_lengow_send_invoice(self):
        """Have marketplaces sent the documents that they want and have not been sent.

        :return: a notification that says how many that were
        :rtype: dict
        """
        self.check_access("write")
        missing = self.filtered(lambda move: move.lengow_invoice_state == "missing")
        reasons, sent = {}, self.browse()
        for move in missing:
            order = move._lengow_order_to_invoice()
            if reason := order.marketplace_id._reason_to_withhold():
                reasons[reason] = True
                continue
            self.env["lengow.outbox"]._plan_invoice(order, move)
            sent |= move
        if not missing:
            return notification(
                "info", self.env._("None of these is missing at a marketplace.")
            )
        messages = [*reasons]
        if sent:
            messages.insert(
                0,
                self.env._(
                    "On the way to the marketplace: %(count)s of %(total)s.",
                    count=len(sent),
                    total=len(self),
                ),
            )
        return notification("warning" if reasons else "success", " ".join(messages))

    # === CREDITING === #

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account` to know the marketplace order of a draft, too.

        Without it, Odoo's messages about the draft would go to the buyer.
        """
        reverse_moves = super()._reverse_moves(default_values_list, cancel=cancel)
        for move in reverse_moves.filtered(lambda m: m.move_type == "out_refund"):
            order = move.sudo()._lengow_find_order()
            if len(order) == 1 and not move.lengow_order_id:
                move.sudo().lengow_order_id = order
        return reverse_moves

    # === POSTING === #

    def _post(self, soft=True):
        """Override of `account` to have the marketplace told what is posted.

        It refunds what is credited, and gets the documents that it wants. A shipment
        may wait for the number of the invoice.
        """
        posted = super()._post(soft)
        orders = self.env["lengow.order"].sudo()
        for move in posted.filtered(lambda m: m.is_sale_document()):
            # Whoever posts needs no rights on the marketplace order.
            move_sudo = move.sudo()
            order = move_sudo._lengow_find_order()
            if len(order) != 1:
                continue
            orders |= order
            if move_sudo.lengow_order_id != order:
                move_sudo.lengow_order_id = order
            if move.move_type == "out_refund":
                self.env["lengow.settlement"]._refund_with(order, move_sudo)
        for move in posted:
            order = move._lengow_order_to_invoice()
            if order:
                self.env["lengow.outbox"]._plan_invoice(order, move)
        self.env["lengow.reporter"]._report(
            orders.filtered(lambda order: order.ship_state == "waiting")
        )
        return posted

    # === WHICH MARKETPLACE ORDER IT BELONGS TO === #

    def _lengow_find_order(self):
        """Return the marketplace order that this document belongs to; maybe none.

        The one that it says, that of the invoice that it reverses, or those of the sale
        orders that it is about: more than one where one document is for several.

        :rtype: lengow.order
        """
        return (
            self.lengow_order_id
            or self.reversed_entry_id.lengow_order_id
            or self.invoice_line_ids.sale_line_ids.order_id.lengow_order_id
        )

    def _lengow_order_to_invoice(self):
        """Return the Lengow order whose marketplace wants this document; maybe none.

        :rtype: lengow.order
        """
        self.ensure_one()
        nothing = self.env["lengow.order"].sudo()
        if not self.is_sale_document():
            return nothing
        order = self.sudo()._lengow_find_order()
        wanted = (
            len(order) == 1
            and not order.anonymised_at
            and order.marketplace_id._wants_invoices()
        )
        return order if wanted else nothing

    # === WHAT IS CREDITED === #

    def _lengow_credit(self):
        """Return what this credit note gives back, as the marketplace knows it.

        :return: `lines`: :class:`Credit` by `lengow.order.line`; `whole`: one for all
            of it; `rest`: what is for no line and no shipping
        :rtype: dict
        """
        self.ensure_one()
        order = self._lengow_find_order()
        terms = Terms(order)
        by_sale_line = order.line_ids.grouped("sale_line_id")
        credited, shipping, rest = {}, [], Decimal(0)
        for line in self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ):
            sale_line = line.sale_line_ids[:1]
            if sale_line and sale_line in by_sale_line:
                sold = by_sale_line[sale_line][0]._same_number()[0]
                credited.setdefault(sold, []).append(line)
            elif sale_line.is_delivery or sale_line.lengow_line_ref == SHIPPING_REF:
                shipping.append(line)
            else:
                rest += _decimal(line.price_total)
        return {
            "lines": self._lengow_line_credits(terms, credited, shipping),
            "whole": self._lengow_whole_credit(terms, shipping),
            "rest": rest,
        }

    def _lengow_line_credits(self, terms, credited, shipping):
        """Return a credit per line; the shipping goes with the first."""
        credits_ = {}
        for line, move_lines in credited.items():
            given = {} if credits_ else _shipping_values(terms, shipping)
            full = _decimal(line.whole_amount)
            rows = line._same_number().filtered("sale_line_id")
            ratio = terms.of_line(rows[0])
            if terms.differ:
                full = _decimal(sum(rows.sale_line_id.mapped("price_total"))) * ratio
            credits_[line] = Credit(
                ordered=_decimal(line.whole_quantity),
                quantity=self._lengow_credited_pieces(move_lines),
                full=full,
                amount=_total(move_lines) * ratio,
                tax=_tax(move_lines) * ratio,
                reason=self._lengow_reason(),
                **given,
            )
        return credits_

    def _lengow_credited_pieces(self, move_lines):
        """Return how many pieces are credited; none where it is a part of a pack.

        What is less than a pack can only be told by its amount.
        """
        units = defaultdict(float)
        for line in move_lines:
            sold = line.sale_line_ids[:1]
            units[sold] += line.product_uom_id._compute_quantity(
                line.quantity, sold.product_uom_id, round=False
            )
        pieces = [sold._lengow_whole_share(one) for sold, one in units.items()]
        return _decimal(0 if None in pieces else sum(pieces))

    def _lengow_whole_credit(self, terms, shipping):
        shipping_total, ratio = _total(shipping), terms.of_all()
        total = _decimal(self.amount_total)
        sales = terms.order.sale_order_ids.filtered(
            lambda sale: sale.state != "cancel" or sale._lengow_is_invoiced()
        )
        paid = _decimal(sum(sales.mapped("amount_total")))
        return Credit(
            full=(paid - shipping_total) * ratio,
            amount=(total - shipping_total) * ratio,
            tax=(_decimal(self.amount_tax) - _tax(shipping)) * ratio,
            reason=self._lengow_reason(),
            **_shipping_values(terms, shipping),
        )

    def _lengow_reason(self):
        """Return the reason in words: Odoo keeps it behind the name of the invoice."""
        reference, name = self.ref or "", self.reversed_entry_id.name
        if not name or name not in reference:
            return None
        return reference.partition(f"{name}, ")[2] or None


def _shipping_values(terms, move_lines):
    ratio = terms.of_shipping()
    return {
        "shipping": _total(move_lines) * ratio,
        "shipping_tax": _tax(move_lines) * ratio,
    }


def _total(move_lines):
    return sum((_decimal(line.price_total) for line in move_lines), Decimal(0))


def _tax(move_lines):
    return sum(
        (_decimal(line.price_total - line.price_subtotal) for line in move_lines),
        Decimal(0),
    )


def _decimal(amount):
    return Decimal(str(amount)).quantize(Decimal("0.0001"))
