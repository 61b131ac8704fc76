"""What became of it all, in numbers: nothing is written here but the lines' shares."""

from . import lengow_order_line
from . import lengow_order_report
from . import lengow_tax_report
from . import res_currency_rate
from . import sale_report
from . import account_invoice_report
