"""Catalogs in transactions of their own, for tests of what several do at once."""

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name


class CommittedCatalogueCase(BaseCase):
    """Tests that commit, so they remove what they made, before and after.

    :cvar str name: of all that a class of tests makes, and of nothing else
    """

    name = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.in_transaction(cls._remove_everything)
        cls.addClassCleanup(cls.in_transaction, cls._remove_everything)

    @classmethod
    def in_transaction(cls, work):
        """Run a function in a transaction of its own, and return what it returns."""
        with cls.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def reference(cls, number):
        """Return the internal reference of a product of the tests."""
        return f"{cls.name}-{number}"

    @classmethod
    def domain(cls):
        """Return what finds the products of the tests."""
        return [("default_code", "=like", cls.reference("%"))]

    @classmethod
    def create_product(cls, env, number, **values):
        """Create a product that can be stored, and that costs 10."""
        return env["product.product"].create(
            {
                "name": f"{cls.name} {number}",
                "default_code": cls.reference(number),
                "is_storable": True,
                "list_price": 10,
                "taxes_id": False,
                **values,
            }
        )

    @classmethod
    def add_stock(cls, env, product, quantity):
        """Put some pieces into the company's warehouse."""
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, quantity
        )

    @classmethod
    def create_catalogues(cls, env, count=1, **values):
        """Create and publish catalogs of all products of the tests."""
        account = env["lengow.account"].create({"name": cls.name})
        catalogues = env["lengow.catalogue"].create(
            [
                {
                    "name": cls.name,
                    "account_id": account.id,
                    "domain": str(cls.domain()),
                    **values,
                }
                for _each in range(count)
            ]
        )
        for catalogue in catalogues:
            catalogue.action_publish()
        return catalogues

    @classmethod
    def create_catalogue_of(cls, count):
        """Create some products and publish a catalog of them; return its id."""

        def work(env):
            for number in range(count):
                cls.create_product(env, number)
            return cls.create_catalogues(env).id

        return cls.in_transaction(work)

    @classmethod
    def _remove_everything(cls, env):
        named = [("name", "=", cls.name)]
        accounts = env["lengow.account"].with_context(active_test=False).search(named)
        catalogues = env["lengow.catalogue"].search(
            [("account_id", "in", accounts.ids)]
        )
        catalogues.state = "draft"
        catalogues.unlink()
        accounts.unlink()
        products = (
            env["product.product"].with_context(active_test=False).search(cls.domain())
        )
        env["stock.quant"].search([("product_id", "in", products.ids)]).unlink()
        products.product_tmpl_id.unlink()
        env["product.attribute"].search(named).unlink()
        env["product.pricelist"].search(named).unlink()
        cron = env.ref("lengow_connector.cron_refresh_catalogues")
        env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
