"""Setting aside what will never be done, and taking it up again.

an order        ──► ignored, with the reason, whatever Lengow sends ──► judged anew
a failed action ──► canceled, with what it failed of                ──► as before

Nothing is sent and nothing of the outbox is forgotten: what is taken up again goes
through everything that keeps an action from being sent twice.
"""

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ..inbox.lengow_todo import OLD_ERROR_ACTIVITY
from ..ui import notification
from .apart import shows
from .kinds import ACTIVITIES, kind_of
from .ledger import Ledger
from .lengow_outbox import FAILED_ACTIVITY

# What somebody was called for, who need not come any more.
CALLS = [*{FAILED_ACTIVITY, OLD_ERROR_ACTIVITY, *ACTIVITIES.values()}]
NOT_DISMISSED = {
    "dismiss_reason": False,
    "dismiss_note": False,
    "dismissed_at": False,
    "dismissed_by_id": False,
    "dismissed_from": False,
}


class LengowDismissal(models.AbstractModel):
    """Dismisses orders and failed actions, and takes them up again."""

    _name = "lengow.dismissal"
    _description = "Dismissal of Orders and Actions"

    # === DISMISS === #

    def _obstacles(self, records):
        """Return why records cannot be dismissed, those that can be left out.

        :param records: orders or actions
        :rtype: dict
        """
        said = self._said_of_order if _are_orders(records) else self._said_of_action
        return {record: reason for record in records if (reason := said(record))}

    def _said_of_order(self, order):
        if order.dismissed_at:
            return self.env._("%s is dismissed already.", order.name)
        if order.import_state == "imported" or order.sudo()._living_sales():
            return self.env._(
                "%s is a sale order already: cancel that, or cancel the order on the "
                "marketplace.",
                order.name,
            )
        return False

    def _said_of_action(self, action):
        if action.state != "failed":
            return self.env._("%s has not failed.", action.display_name)
        return False

    def _dismiss(self, records, reason, note=False):
        """Set records aside, as far as they can be.

        :param records: orders or actions
        :param str reason: of `lengow.dismissable`
        :param str note: what somebody wrote about it
        :return: those that were dismissed, in system mode
        :raise UserError: if none of them could be, with the reason
        """
        self._check_may_act(records)
        locked = records.sudo().try_lock_for_update(allow_referencing=True)
        obstacles = self._obstacles(locked)
        possible = locked - locked.browse(r.id for r in obstacles)
        if records and not possible:
            raise UserError(self._first_of(obstacles, records))
        state = "import_state" if _are_orders(records) else "state"
        for before, alike in possible.grouped(state).items():
            alike.write(
                {
                    "dismiss_reason": reason,
                    "dismiss_note": note,
                    "dismissed_at": fields.Datetime.now(),
                    "dismissed_by_id": self.env.user.id,
                    "dismissed_from": before,
                }
            )
        if _are_orders(records):
            self._set_aside_orders(possible)
        else:
            self._set_aside_actions(possible)
        return possible

    def _set_aside_orders(self, orders):
        for order in orders:
            order._mark_ignored(self.env._("Dismissed: %s", _label_of(order)))
            order._log_note(
                self.env._(
                    "Dismissed by %(user)s: %(reason)s",
                    user=self.env.user.name,
                    reason=order._dismissed_because(),
                )
            )
        # What a person has asked for is meant, whoever takes care of the order.
        orders.action_ids.filtered(
            lambda action: (
                action.state == "todo"
                and action.kind == "accept"
                and action.create_uid.id == SUPERUSER_ID
            )
        )._take_back(self.env._("Its order was dismissed."))
        orders._dismiss_calls(CALLS)
        self._settle(orders)

    def _set_aside_actions(self, actions):
        self.env["lengow.outbox"]._dismiss_calls_to(actions)
        # With its error, which it has again when it is taken up.
        actions.write({"state": "canceled", "next_try_at": False})
        for order, dismissed in actions.grouped("order_id").items():
            order._log_note(
                self.env._(
                    "%(action)s dismissed by %(user)s: %(reason)s",
                    action=", ".join(dict.fromkeys(dismissed.mapped("kind_label"))),
                    user=self.env.user.name,
                    reason=dismissed[0]._dismissed_because(),
                )
            )
        done = actions.filtered(lambda action: action._is_said_done())
        self.env["lengow.settlement"]._bring_home(done)

    def _carry_over(self, row, order):
        """Dismiss an order as it was on the account before, which has it no more.

        :param lengow.order row: dismissed, of the account before
        :param lengow.order order: the same one, of the account that follows
        """
        values = {name: row[name] for name in NOT_DISMISSED}
        order.write(order._convert_to_write(values))
        order._mark_ignored(self.env._("Dismissed: %s", _label_of(order)))
        order._log_note(
            self.env._(
                "Dismissed on the account %(account)s by %(user)s: %(reason)s",
                account=row.account_id.name,
                user=row.dismissed_by_id.name,
                reason=row._dismissed_because(),
            )
        )
        row.write(NOT_DISMISSED)
        row._mark_ignored(
            self.env._("It is dismissed on the account %s.", order.account_id.name)
        )

    # === TAKE UP AGAIN === #

    def _take_up(self, records):
        """Put records back where they were, as far as that is possible.

        :param records: orders or actions
        :return: a notification
        :raise UserError: if none of them could be, with the reason
        """
        self._check_may_act(records)
        locked = records.sudo().try_lock_for_update(allow_referencing=True)
        are_orders = _are_orders(records)
        obstacles = {
            record: reason
            for record in locked
            if (reason := self._reason_to_stay(record, are_orders))
        }
        possible = locked - locked.browse(r.id for r in obstacles)
        if not possible:
            raise UserError(self._first_of(obstacles, records))
        if are_orders:
            self._take_up_orders(possible)
        else:
            self._take_up_actions(possible)
        message = self.env._("Taken up again: %s.", len(possible))
        if left := len(records) - len(possible):
            message += " " + self.env._(
                "Not taken up: %(count)s. %(reason)s",
                count=left,
                reason=self._first_of(obstacles, records),
            )
        return notification("warning" if left else "success", message)

    def _reason_to_stay(self, record, is_order):
        """Return why something cannot be taken up again, maybe False."""
        if not record.dismissed_at:
            return self.env._("%s is not dismissed.", record.display_name)
        if is_order:
            return False
        order = record.order_id
        if shows(order, record):
            return self.env._(
                "%s is no longer needed: the marketplace shows it done.",
                record.display_name,
            )
        if record.picking_id or record.move_id:
            # Of one document, the same was told meanwhile.
            fault = Ledger(order, action=record).fault(record.kind, record.parameters)
            if fault or self.env["lengow.outbox"]._find_successors(record):
                return fault or self.env._("The same is requested already.")
        if order.anonymised_at and kind_of(record.kind).is_personal:
            return self.env._(
                "%s cannot be sent any more: the buyer's data has been deleted.",
                record.display_name,
            )
        return False

    def _take_up_orders(self, orders):
        # Who was imported or to be imported before is not too old by now.
        were_ignored = orders.filtered(lambda o: o.dismissed_from == "ignored")
        orders.write({**NOT_DISMISSED, "auto_accept_examined": False})
        judge = self.env["lengow.judge"]
        judge._judge(orders - were_ignored, any_age=True)
        judge._judge(were_ignored)
        orders._log_note(self.env._("Taken up again by %s.", self.env.user.name))
        self.env["lengow.acceptance"]._offer(orders)
        self.env["lengow.outbox"]._call_to_failed(
            orders.action_ids.filtered(lambda action: action.state == "failed")
        )
        self._settle(orders)

    def _take_up_actions(self, actions):
        actions.write({**NOT_DISMISSED, "state": "failed"})
        for order, taken_up in actions.grouped("order_id").items():
            order._log_note(
                self.env._(
                    "%(action)s taken up again by %(user)s.",
                    action=", ".join(dict.fromkeys(taken_up.mapped("kind_label"))),
                    user=self.env.user.name,
                )
            )
        self.env["lengow.outbox"]._call_to_failed(actions)

    # === HELPERS === #

    def _settle(self, orders):
        """Have errors and deadlines told without these orders, or with them again."""
        self.env["lengow.todo"]._settle_errors()
        for cron in ("cron_warn_deadlines", "cron_process_orders"):
            self.env.ref(f"lengow_connector.{cron}").sudo()._trigger()

    def _check_may_act(self, records):
        """Check that the user may act on the orders that these are or belong to.

        :raise AccessError: if not
        """
        records.check_access("read")
        orders = records if _are_orders(records) else records.order_id
        orders.check_access("write")

    def _first_of(self, obstacles, records):
        """Return the first reason; without any, somebody else holds the records."""
        for reason in obstacles.values():
            return reason
        return self.env._(
            "%s is being processed. Try again in a moment.", records[:1].display_name
        )


def _are_orders(records):
    return records._name == "lengow.order"


def _label_of(record):
    labels = dict(record._fields["dismiss_reason"]._description_selection(record.env))
    return labels.get(record.dismiss_reason, "")
