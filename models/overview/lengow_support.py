"""What whoever helps a merchant wants to know of an account.

Nothing in it is a key, a person's, an order's number or a file's: it may be mailed.
"""

import json
import platform

from odoo import fields, models, release
from odoo.fields import Domain

OWN = "lengow_connector"
RUNS = 50
# Of an account and a marketplace everything of these types is told, as it is set.
PLAIN_TYPES = (
    "boolean",
    "integer",
    "float",
    "monetary",
    "selection",
    "date",
    "datetime",
)
# What they refer to is told by its name only where that names no person.
NAMED = (
    "account.fiscal.position",
    "account.journal",
    "crm.team",
    "product.pricelist",
    "product.product",
    "res.company",
    "res.country",
    "stock.warehouse",
)
# Texts that say nothing of a person and open no door.
TEXTS = ("code", "environment", "error_code", "lengow_account_ref", "name")
# By whom and when a record was written is nobody's business there.
LOGGED = models.MAGIC_COLUMNS


class LengowSupport(models.AbstractModel):
    """Describes an account for support, without secrets and without personal data."""

    _name = "lengow.support"
    _description = "Report for Lengow Support"

    def _report(self, account):
        """Return the report as the text of a file.

        :param lengow.account account: one, which the user may read
        :return: JSON; moments are in UTC
        :rtype: str
        """
        account.ensure_one()
        account.check_access("read")
        # The user may see this account; how many orders there are is told of all.
        told = self._describe(account.with_context(lang="en_US").sudo())
        return json.dumps(told, indent=2, ensure_ascii=False, default=str)

    def _describe(self, account):
        marketplaces = account.with_context(active_test=False).marketplace_ids
        return {
            "written_at": fields.Datetime.now(),
            "versions": self._versions(),
            "account": self._settings(account),
            "marketplaces": [self._settings(one) for one in marketplaces],
            "counts": self._counts(account),
            "paused_records": self._count(
                "lengow.pause", [("until", ">", fields.Datetime.now())], ["cron"]
            ),
            "scheduled_actions": self._crons(),
            "last_runs": self._runs(),
        }

    # === PARTS === #

    def _versions(self):
        modules = self.env["ir.module.module"].sudo()
        installed = modules.search([("state", "=", "installed")], order="name")
        foreign = installed.filtered(lambda module: module.author != "Odoo S.A.")
        return {
            "odoo": release.version,
            "python": platform.python_version(),
            "postgresql": self.env.cr._cnx.server_version,
            "modules": {one.name: one.installed_version for one in foreign},
        }

    def _settings(self, record):
        """Return what is set on an account or a marketplace, by the names of fields."""
        told = {}
        for name, field in sorted(record._fields.items()):
            if name in LOGGED or not field.store or field.groups:
                continue
            if field.type in PLAIN_TYPES or name in TEXTS:
                told[name] = record[name]
            elif field.type == "many2one" and name != "account_id":
                told[name] = self._name_of(record[name])
        return told

    def _name_of(self, record):
        if record and record._name in NAMED:
            return record.display_name
        return bool(record)

    def _counts(self, account):
        of_account = [("account_id", "=", account.id)]
        of_orders = [("order_id.account_id", "=", account.id)]
        return {
            "orders": self._count(
                "lengow.order", of_account, ["import_state", "lengow_status"]
            ),
            "orders_by_error": self._count(
                "lengow.order",
                [*of_account, ("error_code", "!=", False)],
                ["error_code"],
            ),
            "actions": self._count("lengow.action", of_orders, ["kind", "state"]),
            "documents": self._count("lengow.document", of_orders, ["state"]),
        }

    def _count(self, model, domain, groups):
        """Return how many records there are, by what they are grouped by."""
        found = self.env[model].sudo()._read_group(Domain(domain), groups, ["__count"])
        return {" / ".join(map(str, row[:-1])): row[-1] for row in found}

    def _crons(self):
        crons = self._own_crons()
        names = crons.get_external_id()
        return {
            names[cron.id].partition(".")[2]: {
                "active": cron.active,
                "every": f"{cron.interval_number} {cron.interval_type}",
                "last": cron.lastcall,
                "next": cron.nextcall,
                "failures": cron.failure_count,
            }
            for cron in crons
        }

    def _runs(self):
        """Return the last runs that Odoo remembers, which is for a week."""
        crons = self._own_crons()
        names = crons.get_external_id()
        runs = (
            self.env["ir.cron.progress"]
            .sudo()
            .search([("cron_id", "in", crons.ids)], order="id desc", limit=RUNS)
        )
        return [
            {
                "began": run.create_date,
                "what": names[run.cron_id.id].partition(".")[2],
                "done": run.done,
                "remaining": run.remaining,
                "timed_out": run.timed_out_counter,
            }
            for run in runs
        ]

    def _own_crons(self):
        data = self.env["ir.model.data"].sudo()
        ids = data.search([("module", "=", OWN), ("model", "=", "ir.cron")]).mapped(
            "res_id"
        )
        Crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        return Crons.browse(ids).exists().sorted("id")
