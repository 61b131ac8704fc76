from . import (
    lengow_account,
    lengow_alarm,
    lengow_banner,
    lengow_deadline,
    lengow_deadline_warning,
    lengow_marketplace,
    lengow_overview,
    lengow_readiness,
    lengow_setup,
    lengow_support,
    lengow_task,
    lengow_vitals,
)
