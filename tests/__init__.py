from . import (
    test_account,
    test_import_buyers,
    test_import_invoices,
    test_import_sales,
    test_import_totals,
    test_outbox,
    test_rules,
)
