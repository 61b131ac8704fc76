from . import lengow_banner, lengow_deadline, lengow_marketplace, lengow_overview
