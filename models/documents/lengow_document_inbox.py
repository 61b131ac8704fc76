"""From what an order says about its documents to rows that wait for their files."""

from odoo import Command, api, fields, models

from ...lengow_api import read_document_refs


class LengowDocument(models.Model):
    _inherit = "lengow.document"

    @api.model
    def _prepare_commands(self, order, known):
        """Return the commands that bring an order's documents up to its payload.

        What Lengow no longer names stays: a file that was fetched is the merchant's.

        :param lengow_api.Order order: as Lengow sent it
        :param lengow.order known: the row that exists already, or none
        :rtype: list
        """
        if order.anonymized or known.anonymised_at:
            # Documents are full of the buyer's data.
            return []
        rows = {row.remote_key: row for row in known.document_ids}
        commands = []
        for ref in read_document_refs(order):
            row = rows.get(ref.key)
            if not row:
                commands.append(Command.create(self._prepare_values(ref)))
            elif row.state != "fetched" and row.url != (ref.url or False):
                # The old link has perhaps expired; the new one deserves new tries.
                values = {"url": ref.url, **self._restart_values()}
                commands.append(Command.update(row.id, values))
        return commands

    def _prepare_values(self, ref):
        return {
            "kind": ref.kind,
            "name": ref.name,
            "remote_key": ref.key,
            "remote_id": ref.document_id,
            "url": ref.url,
        }

    def _restart_values(self):
        return {
            "state": "todo",
            "attempt_count": 0,
            "next_try_at": fields.Datetime.now(),
            "error_message": False,
        }
