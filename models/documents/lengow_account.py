import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_HOST = re.compile(
    r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE
)


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    document_hosts = fields.Char(
        default="*.lengow.io",
        help="Where links to documents may lead, separated by commas. *.example.com "
        "stands for every host below example.com. Documents that come by their number "
        "come from Lengow itself and need none.",
    )

    @api.constrains("document_hosts")
    def _check_document_hosts(self):
        """Refuse what is no name of a host on the internet.

        :raise ValidationError: naming what is none
        """
        for account in self:
            for host in account._get_document_hosts():
                if not _HOST.fullmatch(host):
                    raise ValidationError(
                        self.env._(
                            "%s is no name of a host. Enter names like "
                            "documents.example.com, without https:// or a path.",
                            host,
                        )
                    )

    def _get_document_hosts(self):
        """Return the hosts that links to documents may lead to.

        :rtype: list[str]
        """
        self.ensure_one()
        return [
            host for host in re.split(r"[\s,;]+", self.document_hosts or "") if host
        ]
