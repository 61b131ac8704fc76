from tempfile import TemporaryFile

from odoo import fields, models

from ...exports import CsvTable, XlsxTable, pack_rows, unpack_rows
from ...mapper.order_rows import OrderRows

# So many orders are in memory at once.
BATCH_SIZE = 500
TABLES = {"xlsx": XlsxTable, "csv": CsvTable}


class LengowTaskExport(models.AbstractModel):
    """Exports many orders as a file: the rows batch by batch, the file at the end."""

    _name = "lengow.task.export"
    _description = "Export of Many Orders"

    _batch_size = BATCH_SIZE

    def _step(self, task, orders):
        """Keep the rows of a batch, as far as the user may read its orders.

        :param lengow.task task: whose batch it is
        :param lengow.order orders: of the batch
        :raise AccessError: if the user has no access to exports any more
        """
        orders.env["lengow.disclosure"]._check_may_export()
        readable = orders._filtered_access("read")
        rows = self._rows(task)
        task._keep_part(pack_rows(rows.rows(readable) if readable else ()))

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
        env["lengow.disclosure"]._record(task.res_ids, task.file_id.name)
        return env._("%s orders are in the file.", task.done_count)

    def _write_table(self, task, file):
        env = task._as_asked()
        columns = self._rows(task).columns
        Table = TABLES[task.options["file_format"]]
        table = Table(file, columns, env._("Orders"))
        for part in task._find_parts():
            for row in unpack_rows(part.raw, columns):
                env["lengow.disclosure"]._check_room(table)
                table.write_row(row)
            # The cache would keep every part.
            part.invalidate_recordset(["raw", "datas"], flush=False)
        table.close()

    def _rows(self, task):
        return OrderRows(task._as_asked(), task.options["row_per"] == "line")
