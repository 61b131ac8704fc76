"""What is personal, where it is, and how it goes: from any record, and from elsewhere.

the record's own fields ──► replaced, as PERSONAL_FIELDS says
what Odoo derives from it and keeps elsewhere: messages, files, mails ──► deleted
what quotes it for a while: logs, dialogs ──► deleted
"""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.account.models.mail_message import bypass_token

from .quoting import forms, like

# Model -> field -> what replaces it. What holds nothing but personal data is deleted
# instead: documents, messages, activities, files. The payload becomes what
# `lengow_api.reduce_payload` leaves of it. Partners lose every text that they have
# (see `res_partner`).
#
# What stays: numbers, dates, statuses, amounts, products, countries, the first two
# characters of postcodes, and posted invoices, which are legal records.
PERSONAL_FIELDS = {
    "lengow.order": {
        "customer_name": False,
        "email": False,
        "partner_id": False,
        "comment": False,
        "pickup_ref": False,
        "change_kind": False,
        "imported_payload": False,
        "address_correction": False,
        "difference_reason": False,
        "dismiss_note": False,
    },
    "lengow.action": {
        "parameters": False,
        "answer": False,
        "error_message": False,
        "dismiss_note": False,
    },
    "sale.order": {
        "note": False,
        "signature": False,
        "signed_by": False,
        "pickup_location_data": False,
        "delivery_message": False,
        "customizable_pdf_form_fields": False,
    },
    "stock.picking": {
        "note": False,
        "signature": False,
        "carrier_tracking_ref": False,
        "lengow_return_tracking_ref": False,
        "lengow_ship_state": False,
        "lengow_ship_message": False,
    },
    # What orders bring about in other apps, where those are installed.
    "calendar.event": {"name": "-", "description": False, "location": False},
    "loyalty.card": {},
    "payment.transaction": {
        "partner_name": False,
        "partner_email": False,
        "partner_address": False,
        "partner_zip": False,
        "partner_city": False,
        "partner_phone": False,
        "state_message": False,
    },
    "project.project": {"description": False},
    "project.task": {"description": False, "email_cc": False, "partner_phone": False},
    "purchase.order": {"note": False},
    "repair.order": {"internal_notes": False},
    "snailmail.letter": {
        "street": False,
        "street2": False,
        "zip": False,
        "city": False,
        "info_msg": False,
    },
    # drafts only
    "account.move": {"narration": False, "invoice_source_email": False},
}
# How the records of other apps are found: by fields that lead to a sale order, or by
# one that holds its id beside one that holds its model.
FOLLOWERS = {
    "calendar.event": ("res_id",),
    "loyalty.card": ("order_id",),
    "payment.transaction": ("sale_order_ids",),
    "project.project": ("sale_line_id.order_id", "reinvoiced_sale_order_id"),
    "project.task": ("sale_line_id.order_id", "sale_order_id"),
    "purchase.order": ("order_line.sale_line_id.order_id",),
    "repair.order": ("sale_order_id",),
    "snailmail.letter": ("res_id",),
}
# What is written there is said with a supplier, and the merchant's own: only what
# quotes the buyer goes.
CORRESPONDENCE_OF_OTHERS = ("purchase.order",)
# Tables that quote anything for a while, and their texts. Transient models, whose rows
# are what people typed into dialogs, come on top, once they are older than any dialog
# stays open: until then they are somebody's work.
SHORT_LIVED_TEXTS = {
    "bus.bus": ["message"],
    "ir.logging": ["message"],
    "mail.push": ["payload"],
}
# The columns of those models that may quote anything.
TEXT_COLUMNS = ("varchar", "text", "jsonb")
# As Odoo: it deletes the rows of dialogs that nobody has touched for an hour.
LONGEST_DIALOG = timedelta(hours=1)
# The history of a posted invoice belongs to it; what people wrote there does not.
INVOICE_HISTORY = "notification"
# Files that were sent with a message, before Odoo gives them to the record.
FILES_OF_MESSAGES = ("mail.message", "mail.compose.message", False)


class LengowPrivacy(models.AbstractModel):
    _name = "lengow.privacy"
    _description = "Eraser of Personal Data"

    # === FIELDS OF A RECORD === #

    def _get_personal_fields(self):
        """Return what is personal; another addon adds the texts that it keeps.

        :return: model -> field -> what replaces it
        :rtype: dict[str, dict]
        """
        return PERSONAL_FIELDS

    def _erase_personal_fields(self, records):
        """Replace what is personal in some records of one model.

        :param Model records: of a model that `_get_personal_fields` describes
        """
        values = {
            name: replacement
            for name, replacement in self._get_personal_fields()[records._name].items()
            if name in records._fields  # some come with modules that are not installed
        }
        if not records:
            return
        erasing = records.with_context(lengow_erases=True)
        erasing.write(values)
        if "html_field_history" in records._fields:
            # Afterwards: Odoo keeps there what was just replaced.
            erasing.write({"html_field_history": False})

    # === WHAT WAS WRITTEN ABOUT IT === #

    def _remove_traces(self, records, is_over=True):
        """Delete what was written about some records, and their files.

        Tracked values, mails, notifications and the like go with their message. What
        the audit trail of a company protects goes only when its time is over.

        :param Model records: of any model
        :param bool is_over: whether no law wants the records any more
        :return: how many messages were deleted
        :rtype: int
        """
        if not records:
            return 0
        on_records = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        messages = self._find_messages(records)
        if not is_over:
            messages = messages.filtered(
                lambda message: not message.account_audit_log_restricted
            )
        files = messages.attachment_ids.filtered(
            lambda file: file.res_model in FILES_OF_MESSAGES
        )
        count = len(messages)
        messages.with_context(bypass_audit=bypass_token).unlink()
        self._find_all("mail.activity", on_records).unlink()
        self._find_all(
            "mail.scheduled.message",
            [("model", "=", records._name), ("res_id", "in", records.ids)],
        ).unlink()
        # Naming `res_field` finds images and signatures, too.
        any_field = ["|", ("res_field", "=", False), ("res_field", "!=", False)]
        files |= self._find_all("ir.attachment", [*on_records, *any_field])
        files.exists().unlink()
        return count

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
        self._find_all(
            "mail.activity",
            [("res_model", "=", "account.move"), ("res_id", "in", invoices.ids)],
        ).unlink()

    def _remove_messages_with(self, records, texts):
        """Delete those messages about some records that quote one of some texts.

        :param Model records: of a model with a chatter
        :param set texts: that name a buyer
        """
        quotes = {form for text in texts for form in forms(text)}
        self._find_messages(records).filtered(
            lambda message: any(quote in (message.body or "") for quote in quotes)
        ).unlink()

    # === WHAT COMES OF IT IN OTHER APPS === #

    def _find_followers(self, orders):
        """Return what some orders brought about in other apps, a model at a time.

        :param lengow.order orders: any
        :rtype: list[Model]
        """
        sales = orders.sale_order_ids
        pointed_at = [orders, sales, sales.picking_ids, sales.invoice_ids]
        found = []
        for model, ways in FOLLOWERS.items():
            if model not in self.env:
                continue
            names = self.env[model]._fields
            records = self.env[model].sudo()
            for way in ways:
                if way == "res_id":
                    for target in pointed_at:
                        records |= self._find_pointing(records, target)
                elif way.partition(".")[0] in names:
                    records |= self._find_all(model, [(way, "in", sales.ids)])
            if records:
                found.append(records)
        return found

    def _find_pointing(self, records, target):
        """Return the records of a model that point at one of some others."""
        model_name = "res_model" if "res_model" in records._fields else "model"
        return self._find_all(
            records._name,
            [(model_name, "=", target._name), ("res_id", "in", target.ids)],
        )

    # === WHAT QUOTES IT === #

    def _remove_quotations(self, texts):
        """Delete rows that are kept for a short time anyway and quote some texts.

        :param set texts: that name a buyer
        """
        if not texts:
            return
        self.env.flush_all()
        patterns = [f"%{like(form)}%" for text in texts for form in forms(text)]
        lasting = {
            self.env[model]._table for model in SHORT_LIVED_TEXTS if model in self.env
        }
        still_open = fields.Datetime.now() - LONGEST_DIALOG
        for table, columns in self._short_lived_tables():
            quotes = SQL(" OR ").join(
                SQL("%s::text LIKE ANY(%s)", SQL.identifier(column), patterns)
                for column in columns
            )
            if table not in lasting:
                quotes = SQL("(%s) AND write_date < %s", quotes, still_open)
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), quotes)
            )
        self.env.invalidate_all(flush=False)

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
                    if field.column_type[0] in TEXT_COLUMNS
                ]
                if texts:
                    columns[model._table] = texts
        filled = SQL(" UNION ALL ").join(
            SQL("(SELECT %s FROM %s LIMIT 1)", table, SQL.identifier(table))
            for table in columns
        )
        return [(table, columns[table]) for (table,) in self.env.execute_query(filled)]

    # === HELPERS === #

    def _find_messages(self, records):
        """Return what was written in the chatter of some records of one model.

        :rtype: mail.message
        """
        return self._find_all(
            "mail.message",
            [("model", "=", records._name), ("res_id", "in", records.ids)],
        )

    def _find_all(self, model, domain):
        """Return all records of a domain, archived ones and anybody's too.

        :param str model: the model's name
        :param list domain: which of its records
        :rtype: Model
        """
        return self.env[model].sudo().with_context(active_test=False).search(domain)
