from odoo import fields, models
from odoo.tools import SQL

from .lengow_catalogue_publisher import IN_FILE

# As many kinds of changes as will ever be, so that the ids of lines stay apart.
MOST_KINDS = 10
# Each kind with its number, and when it is so.
KINDS = SQL(
    """
    (1, 'hold.lost', row.is_published AND row.state != 'listed'),
    (2, 'hold.price', it.stays AND so.jumps),
    (3, 'hold.zero', it.stays AND so.sells_out),
    (4, 'other.new',
        row.is_published IS NOT TRUE AND row.state = 'listed' AND (%s)),
    (5, 'other.price', it.stays AND it.price != it.old AND NOT so.jumps),
    (6, 'other.quantity',
        it.stays AND it.quantity != it.told AND NOT so.sells_out)
    """,
    IN_FILE,
)


class LengowCatalogueChange(models.Model):
    """What would change for marketplaces once a catalog on hold is released.

    A line for each thing that changes, beside what the files say meanwhile. What holds
    a catalog is counted as :class:`LengowCatalogueHold` counts it.
    """

    _name = "lengow.catalogue.change"
    _description = "Change That Waits in a Lengow Catalog"
    _auto = False
    _order = "kind, identifier, id"
    _rec_name = "identifier"

    row_id = fields.Many2one("lengow.catalogue.row", readonly=True)
    catalogue_id = fields.Many2one("lengow.catalogue", string="Catalog", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    identifier = fields.Char(string="ID at Lengow", readonly=True)
    # Begins with whether it may hold a catalog, so that groups of these come first.
    kind = fields.Selection(
        [
            ("hold.lost", "No longer offered"),
            ("hold.price", "Price changes by more than half"),
            ("hold.zero", "Sells out"),
            ("other.new", "New"),
            ("other.price", "Price changes"),
            ("other.quantity", "Quantity changes"),
        ],
        string="Change",
        readonly=True,
    )
    old_quantity = fields.Integer(
        string="Available Now", readonly=True, aggregator=None
    )
    new_quantity = fields.Integer(
        string="Available Then", readonly=True, aggregator=None
    )
    old_price = fields.Float(
        string="Price Now", readonly=True, digits="Product Price", aggregator=None
    )
    new_price = fields.Float(
        string="Price Then", readonly=True, digits="Product Price", aggregator=None
    )
    currency_id = fields.Many2one(related="row_id.currency_id")

    _depends = {
        "lengow.catalogue": ["state"],
        "lengow.catalogue.row": [
            *("catalogue_id", "product_id", "company_id", "identifier", "kind"),
            *("state", "has_error", "quantity", "price", "published_at"),
            *("is_published", "published_quantity", "published_price"),
            "held_quantity",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row.id::bigint * %(most)s + change.number AS id,
                   row.id AS row_id,
                   row.catalogue_id,
                   row.company_id,
                   row.product_id,
                   row.identifier,
                   change.kind,
                   row.published_quantity AS old_quantity,
                   row.quantity AS new_quantity,
                   row.published_price AS old_price,
                   row.price AS new_price
              FROM lengow_catalogue_row row
                   CROSS JOIN LATERAL (
                       SELECT row.is_published AND row.state = 'listed' AS stays,
                              COALESCE(row.published_quantity, 0) AS told,
                              COALESCE(row.published_price, 0) AS old,
                              COALESCE(row.quantity, 0) AS quantity,
                              COALESCE(row.price, 0) AS price
                   ) AS it
                   CROSS JOIN LATERAL (
                       SELECT COALESCE(row.held_quantity, it.told) > 0
                                  AND it.quantity <= 0 AS sells_out,
                              it.old > 0
                                  AND ABS(it.price - it.old) > it.old / 2 AS jumps
                   ) AS so
                   CROSS JOIN LATERAL (
                       VALUES %(kinds)s
                   ) AS change (number, kind, is_so)
             WHERE row.kind != 'parent' AND change.is_so
               AND row.catalogue_id IN (
                       SELECT id FROM lengow_catalogue WHERE state = 'held'
                   )
            """,
            most=MOST_KINDS,
            kinds=KINDS,
        )

    # === ACTION METHODS === #

    def action_open_row(self):
        """Open what the catalog says of the product, and why it has this quantity."""
        self.ensure_one()
        self.check_access("read")
        return self.row_id._get_records_action()
