from odoo import api, fields, models
from odoo.tools import format_datetime

# Why an order is never to become a sale order.
ORDER_REASONS = [
    ("test_order", "Test order"),
    ("duplicate", "Duplicate"),
    ("elsewhere", "Handled in another system"),
    ("buyer", "Settled with the buyer"),
    ("fraud", "Suspected fraud"),
]
# Why a failed action is not to be sent again.
BY_HAND = "by_hand"
ACTION_REASONS = [
    (BY_HAND, "Already done at the marketplace"),
    ("not_needed", "No longer needed"),
    ("impossible", "The marketplace will not do it"),
]
OTHER = ("other", "Other reason")


class LengowDismissable(models.AbstractModel):
    """What waits for somebody, and can be set aside with a reason until it is taken up.

    What that means for orders and for failed actions is told by `lengow.dismissal`.
    """

    _name = "lengow.dismissable"
    _description = "What Can Be Dismissed"

    dismiss_reason = fields.Selection(
        [*ORDER_REASONS, *ACTION_REASONS, OTHER],
        string="Dismissed Because",
        readonly=True,
        copy=False,
    )
    dismiss_note = fields.Char(string="Dismissal Note", readonly=True, copy=False)
    dismissed_at = fields.Datetime(string="Dismissed On", readonly=True, copy=False)
    dismissed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    dismissed_from = fields.Char(
        string="State Before Dismissal", readonly=True, copy=False
    )
    dismiss_label = fields.Char(string="Dismissal", compute="_compute_dismiss_label")

    # === COMPUTE METHODS === #

    @api.depends("dismiss_reason", "dismiss_note", "dismissed_at", "dismissed_by_id")
    @api.depends_context("lang", "tz")
    def _compute_dismiss_label(self):
        for record in self:
            if not record.dismissed_at:
                record.dismiss_label = False
                continue
            # Who dismissed it may be of another company, and is no secret.
            record.dismiss_label = self.env._(
                "Dismissed by %(user)s on %(date)s: %(reason)s",
                user=record.sudo().dismissed_by_id.name,
                date=format_datetime(self.env, record.dismissed_at, dt_format="short"),
                reason=record._dismissed_because(),
            )

    # === ACTION METHODS === #

    def action_open_dismiss(self):
        """Open the dialog that asks why these are dismissed.

        :raise UserError: if none of them can be, with the reason
        """
        return self.env["lengow.dismiss"]._open_for(self)

    def action_take_up(self):
        """Put what was dismissed back where it was.

        :return: a notification
        :raise UserError: if none of them can be taken up, with the reason
        """
        return self.env["lengow.dismissal"]._take_up(self)

    # === HELPERS === #

    def _is_said_done(self):
        """Whether somebody dismissed it because the marketplace has done it.

        By hand, or on our word, the answer to which was lost.

        :rtype: bool
        """
        return bool(self.dismissed_at) and self.dismiss_reason == BY_HAND

    def _dismissed_because(self):
        """Return why it was dismissed, with what was written about it.

        :rtype: str
        """
        labels = dict(self._fields["dismiss_reason"]._description_selection(self.env))
        reason = labels.get(self.dismiss_reason, "")
        return f"{reason}: {self.dismiss_note}" if self.dismiss_note else reason
