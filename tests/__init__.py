from . import test_account
from . import test_import_totals
