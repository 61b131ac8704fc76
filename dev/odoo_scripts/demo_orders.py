"""Connect two accounts to the sandbox, synchronize, tell what became of the orders.

Runs in an Odoo shell. The process environment's ``LENGOW_DEMO`` is a JSON object:
``base_url`` of the sandbox, ``catalogue`` (a file of products), ``currencies`` of its
orders, and ``output``, the file to write. That file is a JSON object too: ``orders``,
each with the columns of the demo's table, ``sale_totals``, ``expected`` and
``is_exact``; ``new_orders`` and ``new_sales``, how many of each this run created; and
``routed``, how many sale orders the second company has.
"""

import json
import os
import sys
from decimal import Decimal
from pathlib import Path

# The sandbox is no part of the addon that merchants install.
sys.path.append(str(Path(__file__).parent.parent.parent))
from odoo.addons.lengow_connector.lengow_api import Order, reconcile

from sandbox import SandboxServer

# What a euro buys, rounded: enough for amounts that look right.
RATES = {"GBP": 0.86, "PLN": 4.25, "SEK": 11.0, "CHF": 0.95, "USD": 1.1, "DKK": 7.46}
STOCK = 500
TIME_ZONE = "Europe/Paris"
ACCOUNTS = {
    "Lengow sandbox": SandboxServer.keys,
    "Lengow sandbox, outlet": SandboxServer.second_keys,
}
# Their marketplaces leave so long to accept an order, and this one is invoiced at once.
ACCEPTANCE_HOURS = 72
INVOICED = "cdiscount"
# A SKU that is three of a product, and where a product stands in for unknown SKUs.
PACK = ("LGW-1001-3PACK", "LGW-1001", 3)
FALLBACK_AT, FALLBACK = "bol", "Unknown Article"
# What the carrier of one marketplace is here, and what is sent by when it is urgent.
LINKED_AT, LINKED, RELAY_METHOD = "galeries_lafayette", "LAPOSTE", "Relay Parcel"
EXPRESS_METHOD = "Express Courier"
# A company that gets the orders of one marketplace, and who works in it alone.
ROUTED_AT, SECOND_COMPANY, SECOND_USER = "kaufland_de", "Beispiel GmbH", "beispiel"
# Who else may log in, with the login as the password, and what they may do.
USERS = {
    "lengow": ("lengow_connector.group_user", "sales_team.group_sale_salesman"),
    "stock": ("stock.group_stock_user", "base.group_partner_manager"),
    "accountant": ("account.group_account_manager",),
}

request = json.loads(os.environ["LENGOW_DEMO"])
env = env(user=env.ref("base.user_admin"))
company = env.company
home = company.country_id


def ensure_company():
    """Let the company sell, invoice and print at home: its chart is American."""
    mine = [("company_id", "=", company.id)]
    groups = env["account.tax.group"].search(mine)
    groups.filtered(lambda g: g.country_id != home).country_id = home
    taxes = env["account.tax"].with_context(active_test=False).search(mine)
    taxes.filtered(lambda tax: tax.country_id != home).country_id = home
    domain = [("name", "=", "Domestic"), *mine]
    env["account.fiscal.position"].search(domain).country_id = home
    company.account_sale_tax_id.tax_group_id.name = "VAT 20%"
    if not company.external_report_layout_id:
        # Who prints first would be asked for it, instead of getting what is printed.
        company.external_report_layout_id = env.ref("web.external_layout_standard")


def ensure_users():
    """Let people log in who may do no more than their work; they see local times."""
    Users = env["res.users"].with_context(no_reset_password=True)
    env.user.tz = TIME_ZONE
    for login, groups in USERS.items():
        if not Users.search_count([("login", "=", login)]):
            Users.create(
                {
                    "name": f"Demo {login.capitalize()}",
                    "login": login,
                    "password": login,
                    "tz": TIME_ZONE,
                    "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
                }
            )


def ensure_tax():
    """Return the tax of 20 % that marketplace prices include."""
    name = "20% included"
    standard = company.account_sale_tax_id
    known = standard.search(
        [("name", "=", name), ("company_id", "=", company.id)], limit=1
    )
    return known or standard.copy(
        {"name": name, "price_include_override": "tax_included"}
    )


def ensure_products(tax):
    """Create the catalogue's products that are not there yet, with some stock each."""
    catalogue = json.loads(Path(request["catalogue"]).read_text(encoding="utf-8"))
    Product = env["product.product"]
    known = set(Product.search([]).mapped("default_code"))
    location = env.ref("stock.stock_location_stock")
    for product in Product.create(
        [
            {
                "default_code": item["sku"],
                "barcode": item["barcode"],
                "name": item["name"],
                "list_price": float(item["list_price"]),
                "weight": item["weight"],
                "is_storable": True,
                "taxes_id": [(6, 0, tax.ids)],
            }
            for item in catalogue
            if item["sku"] not in known
        ]
    ):
        env["stock.quant"]._update_available_quantity(product, location, STOCK)


def ensure_second_company():
    """Return a German company with books, stock and a user of its own."""
    second = env["res.company"].search([("name", "=", SECOND_COMPANY)], limit=1)
    if second:
        return second
    euro = env.ref("base.EUR").id
    germany = env.ref("base.de")
    # Odoo would install the modules of the country.
    second = second.with_context(chart_template_load=True).create(
        {"name": SECOND_COMPANY, "country_id": germany.id, "currency_id": euro}
    )
    second = second.with_env(env)
    env.user.company_ids += second
    env["account.chart.template"].try_loading(
        "generic_coa", company=second, install_demo=False
    )
    second.write({"currency_id": euro, "account_fiscal_country_id": germany.id})
    Warehouse = env["stock.warehouse"]
    if not Warehouse.search_count([("company_id", "=", second.id)]):
        Warehouse.create(
            {"name": SECOND_COMPANY, "code": "BSP", "company_id": second.id}
        )
    tax = second.account_sale_tax_id
    tax.tax_group_id.write({"name": "VAT 19%", "country_id": germany.id})
    tax.write(
        {
            "name": "19% included",
            "amount": 19.0,
            "country_id": germany.id,
            "price_include_override": "tax_included",
        }
    )
    Product = env["product.product"]
    for product in Product.search([("default_code", "=like", "LGW-%")]):
        product.taxes_id |= tax
    groups = [env.ref(name).id for name in USERS["lengow"]]
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": f"Demo {SECOND_USER.capitalize()}",
            "login": SECOND_USER,
            "password": SECOND_USER,
            "tz": TIME_ZONE,
            "company_id": second.id,
            "company_ids": [(6, 0, second.ids)],
            "group_ids": [(6, 0, groups)],
        }
    )
    return second


def ensure_routing(account):
    """Let the second company have the orders of one marketplace."""
    Rule = env["lengow.routing.rule"]
    ours = account.marketplace_ids.filtered(lambda one: one.code == ROUTED_AT)
    if ours and not Rule.search_count([("account_id", "=", account.id)]):
        Rule.create(
            {
                "account_id": account.id,
                "marketplace_id": ours.id,
                "company_id": ensure_second_company().id,
            }
        )


def ensure_currencies():
    """Give every currency of the orders a rate and a pricelist."""
    env.user.group_ids += env.ref("product.group_product_pricelist")
    for code in request["currencies"]:
        currency = (
            env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)])
        )
        if not currency:
            continue
        currency.active = True
        if currency != company.currency_id and not currency.rate_ids:
            rate = {"rate": RATES.get(code, 1.0), "company_id": company.id}
            currency.rate_ids = [(0, 0, {**rate, "name": "2020-01-01"})]
        domain = [("currency_id", "=", currency.id)]
        if not env["product.pricelist"].search(domain, limit=1):
            # Of both companies; Odoo would give it to the one at hand.
            env["product.pricelist"].create(
                {
                    "name": f"Marketplaces {code}",
                    "currency_id": currency.id,
                    "company_id": False,
                }
            )


def ensure_account(name, access_token, secret_token):
    """Return an account of the sandbox, pointed at where it listens today."""
    account = env["lengow.account"].search([("name", "=", name)], limit=1)
    if not account:
        account = account.create(
            {
                "name": name,
                "access_token": access_token,
                "secret_token": secret_token,
                "base_url": request["base_url"],
            }
        )
    elif account.base_url != request["base_url"]:
        account.base_url = request["base_url"]
    return account


def ensure_settings(account):
    """Set up the marketplaces of an account that has just been connected."""
    account.marketplace_ids.acceptance_hours = ACCEPTANCE_HOURS
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    invoiced = account.marketplace_ids.filtered(lambda one: one.code == INVOICED)
    invoiced.write({"workflow": "invoice", "payment_journal_id": bank.id})


def ensure_skus(account):
    """Say what a pack is, and what is sold for the unknown SKUs of one marketplace."""
    sku, reference, factor = PACK
    Alias = env["lengow.product.alias"]
    Product = env["product.product"]
    of_account = [("account_id", "=", account.id), ("sku", "=", sku)]
    if not Alias.search_count(of_account):
        product = Product.search([("default_code", "=", reference)], limit=1)
        Alias.create(
            {
                "account_id": account.id,
                "sku": sku,
                "product_id": product.id,
                "factor": factor,
            }
        )
    fallback = Product.search([("name", "=", FALLBACK)], limit=1) or Product.create(
        {
            "name": FALLBACK,
            "is_storable": True,
            "taxes_id": [(6, 0, ensure_tax().ids)],
        }
    )
    ours = account.marketplace_ids.filtered(lambda one: one.code == FALLBACK_AT)
    ours.fallback_product_id = fallback


def ensure_method(name):
    """Return a delivery method."""
    Method = env["delivery.carrier"]
    known = Method.search([("name", "=", name)], limit=1)
    return known or Method.create(
        {
            "name": name,
            "product_id": env["product.product"]
            .create({"name": name, "type": "service"})
            .id,
        }
    )


def ensure_delivery_methods(account):
    """Let orders choose a delivery method: by the carrier they name, or by a rule."""
    carriers = account.marketplace_ids.carrier_ids
    carriers.filtered(
        lambda one: one.marketplace_id.code == LINKED_AT and one.code == LINKED
    ).carrier_id = ensure_method(RELAY_METHOD)
    Rule = env["lengow.delivery.rule"]
    if not Rule.search_count([("account_id", "=", account.id)]):
        Rule.create(
            {
                "account_id": account.id,
                "service": "express",
                "delivery_method_id": ensure_method(EXPRESS_METHOD).id,
            }
        )


def synchronize(account):
    """Connect and synchronize; end with the account's own words when it cannot."""
    for action in (account.action_connect, account.action_sync_orders):
        action()
        if account.state != "connected":
            raise SystemExit(f"{account.name}: {account.error_message}")
        ensure_settings(account)
        ensure_skus(account)
        ensure_delivery_methods(account)
        ensure_routing(account)


def describe(order):
    """Return the table's columns of an order, and how its total compares."""
    sales = order.sale_order_ids
    digits = order.currency_id.decimal_places or 2
    totals = [Decimal(f"{sale.amount_total:.{digits}f}") for sale in sales]
    expected = expected_total(order, digits) if sales else None
    return {
        "marketplace": order.marketplace_id.name or order.marketplace_id.code,
        "number": order.name,
        "lengow_status": order.lengow_status,
        "import_state": order.import_state,
        "sale_orders": ", ".join(sales.mapped("name")),
        "sale_total": str(sum(totals)) if sales else "",
        "total": f"{order.amount_total:.{digits}f}",
        "currency": order.currency_id.name,
        "error": order.error_message,
        "sale_totals": [str(total) for total in totals],
        "expected": str(expected),
        "is_exact": sum(totals) == expected
        and not (sales.currency_id - order.currency_id),
    }


def expected_total(order, digits):
    """Return what the buyer pays for what is kept, as Lengow's own amounts have it."""
    # A discount of the whole order is a line of the sale order.
    return reconcile(Order.from_payload(order.payload), digits).payable


Orders, Sales = env["lengow.order"], env["sale.order"]
before = Orders.search_count([]), Sales.search_count([])
ensure_company()
ensure_users()
ensure_currencies()
ensure_products(ensure_tax())
second = ensure_second_company()
for name, keys in ACCOUNTS.items():
    synchronize(ensure_account(name, *keys))
env.cr.commit()
after = Orders.search_count([]), Sales.search_count([])
orders = Orders.search([], order="marketplace_id, name")
report = {
    "orders": [describe(order) for order in orders],
    "new_orders": after[0] - before[0],
    "new_sales": after[1] - before[1],
    "routed": Sales.search_count(
        [("company_id", "=", second.id), ("lengow_order_id", "!=", False)]
    ),
}
Path(request["output"]).write_text(json.dumps(report, indent=1), encoding="utf-8")
