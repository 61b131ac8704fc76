from tempfile import TemporaryFile

from odoo import fields, models

from ...exports import CsvTable, XlsxTable
from ...mapper.order_rows import OrderRows
from .exported_rows import exported_rows

# So many orders are in memory at once.
BATCH_SIZE = 500
TABLES = {"xlsx": XlsxTable, "csv": CsvTable}


class LengowTaskExport(models.AbstractModel):
    """Exports many orders as a file: the rows batch by batch, the file at the end."""

    _name = "lengow.task.export"
    _description = "Export of Many Orders"

    _batch_size = BATCH_SIZE

    def _step(self, task, orders):
        """Keep the rows of a batch, as far as its orders can and may be read.

        :param lengow.task task: whose batch it is
        :param lengow.order orders: of the batch
        :raise AccessError: if the user has no access to exports any more
        """
        disclosure = orders.env["lengow.disclosure"]
        disclosure._check_may_export()
        readable = orders._filtered_access("read")
        rows, Table = self._rows(task), TABLES[task.options["file_format"]]
        memo, hidden = task.memo or {}, orders - readable
        found, reasons = exported_rows(rows, readable)
        part, row_count = Table.part(rows.columns, found, memo.get("row_count", 0))
        disclosure._check_room(Table, row_count)
        task.memo = {
            "row_count": row_count,
            "left_out": [
                *memo.get("left_out", ()),
                *hidden.ids,
                *(order.id for order in reasons),
            ],
        }
        task._note(
            [f"{order.name}: {reason}" for order, reason in reasons.items()],
            unnamed=len(hidden),
            left=[order.id for order in reasons],
        )
        task._keep_part(part)

    def _conclude(self, task):
        """Make the file of the rows, and keep that the user has got these orders.

        :param lengow.task task: that is through
        :return: what came of it
        :rtype: str
        """
        env = task._as_asked()
        env["lengow.disclosure"]._check_may_export()
        today = fields.Date.context_today(self.with_env(env))
        name = f"{env._('marketplace orders')}.{task.options['file_format']}"
        with TemporaryFile() as file:
            self._write_table(task, file)
            file.seek(0)
            task._keep_file(f"{today} {name}", file.read())
        disclosed = set(task.res_ids) - set((task.memo or {}).get("left_out", ()))
        env["lengow.disclosure"]._record(disclosed, task.file_id.name)
        return env._(
            "Orders in the file: %(count)s of %(total)s.",
            count=task.done_count - task.failed_count,
            total=task.total_count,
        )

    def _write_table(self, task, file):
        TABLES[task.options["file_format"]].join(
            file,
            self._rows(task).columns,
            task._as_asked()._("Orders"),
            self._read(task._find_parts()),
            (task.memo or {}).get("row_count", 0),
        )

    def _read(self, parts):
        for part in parts:
            yield part.raw
            # The cache would keep every part.
            part.invalidate_recordset(["raw", "datas"], flush=False)

    def _rows(self, task):
        return OrderRows(task._as_asked(), task.options["row_per"] == "line")
