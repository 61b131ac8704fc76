"""Let everybody in a database work in a language, which is loaded first.

Runs in an Odoo shell. The process environment's ``LENGOW_LOCALE`` is its code, such as
``fr_FR``.
"""

import os

code = os.environ["LENGOW_LOCALE"]
env["base.language.install"].create(
    {
        "lang_ids": env["res.lang"]
        .with_context(active_test=False)
        .search([("code", "=", code)])
        .ids,
        "overwrite": True,
    }
).lang_install()
env["res.users"].search([]).lang = code
# A shell keeps nothing by itself.
env.cr.commit()
