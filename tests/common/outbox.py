"""Orders at any status of any channel, and actions, sent and followed."""

from datetime import timedelta

from odoo.tests.common import _super_send as _send

from .orders import LengowCase, line, package, payload

ACTIONS = "/v3.0/orders/actions"
# A value that fits each type; a closed list gives its own.
FITTING = {"quantity": "1", "price": "1.50", "date": "2026-01-15T10:00:00+00:00"}
MISFITS = {"quantity": "none", "price": "-5", "date": "tomorrow"}


class OutboxCase(LengowCase):
    """Orders of several channels, and the two crons of the outbox."""

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Override to let a port be called at which nobody answers."""
        if request.url.startswith("http://127.0.0.1:9/"):
            return _send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.sandbox.settings.action_delay = 0
        self.sandbox.settings.fail_actions = ""
        self.sandbox.settings.no_error = ""

    def receive(self, number="A-1", marketplace="zalando", status=None, **values):
        """Import an order; unless told otherwise, it waits for acceptance."""
        status = status or "waiting_acceptance"
        lines = values.pop("lines", None) or [line(lengow_status=status)]
        return self.import_payload(
            payload(
                number,
                package(*lines),
                marketplace=marketplace,
                lengow_status=status,
                **values,
            )
        )

    def send(self):
        """Let the sending run once, as the scheduler does."""
        with self.crons():
            self.run_cron("cron_send_actions")

    def follow(self):
        """Let the following run once."""
        with self.crons():
            self.run_cron("cron_follow_actions")

    def send_in_vain(self):
        """Let what is planned be sent, and refused by the marketplace from now on."""
        self.sandbox.settings.action_delay = 0
        self.sandbox.settings.fail_actions = "No such parcel"
        self.send()
        self.follow()

    def pass_time(self, actions, **delta):
        """Move actions into the past, as if that time had passed."""
        past = timedelta(**delta)
        for action in actions:
            for name in ("planned_at", "sent_at", "next_try_at"):
                if action[name]:
                    action[name] -= past
        for account in actions.account_id:
            for name in ("paused_until", "failing_since"):
                if account[name]:
                    account[name] -= past
        self.env.flush_all()

    def posts(self):
        """Return the calls that sent an action."""
        return self.sandbox.calls_to(f"{ACTIONS}/", "POST")

    def actions_of(self, order, *kinds):
        """Return the actions of some kinds, the oldest first."""
        return order.action_ids.filtered(lambda a: a.kind in kinds).sorted("id")

    def activities_of(self, order, name):
        """Return an order's activities of a type of the addon: `to_cancel`, …"""
        activity_type = self.env.ref(f"lengow_connector.mail_activity_type_{name}")
        return order.activity_ids.filtered(
            lambda a: a.activity_type_id == activity_type
        )

    # === DIALOGS === #

    def enter(self, wizard, **values):
        """Enter values for arguments into a dialog, the way a person does."""
        for row in wizard.argument_ids.filtered(lambda a: a.name in values):
            row.value = values[row.name]

    def fitting(self, rule, names):
        """Return a value that fits for each of the names that an action demands."""
        values = {}
        for argument in rule.arguments.values():
            if argument.name in names and argument.is_required(values):
                values[argument.name] = self._fitting_value(argument)
        return values

    def _fitting_value(self, argument):
        if argument.is_closed_list:
            return next(iter(argument.choices))
        return FITTING.get(argument.type, "text")
