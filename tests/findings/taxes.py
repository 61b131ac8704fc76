"""Findings about buyers, products and taxes, and the tests that hold them right."""

FINDINGS = {
    "I2": "test_import_buyers.TestImportBuyers."
    "test_company_of_a_delivery_stands_on_its_label, "
    "test_import_buyers.TestImportBuyers."
    "test_branch_office_of_a_business_is_named_on_the_label",
    "I6": "test_taxes.TestFiscalPositions.test_fixed_customer_is_taxed_by_the_delivery",
    "I7": "test_import_buyers.TestImportBuyers."
    "test_every_address_of_a_buyer_is_of_the_accounts_company",
    "I22": "test_import_buyers.TestImportBuyers."
    "test_relay_point_gets_no_mail_meant_for_the_buyer",
    "I23": "test_import_sales.TestImportSales.test_confirmation_mails_no_coupon, "
    "test_modules.TestBesideModules."
    "test_coupon_of_a_loyalty_program_is_not_mailed_to_the_buyer",
    "I24": "test_taxes.TestTaxAmounts."
    "test_vat_charged_to_a_business_is_not_booked_as_none_without_a_word, "
    "test_taxes.TestTaxAmounts.test_vat_that_differs_is_told_of_consumers_too",
    "I31": "test_import_sales.TestImportSales.test_branch_sells_its_parents_products",
    "I39": "test_concurrency.TestConcurrency."
    "test_two_orders_of_one_new_buyer_at_once_make_one_contact, "
    "test_import_buyers.TestImportBuyers."
    "test_upgrade_leaves_one_known_contact_of_a_buyer",
    "I40": "test_import_buyers.TestImportBuyers."
    "test_business_with_another_billing_address_keeps_its_person",
    "I41": "test_import_buyers.TestImportBuyers."
    "test_other_company_of_the_same_customer_leaves_the_first_alone, "
    "test_import_buyers.TestImportBuyers.test_vat_number_that_comes_later_is_taken_over",
    "I42": "test_import_buyers.TestImportBuyers."
    "test_relay_email_that_changes_is_followed",
    "I43": "test_import_buyers.TestImportBuyers."
    "test_contact_is_reached_as_its_delivery_address",
    "I44": "test_import_buyers.TestImportBuyers."
    "test_customer_number_that_is_none_merges_nobody",
    "I45": "test_import_sales.TestImportSales."
    "test_reference_of_another_companys_product_does_not_hide_our_barcode",
    "I55": "test_import_sales.TestImportSales."
    "test_a_discount_larger_than_any_package_is_spread",
    "I56": "test_import_buyers.TestImportBuyers."
    "test_country_of_the_billing_address_serves_where_the_delivery_has_none",
    "L1": "test_taxes.TestVatNumbers."
    "test_what_is_no_vat_number_leaves_the_vat_on_the_sale",
    "L2": "test_taxes.TestVatNumbers."
    "test_identity_number_of_a_private_buyer_frees_from_no_vat",
    "L6": "test_taxes.TestVatNumbers."
    "test_what_is_no_vat_number_leaves_the_vat_on_the_sale, "
    "test_modules.TestBesideModules."
    "test_what_is_no_vat_number_stops_no_order_and_is_not_asked_either",
    "L7": "test_taxes.TestTaxAmounts."
    "test_eco_contribution_is_not_due_on_shipping_fees_and_discounts",
    "L8": "test_taxes.TestFiscalPositions."
    "test_export_without_a_position_is_told_before_anybody_invoices",
    "L9": "test_taxes.TestFiscalPositions."
    "test_domestic_rate_that_a_position_leaves_standing_is_told",
    "L10": "test_taxes.TestTaxAmounts.test_goods_without_any_tax_are_told",
    "L11": "test_taxes.TestVatNumbers."
    "test_business_that_buys_privately_pays_vat, test_taxes.TestVatNumbers."
    "test_relay_point_does_not_change_the_fiscal_position",
    "L14": "test_modules.TestBesideModules.test_import_asks_no_vies, "
    "test_modules.TestBesideModules."
    "test_neither_a_number_that_comes_later_nor_the_deletion_asks_vies",
    "L15": "test_taxes.TestVatNumbers."
    "test_good_number_of_a_business_is_kept_with_its_prefix",
}
