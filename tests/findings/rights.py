"""What was reproduced, by the test that keeps it mended."""

FINDINGS = {
    "A4": "test_guard.TestSystemWrites.test_user_writes_nothing_of_an_order, "
    "test_guard.TestSystemWrites.test_order_cannot_be_reached_through_its_account_or_"
    "marketplace, "
    "test_guard.TestSystemWrites.test_chatter_and_activities_of_an_order_go_on_working",
    "A9": "test_guard.TestReach.test_no_dialog_tells_an_order_of_another_company, "
    "test_guard.TestReach.test_no_row_of_a_dialog_tells_an_order_of_another_company, "
    "test_guard.TestReach.test_dialog_is_not_turned_to_what_its_user_may_not_see, "
    "test_guard.TestReach.test_shipping_dialog_takes_deliveries_of_its_order_only, "
    "test_guard.TestReach.test_refund_takes_credit_notes_of_its_order_only",
    "A17": "test_guard.TestButtonsOfOdoo."
    "test_failed_shipment_calls_somebody_who_can_open_the_order",
    "A18": "test_guard.TestButtonsOfOdoo."
    "test_lengow_user_of_the_warehouse_tells_a_shipment_again",
    "A24": "test_export.TestExport.test_whoever_may_not_export_exports_nothing",
    "A26": "test_guard.TestButtonsOfOdoo."
    "test_report_of_a_delivery_needs_the_right_on_it, "
    "test_guard.TestButtonsOfOdoo.test_read_only_auditor_sends_no_invoice",
    "A31": "test_guard.TestSystemWrites."
    "test_people_tie_nothing_of_odoo_to_a_marketplace, "
    "test_guard.TestSystemWrites."
    "test_manager_does_not_write_what_the_connection_found_out",
    "A33": "test_guard.TestSystemWrites."
    "test_marketplace_texts_are_escaped_in_activities",
    "I7": "test_guard.TestAddressesOfBuyers."
    "test_no_address_of_a_buyer_is_seen_by_another_company, "
    "test_guard.TestAddressesOfBuyers."
    "test_address_that_anybody_adds_to_a_buyer_stays_in_the_company, "
    "test_guard.TestAddressesOfBuyers."
    "test_addresses_from_before_get_the_company_of_their_buyer",
    "B1": "test_buttons.TestButtons.test_every_button_answers_or_says_why_not, "
    "test_buttons.TestButtons.test_list_button_that_needs_no_selection_takes_none, "
    "test_guard.TestButtonsOfOdoo."
    "test_synchronize_now_without_an_account_leads_to_the_accounts",
    "Rights": "test_rights.TestRights."
    "test_every_model_gives_every_kind_of_user_what_the_table_says, "
    "test_rights.TestRights."
    "test_people_write_the_fields_of_the_table_and_no_others, "
    "test_rights.TestRights.test_every_public_method_serves_whom_the_table_says",
}
