"""What is done when the addon goes."""

from odoo.tools import SQL, mute_logger

from .models.catalogue.lengow_catalogue import FILES_FIELD
from .models.errors import contained

ADDON = "lengow_connector"


def uninstall_hook(env):
    """Delete what Odoo would leave behind, which nobody could use or even see.

    :param Environment env: of the database
    """
    # Nobody could read the files of what goes with the addon, nor delete them: those of
    # catalogs and background tasks, and documents with the data of buyers.
    ours = [model._name for model in env.registry.values() if _is_ours(model)]
    files = env["ir.attachment"].search(
        [("res_model", "in", ours), ("res_field", "in", [False, FILES_FIELD])]
    )
    _take_out(env, files)
    files.unlink()
    _leave_products(env)


def _is_ours(model):
    return model._original_module == ADDON


def _leave_products(env):
    """Delete the addon's products that nobody has used, and leave the others to people.

    Odoo deletes products before the tables of ours that name them, so that it would
    keep each of them, with an external id of an addon that is gone.
    """
    known = env["ir.model.data"].search(
        [("module", "=", ADDON), ("model", "=", "product.product")]
    )
    products = env["product.product"].with_context(active_test=False)
    products = products.browse(known.mapped("res_id")).exists()
    _take_out(env, products)
    _take_out(env, products.product_tmpl_id)
    for product in products:
        if not _is_named_elsewhere(env, product):
            # A document that names it keeps it.
            with mute_logger("odoo.sql_db"), contained(env):
                product.unlink()
    for model, left in (
        ("product.product", products.exists()),
        ("product.template", products.exists().product_tmpl_id),
    ):
        # They are what people have bought and sold: ordinary products from now on.
        env["ir.model.data"].search(
            [
                ("module", "=", ADDON),
                ("model", "=", model),
                ("res_id", "in", left.ids),
            ]
        ).unlink()


def _take_out(env, records):
    """Take records out of our own tables, which go with the addon.

    :param Environment env: of the database
    :param Model records: of a model of others
    """
    env.flush_all()
    for model in env.registry.values():
        if model._abstract or not model._auto:
            continue
        for field in model._fields.values():
            if (
                field.type == "many2one"
                and field.store
                and field.comodel_name == records._name
                and field._modules == (ADDON,)
            ):
                _forget(env, model._table, field, records.ids)
    env.invalidate_all()


def _forget(env, table, field, ids):
    """Take records out of a column, also where it may not be empty as a rule."""
    table, column = SQL.identifier(table), SQL.identifier(field.name)
    if field.required:
        env.cr.execute(SQL("ALTER TABLE %s ALTER %s DROP NOT NULL", table, column))
    env.cr.execute(
        SQL("UPDATE %s SET %s = NULL WHERE %s = ANY(%s)", table, column, column, ids)
    )


def _is_named_elsewhere(env, product):
    """Whether somebody else has given a product a name, too."""
    names = env["ir.model.data"].search(
        [("model", "=", product._name), ("res_id", "=", product.id)]
    )
    return any(name.module != ADDON for name in names)
