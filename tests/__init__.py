<<<<<<< HEAD
from . import (
    test_account,
    test_import_buyers,
    test_import_invoices,
    test_import_sales,
    test_import_totals,
)
=======
from . import test_account
from . import test_outbox
>>>>>>> dca04b1 (Add the outbox: actions are sent once and followed to their end)
