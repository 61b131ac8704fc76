from . import (
    lengow_account_documents,
    lengow_document,
    lengow_document_fetch,
    lengow_document_inbox,
    lengow_document_owners,
    lengow_order_documents,
)
