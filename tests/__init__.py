from . import (
    test_account,
    test_import_buyers,
    test_import_invoices,
    test_import_sales,
    test_import_totals,
    test_order_changes,
    test_order_errors,
    test_order_fetch,
    test_order_followup,
    test_order_resolve,
    test_tours,
)
