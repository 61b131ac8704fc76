from . import (
    lengow_account_anonymise,
    lengow_order_anonymise,
    lengow_partner_anonymise,
    lengow_personal_data,
    lengow_personal_traces,
)
