"""The translation template holds what there is to translate, no more and no less."""

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

from ..models.outbox.kinds import kind_of

ADDON = "lengow_connector"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_template_holds_the_texts_of_the_addon(self):
        template = polib.pofile(file_path(f"{ADDON}/i18n/{ADDON}.pot"))
        written = {entry.msgid for entry in template}
        rows = list(TranslationModuleReader(self.env.cr, modules=[ADDON]))
        of_tests = [
            source
            for *_, name, _id, source, _value, _notes in rows
            if "/tests/" in name
        ]
        self.assertFalse(of_tests, "nobody translates what tests say")
        found = {source for *_, source, _value, _notes in rows}
        advice = "run make translations"
        self.assertFalse(sorted(found - written), f"missing: {advice}")
        self.assertFalse(sorted(written - found), f"no longer there: {advice}")

    def test_everybody_reads_in_their_own_language(self):
        accept = {
            "de": "Akzeptieren",
            "es": "Aceptar",
            "fr": "Accepter",
            "it": "Accetta",
        }
        for language, word in accept.items():
            code = f"{language}_{language.upper()}"
            self.env["res.lang"]._activate_lang(code)
            self.env["ir.module.module"]._load_module_terms([ADDON], [code])
            theirs = self.env["lengow.order"].with_context(lang=code)
            with self.subTest(language=language):
                self.assertEqual(kind_of("accept").label(theirs.env), word)
                statuses = dict(
                    theirs._fields["lengow_status"]._description_selection(theirs.env)
                )
                self.assertNotIn(statuses["shipped"], (False, "Shipped"))
