"""What is done when the addon goes."""

from .models.lengow_engine import WAITING_STATES
from .models.lengow_queued import METHOD


def uninstall_hook(env):
    """Cancel the jobs that wait: without the addon nobody knows how to do them.

    What they were to do is still due, and done by the scheduled actions.

    :param Environment env: of the database
    """
    env["queue.job"].search(
        [("method_name", "=", METHOD), ("state", "in", WAITING_STATES)]
    ).button_cancelled()
