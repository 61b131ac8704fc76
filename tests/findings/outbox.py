FINDINGS = {
    "I1": "test_silence.TestTestMode.test_what_is_done_in_test_mode_is_never_sent, "
    "test_silence.TestTestMode.test_what_waited_before_test_mode_is_not_sent_after_it, "
    "test_silence.TestTestMode.test_nothing_is_accepted_automatically_in_test_mode",
    "A6": "test_outbox_lost_answers.TestLostAnswers."
    "test_what_the_order_shows_meanwhile_is_done_and_not_sent_again, "
    "test_outbox_lost_answers.TestLostAnswers."
    "test_what_has_become_impossible_meanwhile_is_left_to_a_person",
    "A7": "test_outbox_lost_answers.TestLostAnswers."
    "test_action_that_lengow_completed_is_ours, "
    "test_outbox_lost_answers.TestLostAnswers."
    "test_action_that_lengow_wrote_in_capitals_is_ours, "
    "test_outbox_lost_answers.TestLostAnswers."
    "test_action_that_lengow_wrote_otherwise_is_a_case_for_a_person",
    "A12": "test_outbox_lost_answers.TestLostAnswers."
    "test_number_that_lengow_repeats_is_left_to_a_person",
    "A19": "test_outbox_ledger.TestLedger.test_no_more_is_refunded_than_was_paid, "
    "test_outbox_ledger.TestLedger.test_pieces_never_exceed_what_was_ordered",
    "A20": "test_outbox_ledger.TestLedger."
    "test_second_of_two_equal_partial_refunds_is_sent_too",
    "A22": "test_own_invoice.TestOwnInvoice.test_posted_again_it_is_sent_once",
    "A27": "test_outbox_lost_answers.TestLostAnswers."
    "test_what_is_asked_for_again_has_three_days_again, "
    "test_outbox_lost_answers.TestLostAnswers."
    "test_what_lengow_finishes_on_the_fourth_day_is_done",
    "A32": "test_outbox_lost_answers.TestLostAnswers.test_text_of_an_error_is_bounded",
    "A37": "test_dialogs_ask.TestDialogsAsk."
    "test_large_numbers_are_written_without_exponent",
    "A38": "test_outbox_ledger.TestLedger.test_accept_and_refuse_exclude_each_other, "
    "test_outbox_ledger.TestLedger."
    "test_of_two_that_slipped_in_at_once_the_first_is_sent, "
    "test_outbox_ledger.TestLedger.test_ship_and_cancel_exclude_each_other, "
    "test_outbox_ledger.TestLedger.test_cancel_and_refund_exclude_each_other",
    "A40": "test_outbox_ledger.TestLedger."
    "test_a_second_ship_dialog_says_what_is_under_way, "
    "test_outbox_ledger.TestLedger."
    "test_a_second_refund_or_cancel_dialog_says_what_is_under_way",
    "B2": "test_dialogs_ask.TestDialogsAsk."
    "test_nothing_is_chosen_for_a_refund_before_somebody_chooses, "
    "test_dialogs_ask.TestDialogsAsk."
    "test_the_amount_that_is_shown_is_the_amount_that_is_sent, "
    "test_dialogs_ask.TestDialogsAsk.test_everything_is_asked_for_once_more",
    "B3": "test_dialogs_ask.TestDialogsAsk."
    "test_a_shipment_of_which_nothing_is_said_is_asked_for, "
    "test_dialogs_ask.TestDialogsAsk.test_rows_with_gaps_stay_to_be_completed",
}
