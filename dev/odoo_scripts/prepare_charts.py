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
    # Odoo would load its guess of the chart once more when this is committed, and put
    # fiscal positions back to where they were before the taxes of OSS.
    Company = env["res.company"].with_context(chart_template_load=True)
    company = Company.create(
        {
            "name": f"Lengow Chart {country_code}",
            "country_id": country.id,
            "currency_id": currency.id,
            "vat": seller["vat"],
        }
    ).with_env(env)
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
        {
            "name": f"EUR {country_code}",
            "currency_id": env.ref("base.EUR").id,
            "company_id": company.id,
        }
    )
    if seller["oss"]:
        # As from the settings of the company: accounts are numbered within it.
        company.with_company(company)._map_eu_taxes()

# A shell keeps nothing by itself.
env.cr.commit()
