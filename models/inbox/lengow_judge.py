"""What is to be done with an order that is not imported yet, and why."""

from datetime import timedelta

from odoo import fields, models

from ...lengow_api import (
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    OrderAmounts,
    vital_problems,
)
from ...mapper import ImportProblem

# An unreadable order may hold hundreds of unreadable values; some say enough.
PROBLEM_LIMIT = 5


class LengowJudge(models.AbstractModel):
    """Sorts orders into ignored, error, waiting and ready."""

    _name = "lengow.judge"
    _description = "Lengow Judge"

    def _judge(self, orders, at_first_sight=False, any_age=False):
        """Decide anew what is to be done with orders that are not imported yet.

        What is imported stays imported, what is dismissed stays dismissed. An error is
        forgotten: the order has changed, or somebody asks for another try. What waits
        shows its products. First of all the rules say whose each of them is.

        :param lengow.order orders: of any account
        :param bool at_first_sight: whether they have just come in: an order is not too
            old because it waited here
        :param bool any_age: whether it does not matter how old they are
        """
        self.env["lengow.router"]._route(orders)
        for order in orders:
            if order.import_state == "imported" or order.dismissed_at:
                continue
            if self.env["lengow.inbox.failure"]._keep_error(order):
                continue
            definition = order.marketplace_id._find_definition()
            # An order that was ignored never passed the question of its age.
            asks_age = at_first_sight or order.import_state == "ignored"
            amounts = OrderAmounts(order._content(), definition)
            self._decide(order, amounts, asks_age and not any_age)
        self.env["lengow.matcher"]._match_waiting(orders)

    def _ask_for(self, orders):
        """Note that somebody wants orders imported, now or when they can be.

        :param lengow.order orders: of any account and state
        """
        wanted = orders.filtered(
            lambda order: (
                order.import_state != "imported"
                and not order.dismissed_at
                and not order.is_asked_for
            )
        )
        wanted.is_asked_for = True

    def _decide(self, order, amounts, asks_age):
        """Sort an order into ignored, error, waiting or ready, in this order.

        :param lengow.order order: one
        :param OrderAmounts amounts: of its content
        :param bool asks_age: whether it may be too old
        """
        reason = self._reason_to_ignore(order, amounts) or self._reason_not_ours(
            order, amounts.order, asks_age
        )
        if reason:
            return order._mark_ignored(reason)
        problem = self._find_problem(order, amounts)
        if problem:
            return order._mark_error(problem)
        reason = self._reason_to_wait(order)
        if not reason and self._is_held(order):
            reason = self._held_sentence()
        if reason:
            return order._mark_waiting(reason)
        return order._mark_ready()

    def _find_problem(self, order, amounts):
        """Return what makes the payload unfit for import, if anything.

        What cannot be read and no sale order needs is only noted, at the import.

        :param lengow.order order: one
        :param OrderAmounts amounts: of what Lengow sent of it
        :rtype: ImportProblem | None
        """
        problems = vital_problems(amounts)
        if problems:
            shown = [f"{p.path}: {p.reason}" for p in problems[:PROBLEM_LIMIT]]
            return ImportProblem(
                "payload_invalid",
                self.env._(
                    "Lengow sent values that cannot be read (%s). Ask Lengow's support "
                    "to correct the order; it is read again when it changes.",
                    "; ".join(shown),
                ),
            )
        if not order.marketplace_id.is_known:
            return ImportProblem(
                "marketplace_unknown",
                self.env._(
                    "Lengow has not described the marketplace %s yet.",
                    order.marketplace_id.code,
                ),
            )
        return None

    def _reason_to_ignore(self, order, amounts):
        if not order.marketplace_id.active:
            return self.env._("Its marketplace is switched off.")
        if order.lengow_status in DEAD_STATUSES:
            return self.env._("The marketplace has nothing to ship for it.")
        if order.is_anonymised_by_lengow:
            return self.env._("Lengow has deleted the buyer's data.")
        if order.anonymised_at:
            return self.env._("The buyer's data has been deleted.")
        if (
            order.is_fulfilled_by_marketplace
            and not order.account_id.import_fulfilled_by_marketplace
        ):
            return self.env._("The marketplace ships it itself.")
        if amounts.left_out_lines and not (
            amounts.kept_lines or amounts.unreadable_lines
        ):
            return self.env._("Every line is canceled or refused.")
        return False

    def _reason_not_ours(self, order, content, asks_age):
        """Return why an order is not for this database, unless somebody asked for it.

        :param lengow.order order: one
        :param lengow_api.Order content: what Lengow sent of it
        :param bool asks_age: whether it may be too old
        """
        if order.is_asked_for:
            return False
        start = order.marketplace_id._setting("import_orders_from")
        if start and order.order_date and order.order_date < start:
            return self.env._(
                "Only orders placed from %s (UTC) on are imported. Import it if no "
                "other system has taken care of it.",
                fields.Datetime.to_string(start),
            )
        if asks_age and self._is_too_old(order):
            days = order.account_id.import_max_age_days
            if days == 1:
                return self.env._("It was placed more than a day ago.")
            return self.env._("It was placed more than %s days ago.", days)
        if not order.marketplace_id._setting(
            "import_taken_orders"
        ) and self._is_taken_elsewhere(order, content):
            return self.env._(
                "Another system has taken it: its number there is %s. Import it if "
                "that is wrong.",
                ", ".join(content.merchant_order_ids),
            )
        return False

    def _is_too_old(self, order):
        oldest = order.account_id.import_max_age_days
        if not oldest or not order.order_date:
            return False
        return order.order_date < fields.Datetime.now() - timedelta(days=oldest)

    def _is_taken_elsewhere(self, order, content):
        """Return whether Lengow knows numbers of sale orders, and none is ours.

        Ours are those of our sale orders, living or not, and those that we have told
        Lengow, whatever became of the sale orders since. An account that this one has
        followed has spoken for us, too.
        """
        numbers = set(content.merchant_order_ids)
        if not numbers:
            return False
        ours = order.account_id._of_same_shop().ids
        told = (
            self.env["lengow.action"]
            .sudo()
            .search(
                [
                    ("order_id.name", "=", order.name),
                    ("account_id", "in", ours),
                    ("kind", "=", "link"),
                ]
            )
        )
        for action in told:
            parameters = action.parameters or {}
            if numbers & set(parameters.get("merchant_order_id") or ()):
                return False
        return (
            not order.env["sale.order"]
            .sudo()
            .search_count(
                [
                    ("name", "in", list(numbers)),
                    "|",
                    "&",
                    ("lengow_order_id.account_id", "in", ours),
                    ("lengow_order_id.name", "=", order.name),
                    "&",
                    ("company_id", "=", order.company_id.id),
                    ("client_order_ref", "=", order.name),
                ],
                limit=1,
            )
        )

    def _is_held(self, order):
        """Whether an order comes in while its account is still being set up.

        Before the products are matched it would only be in error.
        """
        return order.account_id.setup_state == "held" and not order.is_asked_for

    def _held_sentence(self):
        return self.env._(
            "Sale orders are created once the import is started on the overview."
        )

    def _reason_to_wait(self, order):
        code = order.lengow_status_code or order.marketplace_status
        if order.lengow_status == "unknown" and not code:
            return self.env._("Lengow sent it without a status.")
        if order.lengow_status == "unknown":
            return self.env._("Its status %s is not known to this version.", code)
        if order.lengow_status not in IMPORTABLE_STATUSES:
            return self.env._(
                "A sale order is created once %s confirms the order (status “Waiting "
                "for Shipment”).",
                order.marketplace_id.display_name,
            )
        if "waiting_acceptance" in order.line_ids.mapped("lengow_status"):
            return self.env._("One of its lines still waits for acceptance.")
        return False
