from . import lengow_action_argument
from . import lengow_action_form
from . import lengow_order_decide
from . import lengow_order_act
from . import lengow_order_fetch
from . import lengow_order_resolve
from . import lengow_document_print
from . import lengow_order_export
