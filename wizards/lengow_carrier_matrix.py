from odoo import api, fields, models

from ..models.ui import notification


class LengowCarrierMatrix(models.TransientModel):
    """Links delivery methods with the carriers of marketplaces, as the warehouse asks.

    A row for each method and a column for each marketplace. What is called the same is
    filled in, and counts once somebody confirms the dialog; what is only similar is
    asked.
    """

    _name = "lengow.carrier.matrix"
    _description = "Link Carriers by Delivery Method"
    _inherit = ["lengow.dialog"]

    setup_account_id = fields.Many2one("lengow.account", readonly=True)
    row_ids = fields.One2many("lengow.carrier.matrix.row", "matrix_id")
    row_count = fields.Integer(compute="_compute_counts")
    linked_count = fields.Integer(compute="_compute_counts")
    proposal_count = fields.Integer(compute="_compute_counts")
    question_count = fields.Integer(compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends(
        "row_ids.is_linked", "row_ids.lengow_carrier_id", "row_ids.similar_carrier_id"
    )
    def _compute_counts(self):
        for dialog in self:
            linked = dialog.row_ids.filtered("is_linked")
            dialog.row_count = len(dialog.row_ids)
            dialog.linked_count = len(linked)
            filled = (dialog.row_ids - linked).filtered("lengow_carrier_id")
            dialog.proposal_count = len(filled)
            dialog.question_count = len(
                (dialog.row_ids - linked - filled).filtered("similar_carrier_id")
            )

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, marketplaces, setup_account=None):
        """Open the dialog on some marketplaces.

        :param lengow.marketplace marketplaces: of any account
        :param lengow.account setup_account: of which it is a step of the checklist
        """
        links = self.env["lengow.carrier"]._find_links(marketplaces)
        if not links:
            return notification(
                "info",
                self.env._("No marketplace asks for a carrier, or no method is there."),
            )
        links.sort(key=lambda link: bool(link.carrier))
        dialog = self.create(
            {
                "setup_account_id": setup_account and setup_account.id,
                "row_ids": [
                    fields.Command.create(_row_values(sequence, link))
                    for sequence, link in enumerate(links)
                ],
            }
        )
        action = dialog._open(self.env._("Link Carriers"))
        return {**action, "context": {"dialog_size": "extra-large"}}

    def action_link(self):
        """Link what is chosen, the proposals too, and take away what is emptied.

        What somebody else has linked since the dialog was opened stays, unless it was
        chosen anew here.

        :return: a notification with the count
        """
        self.ensure_one()
        self.check_access("write")
        self.env["lengow.carrier"].check_access("write")
        Carrier = self.env["lengow.carrier"]
        linked = 0
        for row in self.row_ids:
            carrier = row.lengow_carrier_id
            is_decided = carrier != row.shown_carrier_id
            if not is_decided:
                now = Carrier._find_for(row.marketplace_id, row.method_id)
                is_decided = carrier and not (row.is_linked or now)
                carrier = carrier if is_decided else now
            if is_decided:
                carrier._stand_for(row.method_id, row.marketplace_id)
            linked += bool(carrier)
        if self.setup_account_id:
            self.setup_account_id._mark_seen("carriers")
        return notification(
            "success",
            self.env._(
                "%(linked)s of %(count)s linked.",
                linked=linked,
                count=len(self.row_ids),
            ),
        )


def _row_values(sequence, link):
    """Return the values of the row of a delivery method at a marketplace."""
    filled = link.carrier or (link.is_certain and link.proposal)
    return {
        "sequence": sequence,
        "marketplace_id": link.marketplace.id,
        "method_id": link.method.id,
        "lengow_carrier_id": filled and filled.id,
        "shown_carrier_id": filled and filled.id,
        "similar_carrier_id": not filled and link.proposal.id,
        "is_linked": bool(link.carrier),
    }
