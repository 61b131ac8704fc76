"""The fault campaign in its long form: at least 300 actions.

It measures nothing in time: its limit is that every action happens exactly once.
"""

import json
import os
import runpy
from pathlib import Path

CAMPAIGN = Path(__file__).parent.parent / "odoo_scripts" / "campaign.py"

os.environ["LENGOW_CAMPAIGN"] = json.dumps({"actions": 320, "seed": 1, "seconds": 900})
runpy.run_path(str(CAMPAIGN), init_globals={"env": env})
