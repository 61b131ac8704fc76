# First: others inherit from it.
from . import lengow_queued
from . import lengow_account
from . import lengow_action
from . import lengow_cron
from . import lengow_document
from . import lengow_document_fetcher
from . import lengow_engine
from . import lengow_follower
from . import lengow_importer
from . import lengow_order
from . import lengow_sender
