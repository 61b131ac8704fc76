"""Make a company with the chart of accounts of each country of the table.

Runs in an Odoo shell on the database of `make test-modules`, once.
"""

import json
from pathlib import Path

TABLE = Path(__file__).parents[2] / "tests" / "data" / "charts.json"

for country_code, seller in json.loads(TABLE.read_text("utf-8"))["sellers"].items():
    country = env["res.country"].search([("code", "=", country_code)])
    currency = env["res.currency"].with_context(active_test=False)
    currency = currency.search([("name", "=", seller["currency"])])
    currency.active = True
    company = env["res.company"].create(
        {
            "name": f"Lengow Chart {country_code}",
            "country_id": country.id,
            "currency_id": currency.id,
            "vat": seller["vat"],
        }
    )
    env.user.company_ids += company
    env["account.chart.template"].try_loading(
        seller["chart"], company=company, install_demo=False
    )
    company.account_fiscal_country_id = country
    if not env["stock.warehouse"].search([("company_id", "=", company.id)]):
        env["stock.warehouse"].create(
            {
                "name": country_code,
                "code": f"C{country_code}",
                "company_id": company.id,
            }
        )
    env["product.pricelist"].create(
        {"name": f"EUR {country_code}", "currency_id": env.ref("base.EUR").id}
    )
    if seller["oss"]:
        company._map_eu_taxes()
    print(country_code, "prepared")  # noqa: T201
env.cr.commit()
