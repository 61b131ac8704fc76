def at_work(catalogue):
    """Return a catalog as the services take it: in system mode, in its company.

    :param lengow.catalogue catalogue: one, which was checked
    :rtype: lengow.catalogue
    """
    catalogue = catalogue.sudo()
    return catalogue.with_company(catalogue.company_id).with_context(
        allowed_company_ids=catalogue.company_id.ids,
        active_test=True,
        tracking_disable=True,
    )
