"""Documents, our invoices' making, and the deletion of buyers' data."""

FINDINGS = {
    "A15": "test_document_content.TestDocumentContent."
    "test_a_pdf_that_grows_to_gigabytes_never_reaches_memory",
    "A16": "test_own_invoice.TestOwnInvoice."
    "test_a_localisation_that_commits_while_it_invoices_stops_nothing",
    "L4": "test_own_invoice.TestOwnInvoice.test_making_the_pdf_tells_no_tax_authority",
    "A34": "test_document_content.TestDocumentContent."
    "test_a_pdf_that_reaches_out_is_refused",
    "A35": "lengow_api.test_links.test_an_address_of_a_private_network_is_refused",
}
