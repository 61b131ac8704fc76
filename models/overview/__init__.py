from . import (
    lengow_account,
    lengow_banner,
    lengow_deadline,
    lengow_marketplace,
    lengow_overview,
    lengow_setup,
)
