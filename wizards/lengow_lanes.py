from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from ..models.ui import notification

# Beyond that, PostgreSQL is what is waited for.
MOST_LANES = 16
# The scheduled action behind each field, which is called as on the page Health.
CRONS = {
    "import_lanes": "cron_process_orders",
    "send_lanes": "cron_send_actions",
    "follow_lanes": "cron_follow_actions",
}


class LengowLanes(models.TransientModel):
    """Chooses in how many workers at once orders are imported and actions are sent."""

    _name = "lengow.lanes"
    _description = "Lanes of Lengow's Scheduled Actions"
    _inherit = ["lengow.dialog"]

    import_lanes = fields.Integer(
        string="Import Orders",
        required=True,
        default=lambda self: self._lanes_of("import_lanes"),
        help="On the machine of the database, no more of them work at once than it has "
        "processors.",
    )
    send_lanes = fields.Integer(
        string="Send",
        required=True,
        default=lambda self: self._lanes_of("send_lanes"),
    )
    follow_lanes = fields.Integer(
        string="Follow Answers",
        required=True,
        default=lambda self: self._lanes_of("follow_lanes"),
        help="Each account is followed by one lane at a time.",
    )
    server_lanes = fields.Integer(
        string="Scheduled Actions at Once",
        compute="_compute_server_lanes",
        help="How many scheduled actions this server runs at once, those of all "
        "databases together; its administrator sets it as max_cron_threads.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_server_lanes(self):
        self.server_lanes = config["max_cron_threads"]

    # === CONSTRAINT METHODS === #

    @api.constrains(*CRONS)
    def _check_lanes(self):
        """Keep the numbers within bounds.

        :raise ValidationError: naming the one that is not
        """
        for dialog in self:
            for name in CRONS:
                if not 1 <= dialog[name] <= MOST_LANES:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: choose a number of lanes from 1 to %(most)s.",
                            field=dialog._fields[name]._description_string(self.env),
                            most=MOST_LANES,
                        )
                    )

    # === ACTION METHODS === #

    def action_confirm(self):
        """Create the lanes that are missing, and remove those that are too many.

        :return: a notification that says how many there are now
        :raise UserError: if one that is to go is running just now
        """
        self.ensure_one()
        for name in CRONS:
            self._cron(name)._lengow_set_lanes(self[name])
        lanes = ", ".join(
            f"{self._fields[name]._description_string(self.env)}: {self[name]}"
            for name in CRONS
        )
        answer = notification("success", self.env._("Lanes from now on: %s.", lanes))
        answer["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return answer

    # === HELPERS === #

    @api.model
    def _lanes_of(self, name):
        return len(self._cron(name).lengow_lane_ids) + 1

    @api.model
    def _cron(self, name):
        return self.env.ref(f"lengow_connector.{CRONS[name]}").sudo()
