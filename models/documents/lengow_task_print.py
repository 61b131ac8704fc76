from tempfile import TemporaryFile

from odoo import models

from ...documents import Printer

# A batch is printed within some seconds.
BATCH_SIZE = 25


class LengowTaskPrint(models.AbstractModel):
    """Prints many documents: some at a time, and all of them as one PDF at the end."""

    _name = "lengow.task.print"
    _description = "Print of Many Documents"

    _batch_size = BATCH_SIZE

    def _step(self, task, documents):
        """Print a batch.

        :param lengow.task task: whose batch it is
        :param lengow.document documents: of the batch
        :raise AccessError: if the user may read no documents any more
        """
        documents.browse().check_access("read")
        readable = documents._filtered_access("read")
        memo = task.memo or {"seen": [], "notes": [], "printed": [], "titles": []}
        # Documents of several batches may have the same file.
        printer, seen = Printer(), set(memo["seen"])
        broken = set(memo.get("broken", ()))
        service = documents.env["lengow.document.printer"]
        printed, notes = service._add(printer, readable, seen, broken)
        memo["titles"].append(printer.titles)
        memo["seen"], memo["broken"] = list(seen), list(broken)
        memo["notes"] += notes
        memo["printed"] += printed.ids
        task.memo = memo
        task._keep_part(_written(printer))
        task._note(
            [note.removeprefix("• ") for note in notes],
            unnamed=len(documents - readable),
            left=(readable - printed).ids,
        )

    def _conclude(self, task):
        """Make one PDF of all, and keep who has printed what.

        :param lengow.task task: that is through
        :return: what came of it
        :rtype: str
        """
        env = task._as_asked()
        memo, printer = task.memo, Printer()
        if not memo["printed"] and not memo["notes"]:
            task._find_parts().unlink()
            return env._("Nothing is left to print.")
        for part, titles in zip(task._find_parts(), memo["titles"], strict=True):
            printer.add_part(part.raw, titles)
            part.invalidate_recordset(["raw", "datas"], flush=False)
        service = env["lengow.document.printer"]
        service._add_cover(printer, memo["notes"])
        task._keep_file("documents.pdf", _written(printer))
        printed = env["lengow.document"].browse(memo["printed"]).exists()
        service._note_printed(printed)
        return env._(
            "Documents in the print: %(count)s of %(total)s.",
            count=len(printed),
            total=task.total_count,
        )


def _written(printer):
    with TemporaryFile() as file:
        printer.write_to(file)
        file.seek(0)
        return file.read()
