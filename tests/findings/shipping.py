"""Which test shows that a reproduced fault of deliveries is gone."""

FINDINGS = {
    "A2": "test_shipping_truth.TestWhatHasLeft."
    "test_goods_without_moves_keep_the_whole_order_from_being_told",
    "A3": "test_shipping_truth.TestPiecesTold."
    "test_a_second_label_is_planned_beside_the_first",
    "A21": "test_shipping_truth.TestSweep."
    "test_a_partial_refund_leaves_shipments_to_be_told",
    "A23": "test_shipping_truth.TestSweep."
    "test_a_rest_dropped_from_the_sale_order_completes_its_line",
    "I4": "test_shipped_before_import.TestShippedBeforeImport."
    "test_a_line_that_left_has_a_delivery_that_says_so",
    "I19": "test_shipped_before_import.TestFulfilledByMarketplace."
    "test_delivered_stays_delivered_whatever_is_set_or_said_later",
    "I20": "test_shipped_before_import.TestFulfilledByMarketplace."
    "test_a_quotation_confirmed_by_hand_is_delivered",
    "I21": "test_shipped_before_import.TestFulfilledByMarketplace."
    "test_a_combo_is_to_be_paired_with_what_is_sent",
    "I36": "test_shipped_before_import.TestShippedBeforeImport."
    "test_a_partial_refund_alone_does_not_mean_that_anything_has_left",
    "I38": "test_shipped_before_import.TestDeadline."
    "test_a_moved_deadline_reaches_sale_order_and_delivery",
    "M16": "test_shipped_before_import.TestDeadline."
    "test_a_moved_deadline_reaches_sale_order_and_delivery",
}
