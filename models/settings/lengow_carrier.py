from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...mapper.carriers import clean, find_alike
from ...mapper.delivery import find_called


class CarrierLink(NamedTuple):
    """What a delivery method is called at a marketplace."""

    marketplace: models.Model
    method: models.Model
    carrier: models.Model
    """The `lengow.carrier` that stands for it; empty if none does."""
    proposal: models.Model
    """The one that is called alike; may be empty."""

    @property
    def is_certain(self):
        """Whether the proposal is called exactly like the method, by code or label."""
        return bool(self.proposal) and clean(self.method.name) in (
            clean(self.proposal.code),
            clean(self.proposal.name),
        )


class LengowCarrier(models.Model):
    """A carrier as a marketplace names it, and the delivery methods that stand for it.

    What a marketplace is told comes from `carrier_id` and `other_carrier_ids`, which
    only a person sets. `proposed_carrier_id` is our guess, and is told to nobody.
    """

    _name = "lengow.carrier"
    _description = "Lengow Carrier"
    _inherit = ["lengow.mending", "lengow.guarded"]
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
        index="btree_not_null",
        help="Your delivery method that this carrier stands for.",
    )
    other_carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Further Delivery Methods",
        help="Other delivery methods of yours that this carrier stands for, too.",
    )
    proposed_carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Proposal",
        readonly=True,
        ondelete="set null",
        help="The delivery method with the same or a similar name. It counts once "
        "somebody confirms it.",
    )

    _marketplace_code_uniq = models.Constraint(
        "UNIQUE(marketplace_id, code)", "A marketplace has each carrier once."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("carrier_id", "other_carrier_ids")
    def _check_companies(self):
        """Refuse delivery methods of companies that have no orders of the marketplace.

        :raise ValidationError: naming the method and the carrier
        """
        for carrier in self.sudo():
            companies = carrier.marketplace_id.account_id.served_company_ids
            methods = carrier.carrier_id | carrier.other_carrier_ids
            domain = methods._check_company_domain(companies)
            if foreign := methods - methods.filtered_domain(domain):
                raise ValidationError(
                    self.env._(
                        "%(carrier)s of %(marketplace)s: “%(method)s” belongs to a "
                        "company that gets no orders from there.",
                        carrier=carrier.name,
                        marketplace=carrier.marketplace_id.name,
                        method=foreign[0].name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to report the deliveries that waited for this carrier."""
        result = super().write(vals)
        if vals.keys() & {"carrier_id", "other_carrier_ids", "active"}:
            self.marketplace_id._report_waiting_shipments()
        return result

    # === ACTION METHODS === #

    def action_confirm_proposal(self):
        """Take the proposed delivery methods over."""
        self.check_access("write")
        for carrier in self.filtered(lambda c: not c.carrier_id):
            carrier.carrier_id = carrier.proposed_carrier_id

    def action_link_by_method(self):
        """Open the dialog that says what each delivery method is at each marketplace.

        It asks for all marketplaces, whatever is selected.

        :return: the dialog
        """
        self.check_access("write")
        marketplaces = self.env["lengow.marketplace"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        return self.env["lengow.carrier.matrix"]._open_for(marketplaces)

    # === BUSINESS METHODS === #

    @api.model
    def _find_for(self, marketplace, method, asked=()):
        """Return the carrier that stands for a delivery method; maybe none.

        Where several do, the one that the order asks for, then the one that is called
        like the method, then the first.

        :param lengow.marketplace marketplace: that is told
        :param delivery.carrier method: the merchant's
        :param asked: what the order calls the carrier that it asks for
        :rtype: lengow.carrier
        """
        if not method:
            return self.browse()
        carriers = self.search(
            [
                ("marketplace_id", "=", marketplace.id),
                "|",
                ("carrier_id", "=", method.id),
                ("other_carrier_ids", "in", method.ids),
            ]
        )
        called = (find_called(carriers, name)[:1] for name in asked)
        return next(filter(None, called), carriers._first_for(method))

    def _first_for(self, method):
        """Return the one of some carriers that stand for a method that is told."""
        name = clean(method.name)
        return self.sorted(
            lambda c: (
                name not in (clean(c.name), clean(c.code)),
                c.carrier_id != method,
                c.id,
            )
        )[:1]

    @api.model
    def _find_links(self, among):
        """Return what each delivery method is called at each marketplace that asks.

        Those with orders; all of them as long as there are none.

        :param lengow.marketplace among: of any account
        :rtype: list[CarrierLink]
        """
        asking = among.filtered(lambda m: m._asks_for_carrier())
        marketplaces = asking.filtered(lambda m: m._has_orders()) or asking
        carriers = self.search(
            [
                ("marketplace_id", "in", marketplaces.ids),
                "|",
                "|",
                ("carrier_id", "!=", False),
                ("other_carrier_ids", "!=", False),
                ("proposed_carrier_id", "!=", False),
            ]
        ).grouped("marketplace_id")
        Method = self.env["delivery.carrier"]
        links = []
        for companies, theirs in _by_companies(marketplaces):
            for method in Method.search(Method._check_company_domain(companies)):
                links += [
                    self._link_of(marketplace, method, carriers)
                    for marketplace in theirs
                ]
        return links

    def _link_of(self, marketplace, method, carriers):
        known = carriers.get(marketplace, self.browse())
        alike = known.filtered(
            lambda c: c.proposed_carrier_id == method and not c.carrier_id
        )
        name = clean(method.name)
        return CarrierLink(
            marketplace,
            method,
            known.filtered(
                lambda c: method in c.carrier_id | c.other_carrier_ids
            )._first_for(method),
            alike.sorted(
                lambda c: (
                    name not in (clean(c.name), clean(c.code)),
                    abs(len(clean(c.name)) - len(name)),
                    c.id,
                )
            )[:1],
        )

    def _stand_for(self, method, marketplace):
        """Let this carrier, and no other of a marketplace, stand for a delivery method.

        :param delivery.carrier method: one
        :param lengow.marketplace marketplace: one; none of its carriers does if this is
            empty
        """
        before = self.search(
            [
                ("marketplace_id", "=", marketplace.id),
                "|",
                ("carrier_id", "=", method.id),
                ("other_carrier_ids", "in", method.ids),
            ]
        )
        for carrier in before - self:
            values, others = {}, carrier.other_carrier_ids - method
            if carrier.carrier_id == method:
                values, others = {"carrier_id": others[:1].id}, others[1:]
            values["other_carrier_ids"] = [fields.Command.set(others.ids)]
            carrier.write(values)
        for carrier in self - before:
            if carrier.carrier_id:
                carrier.other_carrier_ids = [fields.Command.link(method.id)]
            else:
                carrier.carrier_id = method

    @api.model
    def _store_carriers(self, marketplaces):
        """Create, rename, archive and revive carriers as the definitions say.

        A carrier that disappeared is archived, so that its mapping survives a
        marketplace that forgets it for a day.

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
            offered = marketplace._get_offered_carriers()
            to_create += _merge(marketplace, offered, known.get(marketplace, {}))
        self.sudo().create(to_create)
        self._propose(marketplaces)

    @api.model
    def _propose(self, marketplaces):
        """Propose a delivery method for each carrier that has none.

        :param lengow.marketplace marketplaces: whose carriers they are
        """
        unmapped = self.sudo().search(
            [("marketplace_id", "in", marketplaces.ids), ("carrier_id", "=", False)]
        )
        Method = self.env["delivery.carrier"].sudo()
        for companies, theirs in _by_companies(unmapped.marketplace_id):
            domain = Method._check_company_domain(companies)
            methods = [(method.id, method.name) for method in Method.search(domain)]
            for carrier in unmapped.filtered(
                lambda one, some=theirs: one.marketplace_id in some
            ):
                alike = find_alike((carrier.code, carrier.name), methods) or False
                if carrier.proposed_carrier_id.id != alike:
                    carrier.proposed_carrier_id = alike


def _by_companies(marketplaces):
    """Return marketplaces by the companies that get orders from them.

    :rtype: dict_items
    """
    return marketplaces.grouped(
        lambda one: one.sudo().account_id.served_company_ids
    ).items()


def _merge(marketplace, offered, known):
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
