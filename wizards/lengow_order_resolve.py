import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lengow_api import OrderAmounts
from ..mapper import ImportProblem, ProductFinder, shown_sku
from ..models.ui import notification

# What a click may take; the scheduled action does the rest.
BUTTON_SECONDS = 60


class LengowOrderResolve(models.TransientModel):
    """Pairs the SKUs that an import stumbled over with products, and retries."""

    _name = "lengow.order.resolve"
    _description = "Pair Marketplace SKUs with Products"
    _inherit = ["lengow.dialog"]

    scope = fields.Selection(
        [
            ("marketplace", "This marketplace only"),
            ("account", "All marketplaces of the account"),
        ],
        string="Remember For",
        required=True,
        default="account",
        help="The same SKU may stand for another product on another marketplace.",
    )
    line_ids = fields.One2many("lengow.order.resolve.line", "resolve_id")

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, orders):
        """Open the wizard on every SKU that keeps some orders from being imported.

        :param lengow.order orders: in error
        :raise UserError: if their errors are not about products
        """
        if not orders:
            raise UserError(self.env._("None of these orders waits for a product."))
        lines = self._prepare_lines(orders)
        if not lines:
            raise UserError(
                self.env._("Every SKU has its product: import the orders again.")
            )
        wizard = self.create({"line_ids": [(0, 0, values) for values in lines]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pair Products"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_pair(self):
        """Remember the pairings and import every order that waited for them.

        :return: a notification with the counts
        :raise UserError: if no product was chosen
        """
        self.ensure_one()
        paired = self.line_ids.filtered("product_id")
        if not paired:
            raise UserError(self.env._("Choose a product for at least one SKU."))
        waiting = paired._find_waiting_orders(self.scope)
        self._remember(paired)
        ready = waiting.filtered(lambda order: order.import_state == "ready")
        imported = self.env["lengow.importer"]._process_within(
            ready, time.monotonic() + BUTTON_SECONDS
        )
        return self._outcome(waiting, imported)

    # === HELPERS === #

    def _prepare_lines(self, orders):
        """Return values for a line per marketplace and SKU, each SKU once."""
        lines = {}
        for account, of_account in orders.sudo().grouped("account_id").items():
            account = account.with_company(account.company_id)
            payloads = {o: o._content() for o in of_account}
            finder = ProductFinder(
                account,
                [(o.marketplace_id, li) for o, p in payloads.items() for li in p.lines],
            )
            for order, payload in payloads.items():
                for values in self._unresolved(finder, order.marketplace_id, payload):
                    key = values["marketplace_id"], values["sku"]
                    known = lines.setdefault(key, {**values, "order_count": 0})
                    known["order_count"] += 1
        return list(lines.values())

    def _unresolved(self, finder, marketplace, payload):
        found = {}
        amounts = OrderAmounts(payload, marketplace._find_definition())
        for line in amounts.kept_lines:
            problem = self.env._("No product has it")
            try:
                if finder.find(marketplace, line):
                    continue
            except ImportProblem as error:
                problem = error.message
            found[shown_sku(line)] = {
                "marketplace_id": marketplace.id,
                "sku": shown_sku(line),
                "title": line.title,
                "problem": problem,
            }
        return found.values()

    def _remember(self, lines):
        """Write the alias of each line, whether it exists already or not.

        A SKU that stands for another product on each marketplace is remembered for
        each. An alias of the marketplace itself counts more than the account's: where
        there is one, it must not go on standing for what could not be sold.
        """
        Alias = self.env["lengow.product.alias"]
        to_create = {}
        for line in lines:
            marketplace = line.marketplace_id
            target = self._target(line, lines)
            known = Alias.search(
                [
                    ("account_id", "=", marketplace.account_id.id),
                    ("marketplace_id", "in", (target.id, marketplace.id)),
                    ("sku", "=", line.sku),
                ]
            )
            if known:
                known.product_id = line.product_id
            if target in [alias.marketplace_id for alias in known]:
                continue
            to_create[marketplace.account_id, target, line.sku] = {
                "account_id": marketplace.account_id.id,
                "marketplace_id": target.id,
                "sku": line.sku,
                "product_id": line.product_id.id,
            }
        Alias.create(list(to_create.values()))

    def _target(self, line, lines):
        """Return the marketplace that a pairing is for; empty for the whole account.

        :param lengow.order.resolve.line line: of `lines`, which have a product
        """
        marketplace = line.marketplace_id
        same = lines.filtered(
            lambda other: (
                other.sku == line.sku
                and other.marketplace_id.account_id == marketplace.account_id
            )
        )
        if self.scope == "marketplace" or len(same.product_id) > 1:
            return marketplace
        return marketplace.browse()

    def _outcome(self, orders, imported):
        left = orders.filtered(lambda order: order.import_state == "ready")
        message = self.env._(
            "%(imported)s of %(count)s orders that waited are imported.",
            imported=imported,
            count=len(orders),
        )
        if left:
            message += " " + self.env._("%s more follow in a minute.", len(left))
        to_fix = orders.filtered(lambda order: order.import_state == "error")
        if to_fix:
            message += f" {to_fix[0].name}: {to_fix[0].error_message}"
        return notification("warning" if to_fix else "success", message)
