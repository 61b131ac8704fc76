"""What goes out: products, prices and what is left of them, as files for Lengow."""

# First: others inherit from these.
from . import (
    lengow_catalogue_address,
    lengow_catalogue_link,
    lengow_catalogue_push,
    lengow_catalogue_row_push,
    lengow_catalogue_column_screen,
    lengow_catalogue_row_screen,
    lengow_catalogue_screen,
    lengow_catalogue_settings,
)
from . import (
    lengow_catalogue,
    lengow_catalogue_checker,
    lengow_catalogue_column,
    lengow_catalogue_composer,
    lengow_catalogue_content,
    lengow_catalogue_explainer,
    lengow_catalogue_fetch,
    lengow_catalogue_hold,
    lengow_catalogue_identity,
    lengow_catalogue_issue,
    lengow_catalogue_pictures,
    lengow_catalogue_pricing,
    lengow_catalogue_publisher,
    lengow_catalogue_pusher,
    lengow_catalogue_refresher,
    lengow_catalogue_row,
    lengow_catalogue_selection,
    lengow_catalogue_stock,
    lengow_catalogue_trouble,
    lengow_catalogue_withdrawal,
    product_document,
    product_pricelist,
    product_product,
    product_template,
)
