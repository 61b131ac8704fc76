"""What every test needs: a sandbox, an account, products, taxes."""

from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tests.common import _super_send as _send

from ...lengow_api import Transport, endpoints
from ...sandbox import SandboxServer, paging

_numbers = count(1)


class LengowCase(TransactionCase):
    """A connected account on a sandbox of its own, spoken to over real HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.pauses = []
        cls.startClassPatcher(_no_sleep(cls.pauses))
        cls.server = SandboxServer(port=0, seed=False, action_delay=0)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.sandbox = cls.server.state
        cls.company = cls.env.company
        cls.tax = cls.create_tax(20.0)
        cls.shirt = cls.create_product("SHIRT", barcode="4006381333931")
        cls.mug = cls.create_product("MUG")
        cls.account = cls.create_account()
        cls.account.action_connect()
        cls.marketplace = cls.find_marketplace("amazon_fr")
        cls.user = cls.create_user("lengow-user", "lengow_connector.group_user")
        cls.manager = cls.create_user(
            "lengow-manager", "lengow_connector.group_manager"
        )

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Override to let this machine be called with the client's own time-outs.

        Odoo's test case compares the time-out with a number, and the client gives two:
        one to connect and one to read.
        """
        if request.url.startswith("http://127.0.0.1:"):
            return _send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.sandbox.clear_orders()
        self.sandbox.forget_actions()
        self.sandbox.faults.clear()
        self.sandbox.calls.clear()
        self.pauses.clear()

    @classmethod
    def create_user(cls, login, *groups, **values):
        """Return a user of some groups, told by their XML ids."""
        return new_test_user(cls.env, login, groups=",".join(groups), **values)

    @classmethod
    def create_stranger(cls, *groups):
        """Return a user of some groups who belongs to another company alone."""
        company = cls.env["res.company"].create({"name": "Another Company"})
        return cls.create_user(
            "stranger", *groups, company_id=company.id, company_ids=company.ids
        )

    @classmethod
    def add_stock(cls, product, quantity):
        """Put so much of a product into the warehouse of the company."""
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, quantity
        )

    @classmethod
    def create_accountant(cls):
        """Return an accountant who is no Lengow user."""
        return cls.create_user("accountant", "account.group_account_invoice")

    @classmethod
    def create_tax(cls, rate, included=True, **values):
        tax_group = cls.env["account.tax.group"].create({"name": f"VAT {rate} %"})
        return cls.env["account.tax"].create(
            {
                "name": f"VAT {rate} % ({next(_numbers)})",
                "amount": rate,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
                "tax_group_id": tax_group.id,
                **values,
            }
        )

    @classmethod
    def create_product(cls, sku, **values):
        return cls.env["product.product"].create(
            {
                "name": sku.title(),
                "default_code": sku,
                "type": "consu",
                "is_storable": True,
                "list_price": 50.0,
                "taxes_id": [Command.set(cls.tax.ids)],
                **values,
            }
        )

    @classmethod
    def create_account(cls, **values):
        access_token, secret = cls.server.keys
        return cls.env["lengow.account"].create(
            {
                "name": "Test Shop",
                "access_token": access_token,
                "secret_token": secret,
                "base_url": cls.server.url,
                "import_max_age_days": 0,
                "undo_seconds": 0,
                # The sandbox answers within a moment.
                "calls_per_minute": 0,
                **values,
            }
        )

    @classmethod
    def find_marketplace(cls, code, account=None):
        return cls.env["lengow.marketplace"].search(
            [("account_id", "=", (account or cls.account).id), ("code", "=", code)]
        )

    # === ORDERS === #

    def put(self, payload, **kwargs):
        """Put an order into the sandbox and return its payload."""
        self.sandbox.put_order(payload, touch=True, **kwargs)
        return payload

    def sync(self, account=None):
        """Synchronize as a click does, and return the account's orders."""
        account = account or self.account
        account.action_sync_orders()
        return account.order_ids

    def order(self, name, account=None):
        """Return the one row of an order."""
        return self.env["lengow.order"].search(
            [("name", "=", name), ("account_id", "=", (account or self.account).id)]
        )

    def import_payload(self, payload):
        """Put an order into the sandbox, synchronize, and return its row."""
        self.put(payload)
        self.sync()
        return self.order(payload["marketplace_order_id"])

    def import_order(self, number="A-1", *packages, **values):
        """Import what :func:`payload` returns for the same arguments."""
        order = self.import_payload(payload(number, *packages, **values))
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def wizard_of(self, action, user=None):
        """Return the dialog that an action opens, as a user sees it."""
        wizard = self.env[action["res_model"]]
        wizard = wizard.with_user(user) if user else wizard
        if "res_id" in action:
            return wizard.browse(action["res_id"])
        return wizard.with_context(**action["context"]).create({})

    # === LENGOW'S BEHAVIOUR === #

    def fault(self, path, **members):
        """Have the sandbox do something wrong on every call of a path.

        :param members: of :class:`sandbox.faults.Fault`; `times` to limit the calls
        """
        return self.sandbox.faults.add({"path": path, "times": None, **members})

    def calls(self, path):
        """Return the calls that the sandbox got, without those for a token."""
        return self.sandbox.calls_to(path)

    @contextmanager
    def pages_of(self, size):
        """Let Lengow give so many orders a page."""
        with patch.object(paging, "MAX_PAGE_SIZE", size):
            yield

    @contextmanager
    def impatience(self, seconds=0.2):
        """Wait so long for an answer instead of Lengow's own time-outs."""
        names = ("GET_TOKEN", "MARKETPLACES", "ORDERS")
        hasty = {
            name: replace(getattr(endpoints, name), read_timeout=seconds)
            for name in names
        }
        with patch.multiple(endpoints, **hasty):
            yield

    # === SCHEDULED ACTIONS === #

    @contextmanager
    def crons(self):
        """Let scheduled actions run as scheduled actions, commits and all."""
        with self.enter_registry_test_mode():
            yield

    def run_cron(self, name):
        """Run a scheduled action of the addon the way its button does."""
        self.env.ref(f"lengow_connector.{name}").method_direct_trigger()


def _no_sleep(pauses):
    """Return a patch that notes the client's pauses instead of taking them."""
    defaults = Transport.__init__.__kwdefaults__
    return patch.dict(defaults, sleep=pauses.append, random=lambda: 0.5)


def address(**values):
    """Return an address as Lengow sends it."""
    return {
        "id": 1,
        "type": "delivery",
        "company": None,
        "civility": "Mme",
        "first_name": "Camille",
        "last_name": "Exemple",
        "full_name": None,
        "first_line": "1 rue du Test",
        "second_line": None,
        "complement": None,
        "zipcode": "75001",
        "city": "Paris",
        "state_region": None,
        "common_country_iso_a2": "FR",
        "phone_home": None,
        "phone_office": None,
        "phone_mobile": "0600000000",
        "full_address": None,
        "email": "camille@example.com",
        "vat_number": None,
        "metas": None,
        **values,
    }


def line(sku="SHIRT", amount="24.00", quantity=1, **values):
    """Return a cart line as Lengow sends it; `amount` is for the whole line."""
    return {
        "id": 100,
        "marketplace_order_line_id": f"{sku}-{amount}-{quantity}",
        "marketplace_product_id": None,
        "merchant_product_id": {"field": "ID_PRODUCT", "id": sku},
        "marketplace_status": None,
        "lengow_status": "waiting_shipment",
        "title": f"Title of {sku}",
        "amount": amount,
        "tax": None,
        "shipping": None,
        "discount": None,
        "quantity": quantity,
        "documents": [],
        "orderline_types": [],
        **values,
    }


def package(*lines, delivery=None, trackings=()):
    """Return a package as Lengow sends it."""
    return {
        "cart": list(lines) or [line()],
        "delivery": {**(delivery or address()), "trackings": list(trackings)},
    }


def payload(number="A-1", *packages, total=None, **values):
    """Return an order as Lengow sends it; its total adds up unless given."""
    packages = list(packages) or [package()]
    shipping, fee = values.get("shipping"), values.get("processing_fee")
    if total is None:
        amounts = [Decimal(str(li["amount"])) for p in packages for li in p["cart"]]
        extras = [Decimal(str(x)) for x in (shipping, fee) if x is not None]
        total = str(sum(amounts + extras))
    return {
        "marketplace": "amazon_fr",
        "account_id": 4242,
        "marketplace_order_id": number,
        "merchant_order_id": None,
        "marketplace_status": "Unshipped",
        "lengow_status": "waiting_shipment",
        "marketplace_order_date": "2026-01-15T10:30:00Z",
        "marketplace_customer_id": None,
        "total_order": total,
        "total_tax": "0.00",
        "shipping": None,
        "discount": 0,
        "commission": "1.50",
        "processing_fee": None,
        "currency": {"iso_a3": "EUR", "symbol": "€", "name": "Euro"},
        "original_currency": {"iso_a3": "EUR", "symbol": "€", "name": "Euro"},
        "comments": None,
        "payments": [],
        "packages": packages,
        "billing_address": address(type="billing"),
        "contact_address": None,
        "documents": [],
        "imported_at": "2026-01-15T10:35:00Z",
        "updated_at": "2026-01-15T10:35:00Z",
        "order_meta": {"feed_id": 1, "checksum": "x"},
        "anonymized": False,
        "order_types": [],
        **values,
    }
