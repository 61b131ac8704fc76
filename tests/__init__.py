from . import (
    test_account,
    test_connection,
    test_crons,
    test_fault_property,
    test_fetch,
    test_import_buyers,
    test_import_errors,
    test_import_invoices,
    test_import_sales,
    test_import_totals,
    test_inbox,
    test_keys,
)
