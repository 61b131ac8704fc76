from . import (
    lengow_account,
    lengow_anonymiser,
    lengow_disclosure,
    lengow_export,
    lengow_fate,
    lengow_order,
    lengow_privacy,
    lengow_task_anonymise,
    lengow_task_export,
    res_partner,
)
