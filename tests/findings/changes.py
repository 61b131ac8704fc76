FINDINGS = {
    "I5": "test_order_followup.TestOrderFollowUp"
    ".test_refunded_line_before_its_delivery_is_held_and_told, "
    "test_order_followup.TestOrderFollowUp"
    ".test_line_refunded_before_the_import_is_not_sold",
    "I12": "test_order_changes.TestOrderChanges"
    ".test_two_relay_points_are_two_sale_orders",
    "I13": "test_order_changes.TestOrderChanges"
    ".test_packages_in_another_order_are_no_change, "
    "test_order_changes.TestOrderChanges"
    ".test_packages_in_another_order_keep_each_its_own_new_address",
    "I14": "test_order_followup.TestOrderFollowUp"
    ".test_reopened_after_cancellation_calls_somebody_who_imports_again",
    "I15": "test_order_followup.TestOrderFollowUp"
    ".test_full_refund_after_a_partial_one_proposes_the_rest, "
    "test_order_followup.TestOrderFollowUp"
    ".test_full_refund_after_a_goodwill_credit_proposes_the_rest",
    "I16": "test_order_changes.TestOrderChanges"
    ".test_undecided_change_is_on_the_to_do_list_and_holds_the_delivery, "
    "test_changes_table.TestChangesTable"
    ".test_each_change_at_each_stage_does_what_the_table_says",
    "I35": "test_order_followup.TestOrderFollowUp"
    ".test_part_of_a_line_with_excluded_taxes_is_credited_to_the_cent",
    "I37": "test_cancel_refund.TestCancel"
    ".test_a_quotation_that_is_deleted_is_asked_about",
    "A5": "test_cancel_refund.TestCancel"
    ".test_a_mass_cancellation_is_told_to_each_marketplace",
    "A21": "test_cancel_refund.TestRefund"
    ".test_the_second_credit_note_of_a_partial_refund_is_told",
    "A28": "test_cancel_refund.TestRefund"
    ".test_a_whole_refund_after_a_new_import_is_whole",
    "A36": "test_cancel_refund.TestRefund"
    ".test_a_draft_credit_note_belongs_to_its_order_and_mails_no_buyer",
    "A39": "test_cancel_refund.TestCancel"
    ".test_a_quotation_that_is_canceled_is_canceled_on_the_marketplace",
    "M9": "test_cancel_refund.TestCancel"
    ".test_a_part_that_was_canceled_is_taken_from_sale_order_and_delivery, "
    "test_cancel_refund.TestCancel"
    ".test_a_part_that_odoo_refuses_to_reduce_stays_held_for_a_person",
    "A §4 no. 1": "test_cancel_refund.TestCancel"
    ".test_a_cancellation_on_its_way_holds_the_delivery",
}
