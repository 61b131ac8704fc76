"""Documents, our invoices' making, and the deletion of buyers' data."""

FINDINGS = {
    "A8": "test_concurrency.TestConcurrency."
    "test_buyer_of_an_order_that_is_being_imported_is_not_deleted",
    "A10": "test_anonymise.TestAnonymise."
    "test_what_comes_of_an_order_in_other_apps_is_no_foreign_use, "
    "test_anonymise.TestAnonymise."
    "test_tasks_repairs_and_meetings_of_an_order_go_with_its_buyer",
    "A14": "test_anonymise.TestAnonymise."
    "test_order_that_lengow_has_anonymised_keeps_its_buyer_until_delivered",
    "A15": "test_document_content.TestDocumentContent."
    "test_a_pdf_that_grows_to_gigabytes_never_reaches_memory",
    "A16": "test_own_invoice.TestOwnInvoice."
    "test_a_localisation_that_commits_while_it_invoices_stops_nothing",
    "L4": "test_own_invoice.TestOwnInvoice.test_making_the_pdf_tells_no_tax_authority",
    "A29": "test_anonymise.TestAnonymise."
    "test_bank_account_front_door_and_mails_of_a_buyer_go",
    "A30": "test_anonymise.TestAnonymise.test_open_dialog_of_somebody_else_stays",
    "L3": "test_anonymise.TestAnonymise."
    "test_audit_trail_keeps_what_it_protects_and_nothing_else",
    "L12": "test_anonymise.TestAnonymise."
    "test_retention_begins_when_the_fiscal_year_ends",
    "L17": "test_anonymise.TestAnonymiseEverything."
    "test_posted_invoice_keeps_what_it_shows_and_nothing_else",
    "A34": "test_document_content.TestDocumentContent."
    "test_a_pdf_that_reaches_out_is_refused",
    "A35": "lengow_api.test_links.test_an_address_of_a_private_network_is_refused",
}
