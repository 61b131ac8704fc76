"""Reproduced faults of the scheduled actions, and the tests that keep them mended."""

_LOOP = "test_cron_loop.TestCronLoop"
_PAUSES = "test_account_pauses.TestAccountPauses"
_COSTS = "test_costs.TestCosts"
_EVERY = f"{_LOOP}.test_whatever_the_step_of_one_record_raises_the_others_are_done"

FINDINGS = {
    "A1": f"{_LOOP}.test_layout_that_cannot_be_rendered_keeps_no_other_action_from_"
    "being_sent",
    "A11": f"{_PAUSES}.test_pause_that_lengow_asks_for_is_the_accounts_over_all_runs",
    "A13": f"{_LOOP}.test_partner_that_cannot_be_erased_keeps_no_other_one",
    "A25": f"{_PAUSES}.test_archived_account_sends_nothing_but_follows_what_it_has_"
    "sent",
    "I9": _EVERY,
    "I10": f"{_COSTS}.test_known_orders_are_found_by_the_unique_index",
    "I32": f"{_COSTS}.test_change_of_the_commission_writes_the_order_and_nothing_else",
    "I46": f"{_PAUSES}.test_keys_of_another_lengow_account_are_used_no_more",
    "I47": f"{_PAUSES}.test_watermark_never_passes_lengows_own_clock",
    "I48": f"{_PAUSES}.test_manager_takes_the_place_of_a_responsible_who_has_left",
    "I49": f"{_LOOP}.test_what_is_noted_is_in_the_language_of_the_responsible",
    "I52": f"{_COSTS}.test_import_of_a_selection_works_in_batches_until_its_time_is_"
    "over",
    "L5": f"{_LOOP}.test_words_of_a_redirect_warning_stand_on_the_order",
    "M15": f"{_PAUSES}.test_runs_leave_no_message_about_the_watermark",
    "performance 1": f"{_COSTS}.test_page_of_100_unchanged_orders_costs_three_queries",
    "performance 2": f"{_COSTS}.test_queries_of_changed_orders_hardly_grow_with_their_"
    "number",
    "performance 3": f"{_COSTS}.test_new_errors_are_found_by_their_index",
    "performance 4": f"{_COSTS}.test_overlooked_shipments_are_found_from_the_"
    "deliveries",
    "performance 6": f"{_COSTS}.test_refresh_of_a_selection_ends_in_time_and_says_what_"
    "is_left",
}
