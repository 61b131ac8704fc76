import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mapper import ProductGuesser, base_sku, find_unknown_skus, merge
from ..models.ui import notification

# What a click may take; the scheduled action does the rest.
BUTTON_SECONDS = 60


class LengowOrderResolve(models.TransientModel):
    """Matches the SKUs of marketplace orders with products, and imports what waited."""

    _name = "lengow.order.resolve"
    _description = "Match Marketplace SKUs with Products"
    _inherit = ["lengow.dialog"]

    line_ids = fields.One2many("lengow.order.resolve.line", "resolve_id")
    by_marketplace = fields.Boolean(
        readonly=True,
        help="A SKU may stand for another product on each marketplace.",
    )
    setup_account_id = fields.Many2one(
        "lengow.account",
        readonly=True,
        help="The account that is being set up: its first import is begun, too.",
    )
    sku_count = fields.Integer(compute="_compute_counts")
    missing_count = fields.Integer(compute="_compute_counts")
    may_create = fields.Boolean(compute="_compute_may_create")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.product_id", "line_ids.to_create")
    def _compute_counts(self):
        for dialog in self:
            dialog.sku_count = len(dialog.line_ids)
            dialog.missing_count = len(dialog._missing_lines())

    @api.depends_context("uid")
    def _compute_may_create(self):
        self.may_create = self.env["product.product"].has_access("create")

    # === ACTION METHODS === #

    @api.model
    def _open_all(self):
        """Open the dialog on every SKU of all orders that are not imported yet.

        :return: the dialog, or a notification that there is nothing to match
        """
        accounts = self.env["lengow.account"].search(
            [("served_company_ids", "in", self.env.companies.ids)]
        )
        self.env["lengow.second.look"]._pair_known([("account_id", "in", accounts.ids)])
        return self._open_on(self._find(accounts)) or self._nothing_to_match()

    @api.model
    def _open_for(self, orders):
        """Open the dialog on every SKU that keeps some orders from being imported.

        How many orders wait for each is counted over all of them.

        :param lengow.order orders: not imported
        :raise UserError: if they wait for no product
        """
        if not orders:
            raise UserError(self.env._("None of these orders waits for a product."))
        skus = {base_sku(sku) for sku in orders.line_ids.mapped("sku") if sku}
        sold = self.env["lengow.second.look"]._pair_known([("id", "in", orders.ids)])
        action = self._open_on(self._find(orders.account_id, skus))
        if not action and sold:
            return self._nothing_to_match()
        if not action:
            raise UserError(
                self.env._("Every SKU has its product: import the orders again.")
            )
        return action

    @api.model
    def _open_for_setup(self, account):
        """Open the dialog on an account that is being set up.

        :return: the dialog; None if every SKU has its product
        """
        return self._open_on(self._find(account), setup_account_id=account.id)

    def action_split(self):
        """Begin anew with a row for each marketplace that uses a SKU."""
        self.ensure_one()
        self.check_access("write")
        accounts, skus = self.line_ids.account_id, set(self.line_ids.mapped("sku"))
        found = self._find(accounts, skus, by_marketplace=True)
        return self._open_on(
            found, by_marketplace=True, setup_account_id=self.setup_account_id.id
        )

    def action_create_missing(self):
        """Have a product created for every SKU that none is chosen for."""
        self.ensure_one()
        self.check_access("write")
        self._check_may_create()
        self._missing_lines().to_create = True
        return self._open(self.env._("Match Products"))

    def action_import_products(self):
        """Open Odoo's own import of products: the SKUs are matched afterwards."""
        self.check_access("read")
        self._check_may_create()
        if "base_import.import" in self.env:
            return {
                "type": "ir.actions.client",
                "tag": "import",
                "params": {"active_model": "product.template"},
                "name": self.env._("Import Products"),
            }
        return self.env["ir.actions.act_window"]._for_xml_id(
            "sale.product_template_action"
        )

    def action_pair(self):
        """Remember the matches and import every order that waited for them.

        :return: a notification with the counts
        :raise UserError: if no product was chosen
        """
        self.ensure_one()
        self.check_access("write")
        chosen = self.line_ids.filtered(lambda line: line.product_id or line.to_create)
        if not chosen and not self.setup_account_id:
            raise UserError(self.env._("Choose a product for at least one SKU."))
        # What somebody else has settled since the dialog was opened stays.
        chosen = chosen._still_unknown()
        if not chosen and not self.setup_account_id:
            return self._nothing_to_match()
        # Before anything is mended, by which orders go on by themselves.
        waiting = chosen._find_waiting_orders()
        sold = chosen._find_sold_lines()
        created = chosen._create_products()
        matched = chosen.filtered("product_id")
        made = matched.filtered(lambda line: line.product_id in created)
        # SKUs may be matched by a field that a new product has nothing in.
        self._remember((matched - made) | made._still_unknown())
        if created:
            unmended = waiting.filtered(lambda order: order.import_state == "error")
            self.env["lengow.second.look"]._look_soon(unmended)
        if self.setup_account_id:
            return self.env["lengow.setup"]._begin_import(self.setup_account_id)
        ready = waiting.filtered(lambda o: o.is_outdated or o.import_state == "ready")
        imported = self.env["lengow.importer"]._go_on_within(
            ready, time.monotonic() + BUTTON_SECONDS
        )
        return self._outcome(matched, waiting, imported, sold)

    # === HELPERS === #

    def _open(self, title):
        """Override to have room for descriptions beside products."""
        return {**super()._open(title), "context": {"dialog_size": "extra-large"}}

    def _nothing_to_match(self):
        return notification(
            "success", self.env._("Every SKU of your orders has its product.")
        )

    def _check_may_create(self):
        """Say who creates products.

        :raise UserError: if it is not the user
        """
        if not self.may_create:
            raise UserError(
                self.env._(
                    "You may not create products. Ask somebody with Odoo's right to "
                    "create products."
                )
            )

    def _find(self, accounts, skus=None, by_marketplace=False):
        found = (
            one
            for account in accounts.sudo()
            for one in find_unknown_skus(account, skus)
        )
        return merge(found, by_marketplace)

    def _open_on(self, found, **values):
        """Open the dialog on some SKUs.

        :param list[UnknownSku] found: the SKUs, in the order of the rows
        :param values: of the dialog
        :return: the dialog; None without any SKU
        """
        if not found:
            return None
        lines = self._prepare_lines(found, values.get("by_marketplace"))
        dialog = self.create(
            {**values, "line_ids": [fields.Command.create(line) for line in lines]}
        )
        return dialog._open(self.env._("Match Products"))

    def _missing_lines(self):
        return self.line_ids.filtered(
            lambda line: line.is_missing and not line.product_id and not line.to_create
        )

    def _prepare_lines(self, found, by_marketplace):
        """Return the values of a row for each SKU, with the product it may mean."""
        guessers = {}
        for one in found:
            company = one.company
            if company not in guessers:
                rows = [(o.sku, o.sample.title) for o in found if o.company == company]
                account = one.account.with_company(company)
                guessers[company] = ProductGuesser(account, rows)
        return [
            self._prepare_line(one, guessers[one.company], by_marketplace)
            for one in found
        ]

    def _prepare_line(self, one, guesser, by_marketplace):
        product, reason = one.sample.env["product.product"], False
        if not one.problem:
            product, reason = guesser.guess(one.sku, one.sample.title)
        return {
            "account_id": one.account.id,
            "marketplace_id": by_marketplace and one.marketplaces.id,
            "marketplace_ids": [fields.Command.set(one.marketplaces.ids)],
            "marketplace_count": len(one.marketplaces),
            "sku": one.sku,
            "title": one.sample.title,
            "order_count": one.order_count,
            "sample_id": one.sample.id,
            "is_missing": not one.problem,
            "hint": one.problem.message if one.problem else reason,
            "product_id": product.id,
        }

    def _remember(self, lines):
        """Write the marketplace SKU of each row, whether it exists already or not.

        One of a marketplace itself counts more than the account's: where there is one,
        it must not go on standing for what could not be sold.
        """
        Alias = self.env["lengow.product.alias"]
        known = {
            (alias.account_id, alias.marketplace_id, alias.sku): alias
            for alias in Alias.search(
                [
                    ("account_id", "in", lines.account_id.ids),
                    ("sku", "in", lines.mapped("sku")),
                ]
            )
        }
        to_create = []
        for line in lines:
            for place in (line.marketplace_id, *line.marketplace_ids):
                alias = known.get((line.account_id, place, line.sku))
                meant = (line.product_id, line.factor)
                if alias and (alias.product_id, alias.factor) != meant:
                    alias.write(
                        {"product_id": line.product_id.id, "factor": line.factor}
                    )
            if (line.account_id, line.marketplace_id, line.sku) not in known:
                to_create.append(
                    {
                        "account_id": line.account_id.id,
                        "marketplace_id": line.marketplace_id.id,
                        "sku": line.sku,
                        "product_id": line.product_id.id,
                        "factor": line.factor,
                    }
                )
        Alias.create(to_create)

    def _outcome(self, matched, orders, imported, sold):
        """Say what became of orders that waited, and of what was sold meanwhile."""
        if sold and not orders:
            exchanged = sold.filtered("product_id")
            kept = sold - exchanged - sold.filtered("is_to_match")
            message = self.env._(
                "Sale order lines with their product now: %(exchanged)s of %(count)s.",
                exchanged=len(exchanged),
                count=len(sold),
            )
            if kept:
                message += " " + self.env._(
                    "%s cannot be changed any more: the order's conversation says why.",
                    ", ".join(dict.fromkeys(kept.mapped("order_id.name"))),
                )
            return notification("warning" if kept else "success", message)
        if not orders:
            return notification(
                "success",
                self.env._(
                    "SKUs matched: %s. Their orders follow when they can be imported.",
                    len(matched),
                ),
            )
        left = orders.filtered(lambda o: o.is_outdated or o.import_state == "ready")
        message = self.env._(
            "Orders imported: %(imported)s of %(count)s.",
            imported=imported,
            count=len(orders),
        )
        if left:
            message += " " + self.env._("In a minute: %s more.", len(left))
        to_fix = (orders - left).filtered(lambda order: order.import_state == "error")
        if to_fix:
            message += f" {to_fix[0].name}: {to_fix[0].error_message}"
        return notification("warning" if to_fix else "success", message)
