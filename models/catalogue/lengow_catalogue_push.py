"""The catalog at Lengow that is told of new quantities and prices at once."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lengow_api import LengowError
from ..ui import notification

CRON = "lengow_connector.cron_push_catalogues"
LARGEST_NUMBER = 2**31 - 1


class LengowCataloguePush(models.AbstractModel):
    """Which catalog at Lengow is told at once, and how far that is.

    Lengow has opened this to few accounts, so it is off until somebody switches it on.
    The files are fetched all the same.
    """

    _name = "lengow.catalogue.push"
    _description = "Lengow Catalog That Is Told at Once"

    lengow_number = fields.Integer(
        string="Number at Lengow",
        copy=False,
        help="Of the catalog at Lengow that was made of this one's address. It stands "
        "in the address of the catalog's page at Lengow.",
    )
    lengow_name = fields.Char(string="Name at Lengow", readonly=True, copy=False)
    is_pushed = fields.Boolean(
        string="Live Updates",
        readonly=True,
        copy=False,
        help="New quantities and prices are sent to Lengow, which need not wait for "
        "its next fetch.",
    )
    pushed_at = fields.Datetime(
        string="Last Sent", readonly=True, copy=False, help="All of the last file."
    )
    pushed_checksum = fields.Char(readonly=True, copy=False)
    push_error = fields.Text(string="Why Nothing Is Sent", readonly=True, copy=False)
    push_error_count = fields.Integer(
        string="Refused by Lengow", compute="_compute_push_error_count"
    )

    _lengow_number_check = models.Constraint(
        "CHECK(lengow_number >= 0)", "The number at Lengow is a whole number."
    )

    # === COMPUTE METHODS === #

    def _compute_push_error_count(self):
        groups = self.env["lengow.catalogue.row"]._read_group(
            [("catalogue_id", "in", self.ids), ("push_error", "!=", False)],
            ["catalogue_id"],
            ["__count"],
        )
        counts = {catalogue.id: count for catalogue, count in groups}
        for catalogue in self:
            catalogue.push_error_count = counts.get(catalogue._origin.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("lengow_number")
    def _check_lengow_number(self):
        """Keep the catalog that is told.

        :raise ValidationError: naming the catalog
        """
        for catalogue in self.filtered("is_pushed"):
            raise ValidationError(
                self.env._(
                    "Live updates of %s are on. Stop them before you choose another "
                    "catalog of Lengow.",
                    catalogue.name,
                )
            )

    # === ACTION METHODS === #

    def action_start_push(self):
        """Have Lengow told of new quantities and prices at once, if it takes them.

        :return: a notification that says what is sent
        """
        self.ensure_one()
        self.check_access("write")
        pusher = self.env["lengow.catalogue.pusher"]
        try:
            with self.account_id._get_client() as client:
                terms = pusher._agree(self, client)
        except LengowError as error:
            return notification("danger", pusher._words(self, error))
        catalogue = self.sudo()  # what was done is written by the system
        pusher._forget(catalogue)
        catalogue.write(
            {"is_pushed": True, "lengow_name": terms.name, "push_error": False}
        )
        self.env.ref(CRON).sudo()._trigger()
        return notification(
            "success",
            self.env._(
                "%(name)s at Lengow gets live updates of %(columns)s.",
                name=terms.name,
                columns=", ".join(terms.headers),
            ),
        )

    def action_push_again(self):
        """Have Lengow told again what it has refused, though nothing has changed.

        :return: a notification that says of how many products, and what stops it
        """
        self.ensure_one()
        self.check_access("write")
        count = self.env["lengow.catalogue.pusher"]._forget_refused(self.sudo())
        self.env.ref(CRON).sudo()._trigger()
        if reason := self._reason_to_push_nothing():
            return notification(
                "warning",
                self.env._(
                    "Products that are sent to Lengow again once live updates go on: "
                    "%(count)s. %(reason)s",
                    count=count,
                    reason=reason,
                ),
            )
        return notification(
            "success", self.env._("Products that are sent to Lengow again: %s", count)
        )

    def action_stop_push(self):
        """Tell Lengow nothing any more; it goes on fetching the files."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().write({"is_pushed": False, "push_error": False})

    def action_open_push_errors(self):
        """Open the rows that Lengow has refused, with what it says of each.

        :rtype: dict
        """
        self.check_access("read")
        action = self._open_own("lengow_catalogue_row_action")
        return {**action, "context": {"search_default_refused": 1}}

    # === BUSINESS METHODS === #

    def _reason_to_push_nothing(self):
        """Say why Lengow is told of nothing at once just now, False if it is.

        :rtype: str | bool
        """
        self.ensure_one()
        if not self.is_pushed:
            return self.env._("Live updates are off.")
        if not self.active:
            return self.env._("The catalog is archived.")
        return self.account_id._reason_to_send_nothing() or self.push_error
