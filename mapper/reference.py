import re
from functools import cached_property
from unicodedata import combining, normalize

# Codes that marketplaces write instead of the ISO code: those of VAT numbers, mostly.
COUNTRY_ALIASES = {"UK": "GB", "EL": "GR", "XI": "GB"}


class ReferenceData:
    """Countries, states and currencies by the codes that marketplaces use.

    Each is read once per instance; make one for a page or a batch of orders.
    """

    def __init__(self, env):
        self.env = env

    @cached_property
    def _country_ids(self):
        countries = self.env["res.country"].search_fetch([], ["code"])
        return {country.code: country.id for country in countries if country.code}

    @cached_property
    def _currencies(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {c.name: c for c in currencies.search_fetch([], ["name", "active"])}

    @cached_property
    def _states(self):
        states = {}
        for state in self.env["res.country.state"].search_fetch(
            [], ["code", "name", "country_id"]
        ):
            for key in (state.code, *names_in(state.name)):
                states.setdefault((state.country_id.id, plain(key)), state.id)
        return states

    def country_id(self, code):
        """Return the id of a country by its ISO code, or False."""
        code = (code or "").upper()
        return self._country_ids.get(COUNTRY_ALIASES.get(code, code), False)

    def currency(self, code):
        """Return a currency, active or not, by its ISO code; maybe empty."""
        empty = self.env["res.currency"]
        return self._currencies.get((code or "").upper(), empty)

    def state_id(self, country_id, text):
        """Return the id of a country's state, or False.

        Marketplaces write a code, a name with or without accents, or two names with a
        slash between them.

        :param int country_id: whose state it is
        :param str text: as the marketplace wrote it; may be None
        """
        for part in filter(None, map(str.strip, names_in(text or ""))):
            state_id = self._states.get((country_id, plain(part)))
            if state_id:
                return state_id
        return False


def names_in(text):
    """Return a name, and those that it consists of: "A / B", "A (B)".

    :param str text: a name in one or two languages
    :rtype: list[str]
    """
    return [text, *re.split(r"[/()]", text)]


def plain(text):
    """Return a text without accents, case and outer blanks, to compare names with."""
    decomposed = normalize("NFKD", text or "")
    return "".join(c for c in decomposed if not combining(c)).casefold().strip()
