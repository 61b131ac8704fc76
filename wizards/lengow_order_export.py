from tempfile import TemporaryFile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..exports import CsvTable, XlsxTable
from ..mapper.order_rows import OrderRows
from ..models.privacy.exported_rows import exported_rows

# So many orders are in memory at once.
BATCH_SIZE = 500
# More orders than these are exported in the background: nobody waits for longer than
# some seconds without seeing how far it is.
MOST_AT_ONCE = 2_000
# Nobody works with a larger file; and whoever got it holds as many buyers' data.
MOST_ORDERS = 100_000
# How many selected records the web client tells, unless a parameter says otherwise.
ACTIVE_IDS_LIMIT = 20_000
TABLES = {"xlsx": XlsxTable, "csv": CsvTable}


class LengowOrderExport(models.TransientModel):
    """Exports marketplace orders as a file for accountants, carriers and spreadsheets.

    The file is made while it is downloaded and is kept nowhere, but who has got which
    orders is. Which ones it holds is decided by the user's own rights at that moment.
    That of many orders is made in the background, and is there for a day.
    """

    _name = "lengow.order.export"
    _description = "Export Marketplace Orders"
    _inherit = ["lengow.dialog"]

    scope = fields.Selection(
        [("selection", "Selected Orders"), ("filter", "All Orders of the List")],
        required=True,
        default=lambda self: self._default_scope(),
    )
    order_ids_listed = fields.Json(
        string="Selected",
        readonly=True,
        default=lambda self: self.env.context.get("active_ids") or [],
        help="The selected orders, as they were listed.",
    )
    order_domain = fields.Json(
        string="Filter",
        readonly=True,
        default=lambda self: self.env.context.get("active_domain") or [],
        help="The filter of the list.",
    )
    row_per = fields.Selection(
        [("order", "One Row per Order"), ("line", "One Row per Line")],
        string="Rows",
        required=True,
        default="order",
    )
    file_format = fields.Selection(
        [("xlsx", "Excel (XLSX)"), ("csv", "CSV")],
        string="Format",
        required=True,
        default="xlsx",
    )
    order_count = fields.Integer(string="Orders", compute="_compute_order_count")

    # === DEFAULTS === #

    def _default_scope(self):
        """Return what was chosen in the list.

        The browser tells at most so many selected orders, and then all are meant.
        """
        selected = len(self.env.context.get("active_ids") or [])
        most = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("web.active_ids_limit", ACTIVE_IDS_LIMIT)
        )
        return "selection" if 0 < selected < most else "filter"

    # === COMPUTE METHODS === #

    @api.depends("scope", "order_ids_listed", "order_domain")
    def _compute_order_count(self):
        for export in self:
            export.order_count = self.env["lengow.order"].search_count(export._domain())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to offer it to those only whom Odoo itself lets export."""
        self.env["lengow.disclosure"]._check_may_export()
        return super().create(vals_list)

    # === ACTION METHODS === #

    def action_export(self):
        """Download the file, or show how far it is where that takes longer.

        :raise UserError: if there is nothing to export, or too much for one file
        """
        self.ensure_one()
        self._check_count(self.order_count)
        if self.order_count > MOST_AT_ONCE:
            self.env["lengow.disclosure"]._check_may_export()
            orders = self.env["lengow.order"].browse(self._order_ids())
            task = self.env["lengow.background"]._begin(
                "export", orders, row_per=self.row_per, file_format=self.file_format
            )
            return task._open()
        return {
            "type": "ir.actions.client",
            "tag": "lengow_download",
            "params": {"url": f"/lengow/orders/export/{self.id}"},
        }

    # === BUSINESS METHODS === #

    def _domain(self):
        if self.scope == "selection":
            return [("id", "in", self.order_ids_listed or [])]
        return self.order_domain or []

    def _check_count(self, count):
        """Refuse what makes no file.

        :raise UserError: if there are no orders, or too many
        """
        if not count:
            raise UserError(self.env._("There is no order to export."))
        if count > MOST_ORDERS:
            raise UserError(
                self.env._(
                    "These are %(count)s orders. Export at most %(most)s at once, for "
                    "example one year after the other.",
                    count=count,
                    most=MOST_ORDERS,
                )
            )

    def _file_name(self):
        return f"{self.env._('marketplace orders')}.{self.file_format}"

    def _write_file(self):
        """Make the file.

        :return: an open file without a name, which vanishes when it is closed
        :raise UserError: if there is nothing to export, or too much for one file
        """
        self.ensure_one()
        disclosure = self.env["lengow.disclosure"]
        disclosure._check_may_export()
        order_ids = self._order_ids()
        self._check_count(len(order_ids))
        rows = OrderRows(self.env, per_line=self.row_per == "line")
        file, broken = TemporaryFile(), {}  # noqa: SIM115  (the response closes it)
        table = TABLES[self.file_format](file, rows.columns, self.env._("Orders"))
        for ids in split_every(BATCH_SIZE, order_ids):
            orders = self.env["lengow.order"].browse(ids)
            found, reasons = exported_rows(rows, orders)
            broken |= reasons
            for values in found:
                disclosure._check_room(table, table.row_count + 1)
                table.write_row(values)
            # Nothing was written, and the next batch needs none of this one.
            self.env.invalidate_all(flush=False)
        table.close()
        today = fields.Date.context_today(self)
        broken_ids = {order.id for order in broken}
        disclosed = [id_ for id_ in order_ids if id_ not in broken_ids]
        disclosure._record(disclosed, f"{today} {self._file_name()}")
        self._tell_broken(broken)
        return file

    def _tell_broken(self, reasons):
        """Tell whoever exports that the file does not hold the data of all orders.

        The answer is the file: what is to be told besides goes another way.

        :param dict reasons: by order why its data is missing
        """
        if not reasons:
            return
        first, reason = next(iter(reasons.items()))
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Left Out: %s", len(reasons)),
                "message": f"{first.name}: {reason}",
            },
        )

    def _order_ids(self):
        """Return the ids of the orders that the user may read, in the list's order."""
        found = self.env["lengow.order"].search(self._domain()).ids
        if self.scope == "filter":
            return found
        readable = set(found)
        return [id_ for id_ in self.order_ids_listed if id_ in readable]
