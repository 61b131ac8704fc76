from odoo import api, fields, models


class LengowCarrier(models.Model):
    """A carrier as a marketplace names it, and the delivery method that stands for it."""

    _name = "lengow.carrier"
    _description = "Lengow Carrier"
    _check_company_auto = True
    _order = "marketplace_id, name, id"

    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    active = fields.Boolean(
        default=True, help="Off when the marketplace no longer offers this carrier."
    )
    code = fields.Char(
        required=True, readonly=True, help="What is sent to the marketplace."
    )
    name = fields.Char(required=True, readonly=True)
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        help="Your delivery method that this carrier stands for.",
    )

    _marketplace_code_uniq = models.Constraint(
        "UNIQUE(marketplace_id, code)", "A marketplace has each carrier once."
    )

    @api.model
    def _store_carriers(self, marketplaces):
        """Create, rename, archive and revive carriers as the definitions say.

        A carrier that disappeared is archived, so that its mapping survives a marketplace
        that forgets it for a day.

        :param lengow.marketplace marketplaces: with a definition
        """
        known = {}
        for carrier in (
            self.sudo()
            .with_context(active_test=False)
            .search([("marketplace_id", "in", marketplaces.ids)])
        ):
            known.setdefault(carrier.marketplace_id, {})[carrier.code] = carrier
        to_create = []
        for marketplace in marketplaces:
            offered = marketplace._get_definition().carriers
            to_create += self._merge(marketplace, offered, known.get(marketplace, {}))
        self.sudo().create(to_create)

    def _merge(self, marketplace, offered, known):
        """Bring known carriers up to date; return the values of the new ones."""
        for code, carrier in known.items():
            values = {"active": code in offered}
            if code in offered:
                values["name"] = offered[code] or code
            changed = {k: v for k, v in values.items() if carrier[k] != v}
            if changed:
                carrier.write(changed)
        return [
            {"marketplace_id": marketplace.id, "code": code, "name": label or code}
            for code, label in offered.items()
            if code not in known
        ]
