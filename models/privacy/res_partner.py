from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all

from .quoting import like

# Numbers of ours and codes: they are no data of the buyer, or recomputed.
KEPT_TEXTS = {"zip", "signup_type", "invoice_edi_format_store", "peppol_eas"}
TEXT_TYPES = ("char", "text", "html", "binary", "json", "properties")
# Where somebody's front door is.
PLACES = ("partner_latitude", "partner_longitude", "date_localization")
# What a law about invoices does not want: how to reach somebody, and what is thought.
UNINVOICED = ("email", "phone", "website", "comment", "function", "image_1920")


class ResPartner(models.Model):
    """How a buyer's data goes; `lengow.fate` says whose does."""

    _inherit = "res.partner"

    lengow_anonymise_after = fields.Date(
        string="Kept for Its Invoices Until",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="lengow_connector.group_user",
    )
    lengow_anonymised_at = fields.Datetime(
        string="Buyer's Data Deleted On",
        copy=False,
        readonly=True,
        groups="lengow_connector.group_user",
    )

    def _lengow_family(self):
        """Return the buyers among these that came from Lengow, with their addresses."""
        Partner = self.with_context(active_test=False)
        buyers = Partner.filtered("lengow_marketplace_id")
        parents = (Partner - buyers).parent_id
        while parents:
            buyers |= parents.filtered("lengow_marketplace_id")
            parents = (parents - buyers).parent_id
        return Partner.search([("id", "child_of", buyers.ids)]).filtered(
            lambda partner: not partner.lengow_anonymised_at
        )

    # === WHAT IS DONE === #

    def _lengow_erase(self):
        """Overwrite every text of partners, and archive them.

        They cannot be deleted: sale orders and deliveries need them.
        """
        self._lengow_remove_payment_data()
        self._lengow_remove_traces()
        self._lengow_empty_invoices()
        self._lengow_quietly().write(
            {
                **dict.fromkeys(self._lengow_texts(), False),
                **self._lengow_no_place(),
                "name": self.env._("Deleted customer"),
                "state_id": False,
                "category_id": [fields.Command.clear()],
                "active": False,
                "lengow_anonymise_after": False,
                "lengow_anonymised_at": fields.Datetime.now(),
            }
        )
        self._lengow_shorten_postcodes()

    def _lengow_detach(self, until):
        """Take away how partners could be reached, and leave what their invoices show.

        :param date until: when the rest goes
        """
        known = self.filtered(lambda partner: partner.lengow_anonymise_after)
        known.lengow_anonymise_after = until
        partners = self - known
        if not partners:
            return
        partners._lengow_remove_traces(is_over=False)
        partners._lengow_quietly().write(
            {
                **dict.fromkeys(UNINVOICED, False),
                **self._lengow_no_place(),
                "lengow_customer_ref": False,
                "category_id": [fields.Command.clear()],
                "active": False,
                "lengow_anonymise_after": until,
            }
        )

    def _lengow_remove_traces(self, is_over=True):
        """Delete what was written about and to partners, and whom they follow.

        :param bool is_over: whether no law wants their invoices any more
        """
        privacy = self.env["lengow.privacy"]
        privacy._remove_traces(self, is_over)
        self._lengow_remove_mails()
        if "calendar.event" in self.env:
            meetings = privacy._find_pointing(self.env["calendar.event"], self)
            privacy._remove_traces(meetings)
            privacy._erase_personal_fields(meetings)
        for model, name in (
            ("sms.sms", "partner_id"),
            ("mail.followers", "partner_id"),
        ):
            if model in self.env:
                self.env[model].sudo().search([(name, "in", self.ids)]).unlink()

    def _lengow_remove_mails(self):
        """Delete what is to be sent, or could not be, to partners without a record."""
        emails = {
            email
            for text in self.mapped("email")
            for email in email_normalize_all(text)
        }
        privacy = self.env["lengow.privacy"]
        mails = privacy._find_all("mail.mail", [("recipient_ids", "in", self.ids)])
        # Another's address may contain one of theirs.
        mails |= privacy._find_all(
            "mail.mail",
            Domain.OR([("email_to", "ilike", like(email))] for email in emails),
        ).filtered(lambda mail: emails & set(email_normalize_all(mail.email_to)))
        mails.unlink()
        phones = {phone for phone in self.mapped("phone") if phone}
        phones |= {phone for phone in self.mapped("phone_sanitized") if phone}
        if "sms.sms" in self.env and phones:
            privacy._find_all("sms.sms", [("number", "in", list(phones))]).unlink()

    def _lengow_remove_payment_data(self):
        """Erase by which accounts partners paid, and what was said about it.

        Amounts and entries stay as they are; a label that a hash protects does, too.
        """
        privacy = self.env["lengow.privacy"]
        of_partner = [("partner_id", "in", self.ids)]
        payments = privacy._find_all("account.payment", of_partner)
        privacy._remove_traces(payments)
        banks = privacy._find_all("res.partner.bank", of_partner)
        banks = banks.with_context(tracking_disable=True, mail_notrack=True)
        banks.write({"allow_out_payment": False, "acc_holder_name": False})
        for bank in banks:
            bank.write({"acc_number": f"deleted-{bank.id}", "active": False})
        privacy._remove_traces(banks)
        lines = privacy._find_all("account.bank.statement.line", of_partner)
        lines.write(
            {
                "partner_name": False,
                "account_number": False,
                "transaction_details": False,
            }
        )
        _forget_labels(lines.filtered(lambda line: not line.move_id.inalterable_hash))

    def _lengow_no_place(self):
        """Return the values that forget where partners are."""
        return {name: False for name in PLACES if name in self._fields}

    def _lengow_empty_invoices(self):
        """Delete what invoices whose time is over say of more than the sale itself.

        Printed invoices go where the company may delete them.
        """
        privacy = self.env["lengow.privacy"]
        invoices = privacy._find_all(
            "account.move",
            [
                "|",
                ("partner_id", "in", self.ids),
                ("partner_shipping_id", "in", self.ids),
            ],
        )
        privacy._remove_traces(
            invoices.filtered(lambda move: not move._is_protected_by_audit_trail())
        )
        _forget_notes(invoices)

    def _lengow_texts(self):
        """Return the names of every field that may hold a text about a partner.

        Computed ones follow the others, unless people may overwrite them.
        """
        return [
            name
            for name, field in self._fields.items()
            if field.type in TEXT_TYPES and field.store and name not in KEPT_TEXTS
            if not field.company_dependent and name not in models.MAGIC_COLUMNS
            if not field.related and (not field.compute or not field.readonly)
        ]

    def _lengow_shorten_postcodes(self):
        """Leave of each postcode what says a region.

        In SQL, since each has its own, and since a text per company has no other way.
        """
        self.flush_recordset()
        per_company = [
            SQL("%s = NULL", SQL.identifier(name))
            for name, field in self._fields.items()
            if field.company_dependent and field.type in TEXT_TYPES
            if name not in KEPT_TEXTS
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET %s WHERE id IN %s",
                SQL(", ").join([SQL("zip = left(zip, 2)"), *per_company]),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()

    def _lengow_quietly(self):
        """Return these partners with nothing of a change being tracked or checked.

        A tracked change would keep the old name in the history that was just deleted.
        """
        return self.sudo().with_context(
            tracking_disable=True, mail_notrack=True, no_vat_validation=True
        )


def _forget_labels(lines):
    """Erase what payers wrote on their transfers, from the entries too.

    In SQL: the amounts are of a locked period, and stay as they are.

    :param account.bank.statement.line lines: whose time is over
    """
    if not lines:
        return
    lines.env.flush_all()
    for statement in (
        "UPDATE account_move_line SET name = '-' WHERE move_id IN %s",
        "UPDATE account_bank_statement_line SET payment_ref = '-' WHERE move_id IN %s",
        "UPDATE account_move SET ref = NULL, narration = NULL WHERE id IN %s",
    ):
        lines.env.cr.execute(statement, [tuple(lines.move_id.ids)])
    lines.env.invalidate_all()


def _forget_notes(invoices):
    """Erase what people have written on invoices, around what was sold.

    In SQL, as the labels of payments. A hash protects the lines, but not the terms.

    :param account.move invoices: whose time is over
    """
    env = invoices.env
    env.flush_all()
    env.cr.execute(
        "UPDATE account_move SET narration = NULL WHERE id = ANY(%s)", [invoices.ids]
    )
    unprotected = invoices.filtered(lambda move: not move.inalterable_hash)
    env.cr.execute(
        """
        UPDATE account_move_line SET name = %s
         WHERE move_id = ANY(%s) AND display_type = 'line_note'
        """,
        [env._("(deleted)"), unprotected.ids],
    )
    env.invalidate_all()
