from . import (
    lengow_account,
    lengow_anonymiser,
    lengow_fate,
    lengow_order,
    lengow_privacy,
    res_partner,
)
