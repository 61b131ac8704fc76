from odoo import fields, models

from odoo.addons.base.models.ir_cron import CompletionStatus

# In the context of a write that is to reach no other lane.
ALONE = {"lengow_without_lanes": True}
# What the lanes of a scheduled action have in common with it, whoever changes it.
SHARED = ("active", "interval_number", "interval_type", "priority", "user_id")


class IrCron(models.Model):
    """A scheduled action with lanes: records of its own that do the same beside it.

    One record runs in one worker at a time; its lanes run in others, on this server or
    on others, and share the work by the locks of its rows.
    """

    _inherit = "ir.cron"

    lengow_lane_of_id = fields.Many2one(
        "ir.cron",
        string="Lane Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    lengow_lane_ids = fields.One2many(
        "ir.cron",
        "lengow_lane_of_id",
        string="Lanes",
        readonly=True,
        context={"active_test": False},
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to keep the lanes as what they are lanes of."""
        result = super().write(vals)
        shared = {name: vals[name] for name in SHARED if name in vals}
        lanes = self.sudo().lengow_lane_ids
        if shared and lanes and not ALONE.items() <= self.env.context.items():
            lanes.write(shared)
        return result

    def _update_failure_count(self, job, status):
        """Override to have all lanes run as long as one of them works.

        Odoo switches off what fails for a week, each by itself.
        """
        result = super()._update_failure_count(job, status)
        if status != CompletionStatus.FAILED:
            self.browse(job["id"])._lengow_revive_siblings()
        return result

    # === BUSINESS METHODS === #

    def _lengow_revive_siblings(self):
        """Switch on what does the same beside a scheduled action that works."""
        every = self.sudo().with_context(active_test=False)
        first = every.lengow_lane_of_id or every
        dead = (first | first.lengow_lane_ids).filtered(lambda cron: not cron.active)
        # People switch off all of them at once; what is off does not run.
        if every.active and (free := dead.try_lock_for_update()):
            free.with_context(**ALONE).write(
                {"active": True, "nextcall": fields.Datetime.now()}
            )

    def _trigger_list(self, at_list):
        """Override to wake the lanes, too."""
        triggers = super()._trigger_list(at_list)
        for lane in self.sudo().lengow_lane_ids:
            triggers |= lane._trigger_list(at_list)
        return triggers

    def _lengow_set_lanes(self, count):
        """Have a scheduled action run in so many workers at once.

        :param int count: at least one, which is the scheduled action itself
        :raise UserError: if one that is to go is running just now
        """
        self.ensure_one()
        lanes = self.lengow_lane_ids.sorted("id")
        lanes[max(count - 1, 0) :].unlink()
        for number in range(len(lanes) + 2, count + 1):
            self.copy(
                {
                    "name": f"{self.name} ({number})",
                    "lengow_lane_of_id": self.id,
                    "nextcall": fields.Datetime.now(),
                }
            )
        if self.active:
            self._lengow_revive_siblings()
