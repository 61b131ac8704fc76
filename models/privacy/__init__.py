from . import (
    lengow_account,
    lengow_anonymiser,
    lengow_disclosure,
    lengow_export,
    lengow_fate,
    lengow_order,
    lengow_privacy,
    res_partner,
)
