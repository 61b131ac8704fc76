"""Whether what the settings point at can be used: it may have changed since."""

from odoo.exceptions import ValidationError

from .problems import ImportProblem

# What the settings of people and terms point at.
POINTERS = ("payment_term_id", "payment_method_line_id", "partner_tag_ids")
# What those point at that count for orders which the marketplace ships.
FULFILMENT_POINTERS = ("fulfilment_warehouse_id",)


class UsableSettings:
    """Looks once per batch whether the settings of its marketplaces can be used."""

    def __init__(self):
        self._reasons = {}

    def check(self, order):
        """Stop an order whose settings point at what cannot be used any more.

        :param lengow.order order: about to be imported
        :raise ImportProblem: naming what it is, and whose setting
        """
        names = POINTERS
        if order.is_fulfilled_by_marketplace:
            names += FULFILMENT_POINTERS
        for name in names:
            reason = self._reason(order.marketplace_id, name)
            if reason:
                raise ImportProblem("setting_unusable", reason)

    def _reason(self, marketplace, name):
        key = marketplace, name
        if key not in self._reasons:
            self._reasons[key] = why_unusable(owner_of(marketplace, name), name)
        return self._reasons[key]


def owner_of(marketplace, name):
    """Return whose setting counts: the marketplace's own, or its account's.

    :param lengow.marketplace marketplace: one
    :param str name: of the setting
    :rtype: lengow.marketplace | lengow.account
    """
    return marketplace if marketplace[name] else marketplace.account_id


def owners_to_review(marketplaces):
    """Return whose settings point at what cannot be used.

    :param lengow.marketplace marketplaces: some
    :return: accounts, which concern all their marketplaces, or else marketplaces
    """
    found = {
        owner
        for marketplace in marketplaces
        for name in (*POINTERS, *FULFILMENT_POINTERS)
        if why_unusable(owner := owner_of(marketplace, name), name)
    }
    accounts = marketplaces.account_id
    return accounts.filtered(lambda account: account in found) or marketplaces.filtered(
        lambda marketplace: marketplace in found
    )


def refuse_unusable(owners, names):
    """Refuse to save settings that point at what cannot be used.

    :param owners: records that belong to a company: accounts, marketplaces, rules
    :param names: of the settings
    :raise ValidationError: naming what it is, and whose setting
    """
    for owner in owners:
        for name in names:
            reason = why_unusable(owner, name)
            if reason:
                raise ValidationError(reason)


def why_unusable(owner, name, records=None):
    """Return why what a setting points at cannot be used, in words for people.

    :param owner: a record that belongs to a company, such as an account
    :param str name: of the setting
    :param records: what of it is looked at; all of it if that is None
    :return: None if all of it can be used
    :rtype: str | None
    """
    env = owner.env
    chosen = owner.sudo()[name] if records is None else records
    setting = owner._fields[name]._description_string(env)
    for record in chosen:
        values = {
            "owner": owner.display_name,
            "setting": setting,
            "record": record.display_name,
        }
        if "active" in record and not record.active:
            return env._("%(owner)s, %(setting)s: “%(record)s” is archived.", **values)
        if not _is_of_company(record, owner.company_id):
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” belongs to another company.",
                **values,
            )
        if name == "payment_term_id" and record.early_discount:
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” takes a discount off what the "
                "buyer has paid already.",
                **values,
            )
        if name == "payment_method_line_id" and not (
            record.journal_id.active and record.payment_type == "inbound"
        ):
            return env._(
                "%(owner)s, %(setting)s: “%(record)s” receives no payments.", **values
            )
    return None


def _is_of_company(record, company):
    """Whether a record is shared, or is one that a company may use."""
    if "company_id" not in record:
        return True
    return bool(record.filtered_domain(record._check_company_domain(company)))
