from . import test_account
from . import test_import_totals
from . import test_import_buyers
from . import test_import_invoices
from . import test_import_sales
