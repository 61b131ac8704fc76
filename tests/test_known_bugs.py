"""Bugs that other marketplace connectors have shipped, and what shows that we have not.

The table names for each the test that would fail; where it cannot occur here, why. The
numbers are those of the banners in the tests.
"""

import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

TESTS = Path(__file__).parent

# number: what went wrong elsewhere, then names of tests, or a reason in brackets
KNOWN_BUGS = {
    1: ("two runs at once", "test_two_fetches_at_once_store_every_order_once"),
    2: (
        "one order fails, all are lost",
        "test_bad_orders_do_not_stop_the_good_ones_beside_them",
    ),
    3: ("a flag is freed while its run goes on", "[no flag: a row lock is held]"),
    4: ("keyed on an address that changes", "test_edited_street_says_what_changed"),
    5: (
        "a renamed marketplace",
        "test_marketplace_that_lengow_renames_keeps_its_orders",
    ),
    6: (
        "our number not told, or once only",
        "test_our_order_number_is_told_after_import",
    ),
    7: ("link written too late", "[the sale order is created with its link]"),
    8: (
        "imported again, twice",
        "test_import_again_never_leaves_two_living_sale_orders",
    ),
    9: ("two jobs pass the check", "test_database_itself_refuses_a_second_sale_order"),
    10: ("a line still waits", "test_line_that_waits_for_acceptance_holds_the_order"),
    11: (
        "imported before acceptance",
        "test_each_of_the_sixteen_statuses_has_its_fate",
    ),
    12: ("old orders come back", "test_old_orders_are_ignored_unless_somebody_asks"),
    13: (
        "parts are missing",
        "test_every_bad_order_is_explained_and_leaves_nothing_behind",
    ),
    14: ("no billing address", "test_missing_billing_falls_back_to_delivery"),
    15: ("canceled before import", "test_canceled_before_import_closes_its_error"),
    16: ("statuses left out", "test_sixteen_statuses_and_unknown_are_shown"),
    17: (
        "a refund stops the run",
        "test_bug_of_another_module_after_the_import_stops_no_other_order",
    ),
    18: ("no address for what they ship", "test_erased_names_still_make_a_customer"),
    19: ("quantity zero", "test_canceled_refused_and_empty_lines_are_left_out"),
    20: (
        "days in fractions",
        "test_first_synchronization_looks_back_as_far_as_the_account_says",
    ),
    21: ("a limit changes a quantity", "[sales know no maximum quantity]"),
    22: ("comments as a list", "test_comments_are_text_or_list_of_texts"),
    23: ("types never refreshed", "test_types_are_refreshed_with_the_order"),
    24: ("home rate on shipping", "test_shipping_follows_the_rate_of_the_largest_line"),
    25: ("shipping taxed twice", "test_excluded_taxes_rounded_by_line"),
    26: (
        "rounded in two places",
        "test_converted_amounts_of_many_decimals_are_rounded_once",
    ),
    27: ("price rules apply", "test_pricelist_update_leaves_the_marketplace_price"),
    28: ("B2B shipping taxed", "test_business_without_tax_covers_shipping_too"),
    29: ("shipping on each package", "test_two_delivery_addresses_are_two_sale_orders"),
    30: ("tax lost in a merge", "test_same_product_on_two_lines_stays_two_lines"),
    31: (
        "converted twice",
        "test_amounts_that_lengow_converts_are_not_converted_again",
    ),
    32: ("confirming reprices", "test_price_survives_a_confirmation_by_hand"),
    33: (
        "invoice without shipping",
        "test_invoice_equals_the_order_and_is_paid_in_the_marketplace_journal",
    ),
    34: ("merged by relay mail", "test_shared_relay_email_does_not_merge_two_buyers"),
    35: ("names in one field", "test_names_in_every_shape"),
    36: ("first and last name swapped", "[a partner has one name]"),
    37: ("three street lines, odd signs", "test_three_street_lines_are_all_kept"),
    38: ("no phone", "test_phone_from_any_field_of_any_address"),
    39: ("an odd e-mail", "test_odd_email_does_not_stop_the_import"),
    40: ("VAT number comes later", "test_vat_number_that_comes_later_is_taken_over"),
    41: (
        "addresses doubled",
        "test_same_customer_elsewhere_gets_another_delivery_address",
    ),
    42: ("regions in words", "test_states_by_code_name_and_accents"),
    43: ("tax of the billing country", "test_rate_of_the_delivery_country_applies"),
    44: ("relay without its name", "test_relay_point_becomes_the_delivery_address"),
    45: (
        "line numbers lost",
        "test_lines_without_or_with_equal_numbers_keep_their_links",
    ),
    46: ("a SKU taken for an id", "test_numeric_sku_is_not_a_database_id"),
    47: (
        "old SKU after a rename",
        "test_alias_of_the_marketplace_wins_over_everything",
    ),
    48: ("suffix; parent for variant", "test_fulfilment_suffix_is_not_part_of_the_sku"),
    49: ("sent though it runs", "test_what_runs_at_lengow_already_is_adopted"),
    50: (
        "waiting taken for done",
        "test_neither_queued_nor_processed_without_error_still_waits",
    ),
    51: (
        "undeclared arguments",
        "test_only_declared_arguments_go_and_defaults_only_where_demanded",
    ),
    52: (
        "missing argument sent",
        "test_every_argument_that_does_not_fit_is_refused_with_its_name",
    ),
    53: (
        "carrier name always sent",
        "test_the_carrier_name_goes_only_with_the_carrier_it_depends_on",
    ),
    54: (
        "done elsewhere, still open",
        "test_a_failure_ends_when_the_marketplace_shows_it_done",
    ),
    55: (
        "partial shipment counted",
        "test_a_failed_part_does_not_count_and_is_not_told_twice",
    ),
    56: (
        "one column for two reasons",
        "test_cancel_and_refund_have_reasons_of_their_own",
    ),
    57: (
        "sent for ever",
        "test_what_never_arrives_calls_for_a_person_after_three_days",
    ),
    58: ("cancel never sent again", "[no local state is searched: the outbox is]"),
    59: (
        "tracking comes later",
        "test_tracking_that_comes_later_is_waited_for_then_reported",
    ),
    60: (
        "connection lost",
        "test_an_unreachable_lengow_is_retried_then_a_person_is_called",
    ),
    61: (
        "carriers compared by code",
        "test_the_same_name_comes_first_then_similar_ones",
    ),
    62: (
        "a carrier switched off",
        "test_a_carrier_that_is_no_longer_offered_is_not_told",
    ),
}


@tagged("post_install", "-at_install")
class TestKnownBugs(BaseCase):
    def test_each_known_bug_has_a_test_or_a_reason(self):
        written = set()
        for path in TESTS.glob("**/test_*.py"):
            written |= set(re.findall(r"def (test_\w+)", path.read_text("utf-8")))
        for number, (_bug, proof) in KNOWN_BUGS.items():
            if not proof.startswith("["):
                self.assertIn(proof, written, number)

    def test_no_number_is_left_out(self):
        self.assertEqual(sorted(KNOWN_BUGS), list(range(1, 63)))
