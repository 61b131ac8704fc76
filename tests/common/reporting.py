"""Orders in numbers: several currencies, and the analysis of them."""

from odoo import Command

from .orders import LengowCase, payload


class ReportingCase(LengowCase):
    """An empty analysis, to be filled with the orders of a test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.company.currency_id
        cls.home = {"currency": {"iso_a3": cls.currency.name}}

    @classmethod
    def set_rates(cls, code, **rates):
        """Give a currency these rates alone: foreign ones for one of the company's.

        :param rates: by day of January 2026, as in `d15=4`
        """
        currency = cls.env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids = [
            Command.create(
                {
                    "name": f"2026-01-{int(day[1:]):02}",
                    "rate": rate,
                    "company_id": cls.company.id,
                }
            )
            for day, rate in rates.items()
        ]
        return {"currency": {"iso_a3": code}}

    def receive(self, number, *packages, **values):
        """Let an order come in, without importing it; in the company's currency."""
        values = {**self.home, **values}
        self.env["lengow.inbox"]._store(
            self.account, [payload(number, *packages, **values)]
        )
        return self.order(number)

    def analyse(self, *aggregates, domain=(), by=None, user=None):
        """Return what the pivot shows: the aggregates, or these by a group."""
        report = self.env["lengow.order.report"].with_user(user or self.user)
        if not by:
            ((*values,),) = report._read_group([*domain], [], aggregates)
            return values if len(values) > 1 else values[0]
        return {
            key: values if len(values) > 1 else values[0]
            for key, *values in report._read_group([*domain], [by], aggregates)
        }

    def total(self, name, domain=()):
        """Return the sum of an amount over the analysis, to the cent."""
        return self.currency.round(self.analyse(f"{name}:sum", domain=domain) or 0)
