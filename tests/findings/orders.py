"""What went wrong between orders and books, and what shows that it is mended."""

INVOICES = "test_import_invoices.TestImportInvoices"
ACCEPT = "test_auto_accept.TestAutoAccept"
WHOSE = "test_whose_orders.TestWhoseOrders"
SALES = "test_import_sales.TestImportSales"
RESOLVE = "test_order_resolve.TestOrderResolve"

FINDINGS = {
    "I3": f"{SALES}.test_what_cannot_be_read_and_is_not_needed_is_noted",
    "I8": f"{ACCEPT}.test_an_order_without_a_total_that_can_be_trusted_waits",
    "I11": f"{ACCEPT}.test_what_waits_to_be_fixed_is_not_free",
    "I17": f"{INVOICES}.test_three_deliveries_are_invoiced_to_the_cent_under_every_tax",
    "I18": f"{INVOICES}.test_what_is_never_delivered_is_not_missed_on_the_invoice",
    "I25": f"{SALES}.test_a_discount_beside_a_canceled_line_is_taken_from_what_is_kept",
    "I26": f"{WHOSE}.test_an_old_order_that_was_asked_for_stays_asked_for",
    "I27": f"{RESOLVE}.test_one_sku_may_stand_for_another_product_on_each_marketplace",
    "I28": f"{WHOSE}.test_a_shop_that_moves_to_another_company_does_not_import_twice",
    "I29": f"{WHOSE}.test_an_order_that_another_system_has_taken_is_left_to_it",
    "I30": f"{WHOSE}.test_a_marketplace_that_is_switched_off_imports_nothing",
    "I33": f"{INVOICES}.test_a_free_order_is_invoiced_and_needs_no_payment",
    "I34": f"{INVOICES}.test_a_canceled_draft_does_not_count",
    "I50": f"{ACCEPT}.test_the_parts_of_a_kit_are_looked_at",
    "I51": f"{INVOICES}.test_invoices_go_to_the_journal_of_the_marketplace_or_account",
    "I53": f"{ACCEPT}.test_a_refused_line_is_not_checked",
    "I54": f"{INVOICES}.test_an_order_that_is_canceled_does_not_wait_for_its_invoice",
    "I55": f"{SALES}.test_a_discount_larger_than_any_package_is_spread",
    "L13": f"{WHOSE}.test_after_an_installation_anew_orders_find_their_sale_orders",
    "M8": f"{INVOICES}"
    ".test_without_a_payment_journal_the_order_says_that_it_is_not_paid",
}
