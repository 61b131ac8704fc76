"""Make the template's company a small French merchant: EUR, taxes of 20 %.

Runs in an Odoo shell on a database that has just been created.
"""

company = env.company
company.partner_id.write(
    {
        "name": "Maison Exemple",
        "street": "1 rue de l'Exemple",
        "zip": "75001",
        "city": "Paris",
        "country_id": env.ref("base.fr").id,
        "email": "contact@example.com",
    }
)
# The chart of accounts sets the currency, and refuses to be loaded twice with another.
env.ref("base.EUR").active = True
company.currency_id = env.ref("base.EUR")
env["account.chart.template"].try_loading(
    "generic_coa", company=company, install_demo=False
)
company.currency_id = env.ref("base.EUR")
company.account_fiscal_country_id = env.ref("base.fr")
for tax in company.account_sale_tax_id | company.account_purchase_tax_id:
    tax.write({"name": "20%", "amount": 20.0, "invoice_label": "20%"})
env.cr.commit()
