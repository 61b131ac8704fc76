from odoo import api, fields, models

from ...mapper.usable import FULFILMENT_POINTERS, refuse_unusable


class LengowSaleSettings(models.AbstractModel):
    """How marketplace orders become sale orders: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.sale.settings"
    _description = "Lengow Sale Order Settings"
    _inherit = ["analytic.mixin"]

    team_id = fields.Many2one(
        "crm.team", tracking=True, string="Sales Team", check_company=True
    )
    salesperson_id = fields.Many2one("res.users", tracking=True, check_company=True)
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    warehouse_id = fields.Many2one("stock.warehouse", tracking=True, check_company=True)
    fulfilment_warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="The warehouse that stands for the marketplace's own. Orders that the "
        "marketplace ships are delivered from it, and their deliveries validate "
        "themselves once it has; without one they have no delivery.",
    )
    pickup_type_id = fields.Many2one(
        "stock.picking.type",
        string="Operation Type for Pickup",
        check_company=True,
        domain="[('code', '=', 'outgoing')]",
        help="The operation type of deliveries that buyers collect themselves, so that "
        "they have a queue of their own. It counts where the order is delivered from "
        "its warehouse; empty: that of any other delivery.",
    )
    route_id = fields.Many2one(
        "stock.route",
        string="Stock Route",
        tracking=True,
        check_company=True,
        domain="[('sale_selectable', '=', True)]",
        help="The route of the goods on sale orders, such as one that drop-ships. Not "
        "for what the marketplace sends.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        tracking=True,
        check_company=True,
        help="Used for orders in its currency. Prices always are the marketplace's.",
    )
    invoice_partner_id = fields.Many2one(
        "res.partner",
        tracking=True,
        string="Invoice To",
        check_company=True,
        help="Invoice every order to this partner; the buyer is the delivery address "
        "only.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        tracking=True,
        check_company=True,
        help="Instead of the one that Odoo finds by the delivery country.",
    )
    b2b_fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        tracking=True,
        string="Fiscal Position for Businesses",
        check_company=True,
        help="For business orders on which the marketplace charged no tax.",
    )
    deemed_supplier_fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        tracking=True,
        string="Fiscal Position: VAT Paid by Marketplace",
        check_company=True,
        help="For orders of which the marketplace is the deemed supplier.",
    )
    shipping_product_id = fields.Many2one(
        "product.product",
        check_company=True,
        help="The product of the line that carries the shipping that the buyer paid.",
    )
    invoice_journal_id = fields.Many2one(
        "account.journal",
        tracking=True,
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Where invoices of these orders are posted, instead of Odoo's own choice.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        tracking=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where invoices are noted as paid by the marketplace, so that its pay-out "
        "can be reconciled. Only for marketplaces that invoice at once.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(*FULFILMENT_POINTERS)
    def _check_fulfilment(self):
        """Refuse a warehouse that cannot be used.

        :raise ValidationError: naming it, and whose setting it is
        """
        refuse_unusable(self, FULFILMENT_POINTERS)
