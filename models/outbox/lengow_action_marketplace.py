from odoo import models


class LengowAction(models.Model):
    """Actions that the marketplace's definition declares."""

    _inherit = "lengow.action"

    def _marketplace_may_start(self):
        """Refuse what has become impossible since it was asked for."""
        order = self.order_id
        if order._is_action_possible(self.kind):
            return True
        status = dict(order._fields["lengow_status"]._description_selection(self.env))
        message = self.env._(
            "Not sent: the order is “%(status)s” on the marketplace now.",
            status=status[order.lengow_status],
        )
        if self.kind in order._actions_behind():
            self._mark_canceled(message)
        else:
            self._mark_failed("impossible", message)
        return False

    def _marketplace_find_sent(self, client):
        """Look through the remote actions of this order and kind.

        One that is running is adopted before the first sending, whoever started it.
        After a sending, any that was not there before it is ours.
        """
        listed = list(
            client.iter_actions(
                marketplace=self.marketplace_id.code,
                marketplace_order_id=self.order_id.name,
                action_type=self.kind,
            )
        )
        rule = self.order_id._find_action_rule(self.kind)
        foreign = {*(self.seen_refs or []), *self._taken_refs(listed)}
        ours = [
            remote
            for remote in listed
            if remote.id not in foreign
            and (self.attempt_count or remote.outcome == "waiting")
            and remote.asks_for(self.parameters or {}, rule)
        ]
        if ours:
            self._mark_accepted(ours[0])
            self._take_outcome(ours[0])
            return True
        if not self.attempt_count:
            self.seen_refs = [remote.id for remote in listed]
        return False

    def _taken_refs(self, listed):
        """Return the numbers of remote actions that are other actions of ours."""
        others = self.sudo().search_fetch(
            [
                ("account_id", "=", self.account_id.id),
                ("remote_ref", "in", [remote.id for remote in listed]),
                ("id", "!=", self.id),
            ],
            ["remote_ref"],
        )
        return others.mapped("remote_ref")

    def _marketplace_make_call(self, client):
        """Ask the marketplace for the action."""
        remote = client.create_action(
            self.marketplace_id.code,
            self.order_id.name,
            self.kind,
            self.parameters or {},
        )
        self._mark_accepted(remote)

    # === KIND `link` === #

    def _link_may_start(self):
        """Our numbers may be told at any time."""
        return True

    def _link_find_sent(self, client):
        """Nothing to look for: telling a number twice is telling it once."""
        return False

    def _link_make_call(self, client):
        """Tell Lengow the numbers of our sale orders, as they are now."""
        numbers = self.order_id.sale_order_ids.filtered(
            lambda sale: sale.state != "cancel"
        ).mapped("name")
        self.parameters = {"merchant_order_id": numbers}
        client.set_merchant_order_ids(
            self.marketplace_id.code, self.order_id.name, numbers
        )
        self._mark_done({"merchant_order_id": numbers})
