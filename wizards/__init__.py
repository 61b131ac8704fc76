# What dialogs are made of
from . import lengow_dialog
from . import lengow_action_argument
from . import lengow_action_form
from . import lengow_action_line
from . import lengow_action_line_form
from . import lengow_bulk_form
from . import lengow_bulk_row
from . import lengow_settlement_form

# Dialogs that ask marketplaces for something
from . import lengow_order_decide
from . import lengow_order_decide_line
from . import lengow_order_ship
from . import lengow_order_ship_row
from . import lengow_order_cancel
from . import lengow_order_refund
from . import lengow_order_act
from . import lengow_order_act_kind

# The other dialogs
from . import lengow_account_pause
from . import lengow_catalogue_check
from . import lengow_catalogue_preview
from . import lengow_catalogue_setup
from . import lengow_company_check
from . import lengow_company_check_row
from . import lengow_dismiss
from . import lengow_order_address
from . import lengow_order_difference
from . import lengow_order_fetch
from . import lengow_order_resolve
from . import lengow_order_resolve_line
from . import lengow_order_setting
from . import lengow_carrier_link
from . import lengow_carrier_matrix
from . import lengow_carrier_matrix_row
from . import lengow_document_print
from . import lengow_order_export
from . import lengow_report_month
from . import lengow_lanes
from . import lengow_order_anonymise
from . import mail_compose_message
