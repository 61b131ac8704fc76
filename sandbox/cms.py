"""What Lengow's plugins ask of the shop systems of an account."""

from .replies import json_reply


def list_catalogues(state, _request, account):
    """Answer ``GET /v3.1/cms/catalogs/``: those of the account, on one page.

    Unlike the catalogue API it is open to every account.
    """
    return json_reply(
        [one.as_listed() for one in state.catalogues.of_account(account.id)]
    )
