"""The translation template holds what there is to translate, no more and no less."""

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

ADDON = "lengow_connector_queue_job"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_template_holds_the_texts_of_the_addon(self):
        template = polib.pofile(file_path(f"{ADDON}/i18n/{ADDON}.pot"))
        rows = TranslationModuleReader(self.env.cr, modules=[ADDON])
        found = {source for *_, source, _value, _notes in rows}
        self.assertEqual({entry.msgid for entry in template}, found)
