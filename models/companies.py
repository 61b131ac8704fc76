"""Orders of one account may be of several companies: each is dealt with in its own."""


def by_company(orders):
    """Yield each company's orders of each account, with the account, in that company.

    :param lengow.order orders: of any account
    :return: pairs of a lengow.account and its lengow.order
    """
    for (account, company), some in orders.grouped(
        lambda order: (order.account_id, order.company_id)
    ).items():
        ours = some.with_company(company)
        yield account.with_env(ours.env), ours
