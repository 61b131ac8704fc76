import logging

from odoo import api, fields, models, tools

from ...lengow_api import MarketplaceDefinition, storable
from ...mapper.shipment import CARRIER_ARGUMENTS

_logger = logging.getLogger(__name__)

# Fields of these types have no value that means "nothing chosen".
NEVER_EMPTY = {"boolean", "integer", "float", "monetary"}


class LengowMarketplace(models.Model):
    """A marketplace of an account, with the rules that Lengow publishes for it."""

    _name = "lengow.marketplace"
    _description = "Lengow Marketplace"
    _inherit = ["lengow.sale.settings"]
    _check_company_auto = True
    _order = "name, id"

    account_id = fields.Many2one(
        "lengow.account", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    active = fields.Boolean(default=True)
    code = fields.Char(
        required=True, readonly=True, help="Lengow's name for it, e.g. amazon_fr."
    )
    legacy_code = fields.Char(
        readonly=True,
        help="Its earlier name at Lengow, which old orders may still use.",
    )
    name = fields.Char(required=True)
    country_id = fields.Many2one("res.country", readonly=True)
    definition = fields.Json(
        readonly=True,
        prefetch=False,
        groups="lengow_connector.group_manager",
        help="Statuses, actions and carriers as Lengow sent them.",
    )
    is_known = fields.Boolean(
        string="Known to Lengow",
        readonly=True,
        help="Off while only orders have named this marketplace and its rules are not "
        "here yet.",
    )
    workflow = fields.Selection(
        [
            ("quotation", "Leave as quotation"),
            ("confirm", "Confirm"),
            ("invoice", "Confirm, invoice and note as paid"),
        ],
        default="confirm",
        required=True,
        help="What becomes of the sale order once its total equals the marketplace's.",
    )
    carrier_ids = fields.One2many("lengow.carrier", "marketplace_id")
    order_ids = fields.One2many("lengow.order", "marketplace_id")
    order_count = fields.Integer(compute="_compute_order_count")

    _account_code_uniq = models.Constraint(
        "UNIQUE(account_id, code)", "An account has each marketplace once."
    )

    # === COMPUTE METHODS === #

    def _compute_order_count(self):
        counts = dict(
            self.env["lengow.order"]._read_group(
                [("marketplace_id", "in", self.ids)], ["marketplace_id"], ["__count"]
            )
        )
        for marketplace in self:
            marketplace.order_count = counts.get(marketplace, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to read the rules anew where Lengow has changed them."""
        if "definition" in vals or "code" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_open_orders(self):
        """Open the orders of this marketplace."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_order_action"
            ),
            "domain": [("marketplace_id", "in", self.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _store_definitions(self, account, definitions):
        """Create or refresh an account's marketplaces from what Lengow sent.

        A marketplace that Lengow no longer names stays: its orders need it. One whose
        definition cannot be read keeps the one it had.

        :param lengow.account account: whose marketplaces they are
        :param dict definitions: Lengow's object, keyed by marketplace code
        """
        definitions = storable(definitions)
        known = {
            marketplace.code: marketplace
            for marketplace in self.sudo()
            .with_context(active_test=False)
            .search([("account_id", "=", account.id)])
        }
        to_create = []
        for code, payload in definitions.items():
            if not payload or not isinstance(payload, dict):
                _logger.info(
                    "Marketplace %s of account %s: no object", code, account.id
                )
                continue
            definition = MarketplaceDefinition.from_payload(code, payload)
            values = self._prepare_definition_values(definition, payload)
            marketplace = known.get(code)
            if not marketplace and (renamed := self._renamed(code, definitions, known)):
                # Its orders are the same orders: the row goes on under the new name.
                marketplace = known[code] = known.pop(renamed)
                marketplace.code = code
            if not marketplace:
                to_create.append({**values, "account_id": account.id, "code": code})
            elif marketplace.definition != payload or not marketplace.is_known:
                # The name may have been changed by the merchant: it stays.
                marketplace.write({k: v for k, v in values.items() if k != "name"})
        created = self.sudo().create(to_create)
        self.env["lengow.carrier"]._store_carriers(
            self.union(*known.values(), created).filtered("is_known")
        )
        self._reread_orders_that_waited(account)

    def _renamed(self, code, definitions, known):
        """Return the earlier code of a marketplace that Lengow has renamed, if any.

        :param str code: new to the account
        :rtype: str | None
        """
        legacy = definitions[code].get("legacy_code")
        claims = [
            payload
            for payload in definitions.values()
            if isinstance(payload, dict) and payload.get("legacy_code") == legacy
        ]
        is_renamed = legacy in known and legacy not in definitions and len(claims) == 1
        return legacy if is_renamed else None

    def _prepare_definition_values(self, definition, payload):
        country = self.env["res.country"].search(
            [("code", "=", (definition.country_code or "").upper())], limit=1
        )
        return {
            "name": definition.name or definition.code,
            "country_id": country.id,
            "definition": payload,
            "legacy_code": legacy
            if isinstance(legacy := payload.get("legacy_code"), str)
            else False,
            "is_known": True,
        }

    def _reread_orders_that_waited(self, account):
        """Look again at the orders that only a marketplace's description explains."""
        waiting = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("account_id", "=", account.id),
                    ("marketplace_id.is_known", "=", True),
                    "|",
                    ("error_code", "=", "marketplace_unknown"),
                    ("lengow_status", "=", "unknown"),
                ]
            )
        )
        waiting._reread_payload()
        if "ready" in waiting.mapped("import_state"):
            self.env.ref("lengow_connector.cron_process_orders").sudo()._trigger()

    @api.model
    def _find_or_create_by_code(self, account, codes):
        """Return the account's marketplaces by code, creating those that are missing.

        :param lengow.account account: whose marketplaces they are
        :param codes: marketplace codes, as orders name them
        :rtype: dict[str, lengow.marketplace]
        """
        Marketplace = self.sudo().with_context(active_test=False)
        found, earlier = {}, {}
        for marketplace in Marketplace.search(
            [
                ("account_id", "=", account.id),
                "|",
                ("code", "in", list(codes)),
                ("legacy_code", "in", list(codes)),
            ]
        ):
            found[marketplace.code] = marketplace
            earlier.setdefault(marketplace.legacy_code, []).append(marketplace)
        for legacy_code, successors in earlier.items():
            # An order that still uses the earlier name is not another order, as long as
            # it is clear whose name that was.
            if len(successors) == 1:
                found.setdefault(legacy_code, successors[0])
        missing = sorted(set(codes) - found.keys())
        for marketplace in Marketplace.create(
            [{"account_id": account.id, "code": code, "name": code} for code in missing]
        ):
            found[marketplace.code] = marketplace
        return found

    def _get_offered_carriers(self):
        """Return what a delivery method can be mapped to, code to label.

        The definition lists carriers on their own. Where the action takes nothing but
        its own list, that one counts. Conditions name values that no list need have:
        "Other".

        :rtype: dict[str, str]
        """
        definition = self._get_definition()
        offered = definition.carriers
        ship = definition.actions.get("ship")
        for argument in ship.arguments.values() if ship else ():
            if argument.name in CARRIER_ARGUMENTS:
                if argument.is_closed_list or not offered:
                    offered = argument.choices
                named = ship.values_named_for(argument.name)
                offered = {**dict(zip(named, named, strict=True)), **offered}
        return offered

    def _setting(self, name):
        """Return what is set for this marketplace: its own choice, or its account's.

        What can be empty is left to the account by being empty: a record, a text, a
        choice. A number or a yes/no cannot, so it counts as it is. For a yes/no of the
        account that a marketplace may choose otherwise, the marketplace therefore has
        a selection of the same name, with the values `yes` and `no`.

        :param str name: a field of the account, and maybe of the marketplace
        :return: the value, as the account's field has it
        """
        self.ensure_one()
        field, account = self._fields.get(name), self.account_id
        if field is None:
            return account[name]
        own = self[name]
        if field.type in NEVER_EMPTY:
            return own
        if not own:
            return account[name] if name in account._fields else own
        if field.type == "selection" and name in account._fields:
            is_yes_or_no = account._fields[name].type == "boolean"
            return own == "yes" if is_yes_or_no else own
        return own

    def _get_definition(self):
        return self._find_definition()  # until every caller uses the name below

    @tools.ormcache("self.id")
    def _find_definition(self):
        """Return the parsed definition, or None while Lengow has not sent one.

        It is kept between calls, so it must not be changed.

        :rtype: lengow_api.MarketplaceDefinition | None
        """
        self.ensure_one()
        payload = self.sudo().definition
        return (
            MarketplaceDefinition.from_payload(self.code, payload) if payload else None
        )
