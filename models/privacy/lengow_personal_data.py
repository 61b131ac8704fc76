"""What is personal, where it is, and what stands there when it is gone."""

from odoo import api, models

# Model -> field -> what replaces it. What holds nothing but personal data is deleted
# instead: documents, messages, activities, files (see `lengow_personal_traces`). The
# payload becomes what `lengow_api.reduce_payload` leaves of it. Partners lose every
# text that they have (see `lengow_partner_anonymise`).
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
    },
    "lengow.action": {"parameters": False, "answer": False, "error_message": False},
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
    # drafts only
    "account.move": {"narration": False, "invoice_source_email": False},
}
# Tables that quote anything for a while, and their texts. Transient models, whose rows
# are what people typed into dialogs, come on top.
SHORT_LIVED_TEXTS = {
    "bus.bus": ["message"],
    "ir.logging": ["message"],
    "mail.push": ["payload"],
}


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    @api.model
    def _get_personal_fields(self):
        """Return what is personal; another addon adds the texts that it keeps.

        :return: model -> field -> what replaces it
        :rtype: dict[str, dict]
        """
        return PERSONAL_FIELDS

    @api.model
    def _erase_personal_fields(self, records):
        """Replace what is personal in some records of one model.

        :param Model records: of a model that `_get_personal_fields` describes
        """
        values = {
            name: replacement
            for name, replacement in self._get_personal_fields()[records._name].items()
            if name in records._fields  # some come with modules that are not installed
        }
        if records:
            records.with_context(lengow_erases=True).write(values)
