"""Write what there is to translate in an addon into a file.

Runs in an Odoo shell: Odoo's own command for it knows no addons beside those of its
configuration. The process environment's ``LENGOW_ADDON`` is the addon's name and
``LENGOW_TEMPLATE`` where the file is.
"""

import os
from pathlib import Path

from odoo.tools.translate import trans_export

with Path(os.environ["LENGOW_TEMPLATE"]).open("wb") as file:
    trans_export(None, [os.environ["LENGOW_ADDON"]], file, "po", env)
