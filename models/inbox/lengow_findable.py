"""Finding an order by whatever somebody has at hand.

Each kind of text has an index of its own. One condition over several tables would use
none of them, so that every table is asked apart, and the answers are put together.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What the search bar asks with; anything else is for the fields themselves.
TEXT_OPERATORS = {"ilike", "=ilike", "like", "=like"}
# A text is searched for once for a page and its number, up to so many.
MOST_AT_ONCE = 20_000


class LengowFindable(models.AbstractModel):
    """What is found by its numbers, its buyer, its products and its parcels."""

    _name = "lengow.findable"
    _description = "What Finds a Lengow Order"

    keyword = fields.Char(
        string="Order, Buyer, SKU or Tracking",
        store=False,
        search="_search_keyword",
        exportable=False,
        help="Any of its numbers, the buyer's name or e-mail, a SKU, a parcel.",
    )
    tracking = fields.Char(
        string="Tracking Number",
        store=False,
        search="_search_tracking",
        exportable=False,
        help="Of its deliveries, and of what was reported by hand.",
    )
    # In system mode: who may see the marketplace order may know these numbers.
    sale_numbers = fields.Char(
        string="Order Number in Odoo",
        compute="_compute_sale_numbers",
        compute_sudo=True,
    )

    # The filters of the list: what is rare is listed, or found missing, without a look
    # at every order.
    _to_accept_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE is_to_accept IS TRUE"
    )
    _express_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE is_express IS TRUE"
    )
    _prime_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE is_prime IS TRUE"
    )
    _business_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE is_business IS TRUE"
    )
    _fulfilled_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE is_fulfilled_by_marketplace IS TRUE"
    )
    _ignored_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE import_state = 'ignored'"
    )
    _dismissed_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE dismissed_at IS NOT NULL"
    )
    _pending_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE pending_kind IS NOT NULL"
    )
    _doubtful_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE tax_doubt IS NOT NULL"
    )
    _failing_idx = models.Index(
        "(due_at, order_date DESC, id DESC) WHERE error_message IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_order_ids.name")
    def _compute_sale_numbers(self):
        for order in self:
            numbers = order.sale_order_ids.sorted("id").mapped("name")
            order.sale_numbers = ", ".join(numbers)

    def _search_keyword(self, operator, value):
        return self._found("keyword", operator, value)

    def _search_tracking(self, operator, value):
        return self._found("tracking", operator, value)

    # === CRUD METHODS === #

    @api.model
    @api.readonly
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        """Override of `web` to search once for a page and its number, by a text.

        What is ordered is found whole before its first page is known, anyway: its
        number comes with it.
        """
        most = count_limit or 0
        is_once = limit and offset + limit <= most <= MOST_AT_ONCE
        if not (is_once and self._is_by_text(domain)):
            return super().web_search_read(
                domain, specification, offset, limit, order, count_limit
            )
        found = self.browse(
            self._search(domain, limit=most, order=order or self._order)
        )
        page = found[offset : offset + limit]
        return {"length": len(found), "records": page.web_read(specification)}

    def _is_by_text(self, domain):
        conditions = Domain(domain).iter_conditions()
        return any(condition.operator in TEXT_OPERATORS for condition in conditions)

    # === WHERE IT STANDS === #

    def _ids_of(self, name, operator, value):
        """Return the query of the orders that have a text anywhere.

        :param str name: of the field that is searched by
        :rtype: SQL
        """
        queries = [*self._of_parcels(operator, value)]
        if name == "keyword":
            queries += [
                self._of_itself(operator, value),
                self._of_lines(operator, value),
                self._of_sales(operator, value),
            ]
        return SQL(" UNION ").join(queries)

    def _found(self, name, operator, value):
        """Return the domain of the orders that have a text anywhere.

        The rules of access are left to the search that this is a part of.
        """
        if operator not in TEXT_OPERATORS:
            return NotImplemented  # to Odoo: try an operator that means the same
        ids = self._ids_of(name, operator, value)
        # As an array, which PostgreSQL looks up one by one: of a subquery it expects so
        # many that it would read every order there is.
        return Domain.custom(
            to_sql=lambda _model, table, _query: SQL(
                "%s = ANY(ARRAY(%s))", SQL.identifier(table, "id"), ids
            )
        )

    def _of_itself(self, operator, value):
        names = ("name", "customer_name", "email")
        found = Domain.OR(Domain(name, operator, value) for name in names)
        return self._column_of(self.env["lengow.order"], found, "id")

    def _of_lines(self, operator, value):
        Line = self.env["lengow.order.line"]
        return self._column_of(Line, Domain("sku", operator, value), "order_id")

    def _of_sales(self, operator, value):
        found = Domain("name", operator, value) & Domain("lengow_order_id", "!=", False)
        return self._column_of(self.env["sale.order"], found, "lengow_order_id")

    def _of_parcels(self, operator, value):
        """Return the queries of a tracking number: on deliveries, and as reported."""
        Picking, Action = self.env["stock.picking"], self.env["lengow.action"]
        pickings = self._column_of(
            Picking, Domain("carrier_tracking_ref", operator, value), "sale_id"
        )
        yield SQL(
            "SELECT lengow_order_id FROM sale_order WHERE id IN (%s) "
            "AND lengow_order_id IS NOT NULL",
            pickings,
        )
        yield self._column_of(
            Action, Domain("tracking_number", operator, value), "order_id"
        )

    def _column_of(self, model, domain, field):
        """Return the query of a field of records, whoever may see them."""
        query = model.sudo().with_context(active_test=False)._search(domain)
        return query.select(SQL.identifier(query.table, field))
