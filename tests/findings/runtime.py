"""Reproduced faults of the commands and of the sandbox, and their tests."""

FINDINGS = {
    "I57": "dev/tests/test_setup.test_a_checkout_that_was_copied_runs_its_own_code",
    "I58": "[dev/oca-checks.cfg leaves the order of attributes to prettier]",
    "I59": "sandbox/tests/test_marketplaces."
    "test_a_definition_has_what_other_clients_read_without_asking",
    "L16": "test_translations.TestTranslations"
    ".test_template_holds_the_texts_of_the_addon",
}
