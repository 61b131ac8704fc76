from odoo import fields, models

# A longer mail is not read; the list in Odoo shows the rest.
LISTED_ORDERS = 50


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    report_errors_by_mail = fields.Boolean(
        string="Report Errors by Mail",
        default=True,
        help="The responsible gets one mail per run that lists the orders which cannot "
        "be imported. The same error is never reported twice.",
    )

    # === BUSINESS METHODS === #

    def _mail_error_digest(self, orders):
        """Queue one mail that names the orders to fix, with links.

        It holds no data of a buyer: what exactly is wrong stands on the order.

        :param lengow.order orders: in error, of this account
        """
        self.ensure_one()
        responsible = self._find_responsible()
        if not (self.report_errors_by_mail and responsible.email):
            return
        account = self.with_context(lang=responsible.lang or self.env.lang)
        orders = orders.with_env(account.env)
        subject = account.env._(
            "%(account)s: %(count)s marketplace orders to fix",
            account=account.name,
            count=len(orders),
        )
        account.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": account._render_error_digest(orders),
                "email_from": account.company_id.email_formatted
                or account.env.user.email_formatted,
                "email_to": responsible.email_formatted,
                "auto_delete": True,
            }
        )

    def _render_error_digest(self, orders):
        """Return the body of the mail.

        :param lengow.order orders: in error
        :rtype: Markup
        """
        listed = orders[:LISTED_ORDERS]
        url = f"{self.get_base_url()}/odoo/lengow-orders"
        return self.env["ir.qweb"]._render(
            "lengow_connector.error_digest",
            {
                "account": self,
                "count": len(orders),
                "groups": [
                    (
                        label,
                        [
                            (order.name, order.marketplace_id.name, f"{url}/{order.id}")
                            for order in group
                        ],
                    )
                    for label, group in listed.grouped(
                        lambda order: order._error_label()
                    ).items()
                ],
                "unlisted": len(orders) - len(listed),
                "to_fix_url": f"{url}-to-fix",
            },
        )
