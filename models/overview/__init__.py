from . import lengow_marketplace, lengow_overview
