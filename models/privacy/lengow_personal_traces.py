"""What Odoo derives from a record and keeps elsewhere: messages, files, mails."""

from odoo import api, models
from odoo.tools import SQL

from .lengow_personal_data import SHORT_LIVED_TEXTS

# The history of a posted invoice belongs to it; what people wrote there does not.
INVOICE_HISTORY = "notification"
# Files that were sent with a message, before Odoo gives them to the record.
FILES_OF_MESSAGES = ("mail.message", "mail.compose.message", False)


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    @api.model
    def _remove_traces(self, records):
        """Delete what was written about some records, and their files.

        Tracked values, mails, notifications and the like go with their message.

        :param Model records: of any model with a chatter
        :return: how many messages were deleted
        :rtype: int
        """
        if not records:
            return 0
        on_records = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        messages = self._find_messages(records)
        files = messages.attachment_ids.filtered(
            lambda file: file.res_model in FILES_OF_MESSAGES
        )
        count = len(messages)
        messages.unlink()
        self._everything("mail.activity", on_records).unlink()
        self._everything(
            "mail.scheduled.message",
            [("model", "=", records._name), ("res_id", "in", records.ids)],
        ).unlink()
        # Naming `res_field` finds images and signatures, too.
        any_field = ["|", ("res_field", "=", False), ("res_field", "!=", False)]
        files |= self._everything("ir.attachment", [*on_records, *any_field])
        files.exists().unlink()
        return count

    @api.model
    def _remove_correspondence(self, invoices):
        """Delete what people wrote about posted invoices, which stay themselves.

        Printed invoices and files that were put on the invoice belong to it. Odoo
        refuses to delete any file of a company with a restricted audit trail.

        :param account.move invoices: posted
        """
        messages = self._find_messages(invoices).filtered(
            lambda message: message.message_type != INVOICE_HISTORY
        )
        protected = invoices.filtered(lambda move: move._is_protected_by_audit_trail())
        files = messages.attachment_ids.filtered(
            lambda file: not file.res_field and file.res_id not in protected.ids
        )
        messages.unlink()
        files.exists().unlink()
        self._everything(
            "mail.activity",
            [("res_model", "=", "account.move"), ("res_id", "in", invoices.ids)],
        ).unlink()

    @api.model
    def _remove_quotations(self, texts):
        """Delete rows that are kept for a short time anyway and quote some texts.

        :param set texts: that name a buyer
        """
        if not texts:
            return
        self.env.flush_all()
        patterns = [f"%{_like(form)}%" for text in texts for form in _forms(text)]
        for table, columns in self._short_lived_tables():
            quotes = SQL(" OR ").join(
                SQL("%s::text LIKE ANY(%s)", SQL.identifier(column), patterns)
                for column in columns
            )
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), quotes)
            )
        self.env.invalidate_all(flush=False)

    # === HELPERS === #

    @api.model
    def _find_messages(self, records):
        return self._everything(
            "mail.message",
            [("model", "=", records._name), ("res_id", "in", records.ids)],
        )

    @api.model
    def _everything(self, model, domain):
        """Return the records of a domain, archived ones too."""
        return self.env[model].sudo().with_context(active_test=False).search(domain)

    @api.model
    def _short_lived_tables(self):
        """Return the short-lived tables that hold anything, with their text columns.

        :rtype: list[tuple[str, list[str]]]
        """
        columns = {
            self.env[model]._table: names
            for model, names in SHORT_LIVED_TEXTS.items()
            if model in self.env
        }
        for model in self.env.values():
            if model._transient and not model._abstract and model._auto:
                texts = [
                    name
                    for name, field in model._fields.items()
                    if field.store and field.column_type
                    if field.column_type[0] in _TEXT_COLUMNS
                ]
                if texts:
                    columns[model._table] = texts
        filled = SQL(" UNION ALL ").join(
            SQL("(SELECT %s FROM %s LIMIT 1)", table, SQL.identifier(table))
            for table in columns
        )
        return [(table, columns[table]) for (table,) in self.env.execute_query(filled)]


_TEXT_COLUMNS = ("varchar", "text", "jsonb")


def _forms(text):
    """Return a text as it is, and as JSON writes it."""
    return {text, text.encode("ascii", "backslashreplace").decode()}


def _like(text):
    """Return a text as the pattern of SQL's LIKE that matches nothing else."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
