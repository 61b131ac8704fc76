"""What an order has to say, most pressing first: one banner of each severity.

Two red banners are read like none. What stands behind the first one is counted there,
and takes its place once that is settled.
"""

from dataclasses import asdict, dataclass, field

from odoo import models
from odoo.tools import format_datetime

TONES = ("danger", "warning", "info")
ICONS = {
    "danger": "fa-exclamation-triangle",
    "warning": "fa-exclamation-circle",
    "info": "fa-info-circle",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a banner: a method of the order or of another record."""

    label: str
    name: str
    model: str = "lengow.order"
    ids: tuple[int, ...] = ()
    is_first: bool = False
    """Whether it is what most people want."""
    confirm: str | None = None
    """What is asked before, with `confirm_label` as the answer that does it."""
    confirm_label: str | None = None
    cancel_label: str | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """Something that an order has to say."""

    tone: str
    text: str
    title: str = ""
    hint: str = ""
    icon: str | None = None
    buttons: tuple[Button, ...] = field(default=())


class LengowBanner(models.AbstractModel):
    """Says what is wrong with an order, what changed, and what it waits for."""

    _name = "lengow.banner"
    _description = "Banners of Lengow Orders"

    def _of(self, order):
        """Return the banners of an order, as the page draws them.

        :param lengow.order order: one, seen by the user
        :rtype: list[dict]
        """
        shown = []
        said = [banner for banner in self._all(order) if banner]
        for tone in TONES:
            first, *others = [b for b in said if b.tone == tone] or [None]
            if first:
                shown.append(
                    {
                        **asdict(first),
                        "icon": first.icon or ICONS[tone],
                        "others": [b.title or b.text for b in others],
                    }
                )
        return shown

    def _all(self, order):
        return [
            self._import_error(order),
            self._unread(order),
            self._failed(order),
            self._unreported(order),
            self._invoice_error(order),
            self._changed(order),
            self._doubtful_taxes(order),
            self._silent(order),
            self._pending(order),
            self._corrected(order),
            self._reason(order),
        ]

    # === WHAT IS WRONG === #

    def _import_error(self, order):
        if order.import_state != "error":
            return None
        buttons = []
        if order.fix_label:
            buttons.append(Button(order.fix_label, "action_fix", is_first=True))
        again = self.env._("Try Again")
        if order.fix_label != again:
            buttons.append(Button(again, "action_import"))
        return Banner(
            "danger",
            order.error_message or "",
            hint=order.fix_hint or self.env["lengow.difference"]._hint(order) or "",
            buttons=tuple(buttons),
        )

    def _unread(self, order):
        """Say that an imported order is not here as Lengow sent it last."""
        is_imported = order.import_state == "imported" and not order.anonymised_at
        if not (is_imported and order.unread_from):
            return None
        again = Button(
            self.env._("Refresh from Lengow"), "action_refresh", is_first=True
        )
        sentence = (
            self.env._(
                "It has ended at Lengow, which could not be taken over: what is still "
                "to be delivered is on hold. Refresh it from Lengow; if that fails, "
                "too, cancel the sale order, and give your administrator the server "
                "log of that moment."
            )
            if order.unread_end
            else self.env._(
                "What Lengow sent last of this order could not be taken over: what you "
                "see is older, and all or a part of it may be canceled. Refresh it "
                "from Lengow; if that fails, too, give your administrator the server "
                "log of that moment."
            )
        )
        return Banner("danger", sentence, buttons=(again,))

    def _failed(self, order):
        """Say why the marketplace did not do the last thing that was asked for."""
        failed = order.action_ids.filtered(lambda a: a.state == "failed").sorted("id")
        if not failed:
            return None
        last = failed[-1]
        # A part for each line fails for the same reason: that is one thing to say.
        same = failed.filtered(
            lambda a: (a.kind, a.error_message) == (last.kind, last.error_message)
        )
        buttons = []
        if last.is_request and len(same) == 1 and not last._may_have_arrived():
            buttons.append(
                self._of_actions(same, self.env._("Correct"), "action_correct", True)
            )
        buttons += [
            self._of_actions(
                same, self.env._("Send Again"), "action_retry", not buttons
            ),
            self._of_actions(same, self.env._("Dismiss"), "action_open_dismiss"),
        ]
        if failed != same:
            buttons.append(
                Button(
                    self.env._("Review All %s", len(failed)),
                    "action_open_failed_actions",
                )
            )
        values = {
            "marketplace": order.marketplace_id.name,
            "action": last.kind_label,
            "reason": last.error_message or "",
        }
        if last.error_code == "marketplace":
            text = self.env._(
                "%(marketplace)s refused %(action)s: %(reason)s", **values
            )
        else:
            text = self.env._("%(action)s failed: %(reason)s", **values)
        return Banner("danger", text, buttons=tuple(buttons))

    def _of_actions(self, actions, label, name, is_first=False):
        return Button(label, name, "lengow.action", tuple(actions.ids), is_first)

    def _unreported(self, order):
        """Say what has left and is not reported, and what is missing to report it."""
        if not order.ship_state:
            return None
        buttons = []
        unlinked = order.sudo().sale_order_ids.picking_ids.filtered(
            lambda p: p.lengow_ship_state and p.lengow_carrier_missing
        )
        if unlinked and unlinked.with_env(self.env).has_access("write"):
            buttons.append(
                Button(
                    self.env._("Link Carrier"),
                    "action_link_carrier",
                    "stock.picking",
                    tuple(unlinked[:1].ids),
                    is_first=True,
                )
            )
        if order.ship_state == "unvalidated":
            buttons += self._validating(order)
        elif order.can_ship:
            label = self.env._("Complete Shipment")
            buttons.append(Button(label, "action_open_ship", is_first=not buttons))
        return Banner(
            "warning" if order.ship_state == "waiting" else "danger",
            order.ship_message or "",
            icon="fa-truck",
            buttons=tuple(buttons),
        )

    def _validating(self, order):
        """Return the buttons of deliveries that could not validate themselves."""
        stuck = order.sudo().sale_order_ids.picking_ids.filtered(
            lambda p: p.lengow_ship_state == "unvalidated"
        )
        buttons = [
            Button(self.env._("Open Delivery"), "action_open_pickings", is_first=True)
        ]
        if stuck.with_env(self.env).has_access("write"):
            buttons.append(
                Button(
                    self.env._("Try Again"),
                    "action_lengow_report",
                    "stock.picking",
                    tuple(stuck.ids),
                )
            )
        return buttons

    def _invoice_error(self, order):
        if order.invoice_state != "error":
            return None
        sales = ", ".join(order.sudo().sale_order_ids.mapped("name"))
        buttons = ()
        if order.fix_label and order.import_state != "error":
            buttons = (Button(order.fix_label, "action_fix", is_first=True),)
        return Banner(
            "danger",
            self.env._(
                "%(sales)s is not invoiced or not paid: %(reason)s",
                sales=sales,
                reason=order.invoice_error or "",
            ),
            hint=order.fix_hint or "",
            buttons=buttons,
        )

    # === WHAT IS TO BE DECIDED === #

    def _changed(self, order):
        if not order.change_kind:
            return None
        keep = Button(self.env._("Keep Sale Order"), "action_keep_as_is")
        apply = self._apply_button(order.change_kind, keep.label)
        return Banner(
            "warning",
            order.change_summary or "",
            title=self.env._("The marketplace changed this order after the import:"),
            buttons=(apply, keep) if apply else (keep,),
        )

    def _apply_button(self, kind, keep):
        if kind in ("address", "billing"):
            label, question = self.env._("Apply to Sale Order"), None
        elif kind == "content":
            label = self.env._("Apply to Sale Order")
            question = self.env._(
                "Pieces and lines that are gone are removed from the sale order. Where "
                "that is not enough, it is canceled and replaced by a new one, made of "
                "what Lengow shows now."
            )
        elif kind == "canceled":
            label = self.env._("Cancel What Is Left")
            question = self.env._(
                "What is still to be delivered of this order is canceled."
            )
        elif kind == "reopened":
            label, question = self.env._("Import Again"), None
        else:
            return None
        return Button(
            label,
            "action_apply_changes",
            is_first=True,
            confirm=question,
            confirm_label=question and label,
            cancel_label=question and keep,
        )

    def _doubtful_taxes(self, order):
        if not order.tax_doubt:
            return None
        return Banner(
            "warning",
            order.tax_doubt,
            title=self.env._("The taxes of the sale order may be wrong:"),
            buttons=(Button(self.env._("Checked"), "action_taxes_checked"),),
        )

    # === WHAT IT WAITS FOR === #

    def _silent(self, order):
        """Say that nothing of an open order is fetched or sent, and why."""
        if order.phase == "closed":
            return None
        reason = order.account_id._reason_to_rest()
        return Banner("warning", reason, icon="fa-pause") if reason else None

    def _pending(self, order):
        if not order.pending_label:
            return None
        undo = Button(self.env._("Undo"), "action_undo")
        return Banner(
            "info",
            self.env._(
                "%(progress)s Requested on %(date)s.",
                progress=order.pending_label,
                date=format_datetime(self.env, order.pending_since),
            ),
            icon="fa-clock-o",
            buttons=(undo,) if order.can_undo else (),
        )

    def _corrected(self, order):
        """Say that another address is used than the marketplace tells."""
        is_used = order.import_state != "ignored" and not order.shipped_at
        # Of one that the marketplace changed, that is decided first.
        if not (order.sudo().address_correction and is_used) or order.change_kind:
            return None
        return Banner(
            "info",
            self.env._("The address was corrected in Odoo, for this order only."),
            buttons=(
                Button(
                    self.env._("Use the Marketplace's Address"),
                    "action_use_told_address",
                ),
            ),
        )

    def _reason(self, order):
        if order.dismissed_at:
            again = Button(self.env._("Take Up Again"), "action_take_up")
            return Banner("info", order.dismiss_label, buttons=(again,))
        if order.import_state not in ("waiting", "ignored") or not order.state_reason:
            return None
        return Banner("info", order.state_reason)
