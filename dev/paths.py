"""Where things lie: the checkout and its one ignored folder."""

import hashlib
import os
from pathlib import Path

ADDON = "lengow_connector"
ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "dev"
# Addons that join the addon with others; each is installed by itself.
EXTRAS = ROOT / "extras"
RUNTIME = ROOT / ".runtime"
ADDONS = RUNTIME / "addons"
LOGS = RUNTIME / "log"
LOCKS = RUNTIME / "locks"
VENV = RUNTIME / "venv"
ODOO = RUNTIME / "odoo"
DATA = RUNTIME / "data"
FILESTORE = DATA / "filestore"
STATE = RUNTIME / "state"
NODE = RUNTIME / "node"

# Nine hexadecimal digits that tell this checkout from any other on the machine.
CHECKOUT_KEY = hashlib.sha256(str(ROOT).encode()).hexdigest()[:9]


def prepare_runtime() -> None:
    """Create the folders of ``.runtime/`` so that other users can pass through them.

    The database server runs as another user than root and has to reach its own folder,
    whatever the umask of the person at the keyboard is.
    """
    os.umask(0o022)
    for folder in (RUNTIME, LOGS, LOCKS, STATE, FILESTORE):
        folder.mkdir(parents=True, exist_ok=True)
