"""Whether what the settings point at can be used: it may have changed since."""

from .problems import ImportProblem

# What the settings of people and terms point at.
POINTERS = ("payment_term_id", "payment_method_line_id", "partner_tag_ids")


class UsableSettings:
    """Looks once per batch whether the settings of its marketplaces can be used."""

    def __init__(self):
        self._reasons = {}

    def check(self, marketplace):
        """Stop an order whose settings point at what cannot be used any more.

        :param lengow.marketplace marketplace: of the order
        :raise ImportProblem: naming what it is, and whose setting
        """
        if marketplace not in self._reasons:
            self._reasons[marketplace] = next(
                filter(None, (self._reason(marketplace, name) for name in POINTERS)),
                None,
            )
        if self._reasons[marketplace]:
            raise ImportProblem("setting_unusable", self._reasons[marketplace])

    def _reason(self, marketplace, name):
        return why_unusable(owner_of(marketplace, name), name)


def owner_of(marketplace, name):
    """Return whose setting counts: the marketplace's own, or its account's.

    Archived tags are chosen, too, though Odoo does not show them.

    :param lengow.marketplace marketplace: one
    :param str name: of the setting
    :rtype: lengow.marketplace | lengow.account
    """
    own = marketplace.with_context(active_test=False)
    return own if own[name] else own.account_id


def why_unusable(owner, name):
    """Return why what a setting points at cannot be used, in words for people.

    :param owner: an account or a marketplace
    :param str name: of the setting
    :return: None if all of it can be used
    :rtype: str | None
    """
    env = owner.env
    chosen = owner.sudo().with_context(active_test=False)[name]
    setting = owner._fields[name]._description_string(env)
    for record in chosen:
        values = {
            "owner": owner.name,
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
