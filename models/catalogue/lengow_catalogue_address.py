"""Where Lengow fetches a catalogue, and what keeps everybody else out."""

import hmac
import ipaddress
import re
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

from ...catalogue.visit import AGENT
from ..ui import notification

ROOT = "/lengow/catalogue"
MAIN_FILE = "catalogue.csv"
STOCK_FILE = "stock.csv"
# Compared with where there is no token, so that it takes the same time.
NO_TOKEN = secrets.token_urlsafe(32)
LONGEST_GRACE = 90
# Where the secret is sent when somebody checks it, and whom it opens the catalog to.
ACCESS_FIELDS = ("base_url", "addresses", "token_days")


def new_token():
    """Return a secret that nobody can guess, as it stands in an address.

    :rtype: str
    """
    return secrets.token_urlsafe(32)


class LengowCatalogueAddress(models.AbstractModel):
    """The address of a catalogue: its secret, and who may use it.

    Whoever knows the token reads all prices and stocks, so it is long, compared in
    constant time and replaced at a click. A list of IP addresses is asked for beside
    the token, never instead of it.
    """

    _name = "lengow.catalogue.address"
    _description = "Address of a Lengow Catalog"

    rotated_at = fields.Datetime(string="Address Changed On", readonly=True, copy=False)
    token_days = fields.Integer(
        string="Old Address Works For",
        default=7,
        help="After the address was changed, the one from before works for so many "
        "days more, so that there is time to enter the new one in Lengow. 0: it ends "
        "at once.",
    )
    url = fields.Char(
        string="Address for Lengow",
        compute="_compute_urls",
        exportable=False,
        groups="base.group_system",
        help="Enter it in Lengow as the source of a catalog. Whoever knows it can read "
        "the catalog: treat it like a password.",
    )
    stock_url = fields.Char(
        string="Address of the Stock File",
        compute="_compute_urls",
        exportable=False,
        groups="base.group_system",
        help="A small file with quantities and prices alone. Enter it in Lengow as an "
        "additional source that is fetched more often.",
    )

    _token_days_check = models.Constraint(
        f"CHECK(token_days BETWEEN 0 AND {LONGEST_GRACE})",
        f"The old address works for 0 to {LONGEST_GRACE} days more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("token", "base_url")
    def _compute_urls(self):
        for catalogue in self:
            is_real = catalogue.token and isinstance(catalogue.id, int)
            catalogue.url = is_real and catalogue._file_url(MAIN_FILE)
            catalogue.stock_url = is_real and catalogue._file_url(STOCK_FILE)

    # === CONSTRAINT METHODS === #

    @api.constrains("addresses")
    def _check_addresses(self):
        """Refuse a list of which somebody would be let in, or kept out, by a slip.

        :raise ValidationError: naming what is no IP address
        """
        for catalogue in self:
            for text in _entries(catalogue.addresses):
                if _network(text) is None:
                    raise ValidationError(
                        self.env._(
                            "“%(entry)s” is no IP address. Enter addresses or networks "
                            "such as 46.19.183.204 or 185.61.176.128/27, one a line.",
                            entry=text[:60],
                        )
                    )

    @api.constrains("base_url")
    def _check_base_url(self):
        """Refuse what is no address of a server.

        :raise ValidationError: naming it
        """
        for catalogue in self:
            if not _is_base(catalogue.base_url or ""):
                raise ValidationError(
                    self.env._(
                        "“%(url)s” is no public address. Enter one such as "
                        "%(example)s.",
                        url=(catalogue.base_url or "")[:100],
                        example="https://odoo.example.com",
                    )
                )

    # === ACTION METHODS === #

    def action_rotate_token(self):
        """Give the catalog a new address; the one from before works a while longer.

        The address that Lengow uses outlives a second click: what is replaced then is
        the new one, as long as nobody has used it.

        :return: a notification
        :raise AccessError: if the user could not read the new address
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_see_token()
        now = fields.Datetime.now()
        until = now + timedelta(days=self.token_days)
        catalogue = self.sudo()  # the token is the system's
        is_unused = catalogue._has_old_token() and not catalogue._is_new_token_used()
        catalogue.write(
            {
                "old_token": catalogue.old_token if is_unused else catalogue.token,
                "old_token_until": until,
                "rotated_at": now,
                "token": new_token(),
            }
        )
        catalogue.message_post(
            body=self.env._(
                "%s changed the address of the catalog.", self.env.user.name
            )
        )
        if until <= now:
            return notification(
                "warning",
                self.env._("The old address is void. Enter the new one in Lengow."),
            )
        return notification(
            "success",
            self.env._(
                "Enter the new address in Lengow. The old one works until %s.",
                format_date(self.env, fields.Datetime.context_timestamp(self, until)),
            ),
        )

    def action_end_old_token(self):
        """End the old address at once.

        :return: a notification
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo().write({"old_token": False, "old_token_until": False})
        self.message_post(
            body=self.env._(
                "%s ended the old address of the catalog.", self.env.user.name
            )
        )
        return notification("success", self.env._("The old address is void."))

    def action_check_url(self):
        """Ask the public address for the catalog, and say what a stranger would get.

        :return: the action that opens the dialog
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.catalogue.check"]._open_for(self)

    # === BUSINESS METHODS === #

    def _is_token(self, text):
        """Whether a text opens the catalog; in the same time whatever it is.

        :param str text: of an address that somebody asks for
        :rtype: bool
        """
        return self._token_kind(text) in ("current", "old")

    def _token_kind(self, text):
        """Say which token of the catalog a text is.

        :param str text: of an address that somebody asks for
        :return: `current`, `old` (it works still), `expired`, or None for any other
        :rtype: str | None
        """
        given = text.encode("utf-8", "surrogatepass")
        tokens = self.sudo()  # nobody is told what they are
        is_current = _is_same(given, tokens.token)
        is_old = _is_same(given, tokens.old_token)
        if is_current:
            return "current"
        if is_old:
            return "old" if self._has_old_token() else "expired"
        return None

    def _has_old_token(self):
        """Whether a token from before works still."""
        catalogue = self.sudo()
        until = catalogue.old_token_until
        return bool(catalogue.old_token and until and until > fields.Datetime.now())

    def _is_open_to(self, address):
        """Whether an IP address may fetch the catalog, if it has the token.

        :param str address: of whoever asks
        :rtype: bool
        """
        entries = _entries(self.sudo().addresses)
        if not entries:
            return True
        try:
            ip = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        networks = [network for text in entries if (network := _network(text))]
        return any(ip in network for network in networks)

    def _is_served(self):
        """Whether this database answers for the catalog.

        A copy of the database must not be taken for the shop.

        :rtype: bool
        """
        return self._has_pictures() and self.state != "draft"

    def _has_pictures(self):
        """Whether the pictures of the catalog are to be had.

        They are before it is published, too, so that somebody can look at them first.

        :rtype: bool
        """
        account = self.sudo().account_id
        return bool(self.active and not account._is_copy() and not account.is_elsewhere)

    def _public_base(self):
        """Return the address of this database as the internet sees it.

        :rtype: str
        """
        self.ensure_one()
        return (self.base_url or self.get_base_url()).strip().rstrip("/")

    def _file_url(self, name):
        """Return the address of one of the files of the catalog.

        :param str name: for example `catalogue.csv`
        :rtype: str
        """
        token = self.sudo().token
        return f"{self._public_base()}{ROOT}/{self.id}/{token}/{name}"

    # === HELPERS === #

    def _check_may_see_token(self):
        """Keep the addresses with those who may read them.

        :raise AccessError: naming who may
        """
        if not (self.env.su or self.env.is_system()):
            raise AccessError(
                self.env._(
                    "Only a system administrator may change the address of a catalog, "
                    "and who may fetch it: nobody else can read its secret."
                )
            )

    def _check_may_open(self, vals):
        """Keep what the secret opens, and where it goes, with those who may read it.

        :param dict vals: that are about to be written
        :raise AccessError: naming who may
        """
        for name in vals.keys() & {*ACCESS_FIELDS}:
            if any((one[name] or False) != (vals[name] or False) for one in self):
                self._check_may_see_token()

    def _check_opens_as_known(self):
        """Keep new catalogs to what an administrator has entered on another one.

        :raise AccessError: naming who may enter something else
        """
        for catalogue in self:
            for name in ACCESS_FIELDS:
                if not catalogue._is_known_access(name):
                    self._check_may_see_token()

    def _is_known_access(self, name):
        field, value = self._fields[name], self[name]
        if value == (field.default(self) if field.default else False):
            return True
        catalogues = self.sudo().with_context(active_test=False)
        domain = [(name, "=", value), ("id", "!=", self.id)]
        return bool(catalogues.search_count(domain, limit=1))

    def _is_new_token_used(self):
        """Whether somebody has fetched with the token of the last change."""
        domain = [
            ("catalogue_id", "=", self.id),
            ("fetched_at", ">=", self.rotated_at),
            ("is_old_token", "=", False),
            ("status", "<", 400),  # who got nothing goes on with the old one
            ("agent", "!=", AGENT),
        ]
        return bool(self.env["lengow.catalogue.fetch"].search_count(domain, limit=1))


def _is_same(given, token):
    """Compare with a token, or with what is none, in the same time."""
    is_same = hmac.compare_digest(given, (token or NO_TOKEN).encode())
    return is_same and bool(token)


def _is_base(url):
    """Whether a text is an address to which paths can be added."""
    try:
        parts = urlsplit(url.strip())
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not (parts.username or parts.query or parts.fragment)
        )
    except ValueError:
        return False


def _entries(addresses):
    """Return the IP addresses and networks of a list that somebody has typed."""
    return re.split(r"[\s,;]+", addresses.strip()) if (addresses or "").strip() else []


def _network(text):
    """Return an IP address or a network, None for anything else."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
