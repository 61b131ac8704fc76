"""Buyers of the demo orders. Nobody of them exists: the names say so."""

FIRST_NAMES = ("Camille", "Dominique", "Alex", "Sacha", "Claude", "Maxime", "Robin")
LAST_NAMES = ("Exemple", "Specimen", "Fictif", "Demonstration", "Muster", "Voorbeeld")

PLACES = {
    "FR": (
        ("12 rue de l'Exemple", "75011", "Paris"),
        ("3 place du Test", "69002", "Lyon"),
        ("45 avenue de la Demonstration", "44000", "Nantes"),
        ("7 bis chemin Fictif", "13008", "Marseille"),
        ("101 boulevard du Specimen", "31000", "Toulouse"),
    ),
    "DE": (
        ("Musterstrasse 1", "10115", "Berlin"),
        ("Beispielweg 24", "80331", "München"),
    ),
    "NL": (
        ("Voorbeeldstraat 8", "1012 AB", "Amsterdam"),
        ("Testlaan 15", "3011 AA", "Rotterdam"),
    ),
    "BE": (("Voorbeeldlaan 5", "1000", "Brussel"),),
    "SE": (("Exempelgatan 3", "111 20", "Stockholm"),),
    "PL": (("ul. Przykładowa 6", "00-001", "Warszawa"),),
    "GB": (("1 Example Street", "SW1A 1AA", "London"),),
}

PHONES = {
    "FR": "06000000{:02d}",
    "DE": "+49 30 000000{:02d}",
    "NL": "+31 6 000000{:02d}",
    "BE": "+32 2 000 00 {:02d}",
    "SE": "+46 8 000 00 {:02d}",
    "PL": "+48 22 000 00 {:02d}",
    "GB": "+44 20 0000 00{:02d}",
}


class Buyer:
    """An invented person at an invented address.

    :param random.Random random: makes the choices
    :param int number: makes the e-mail address unique
    :param str country: ISO code
    """

    def __init__(self, random, number, country):
        self.number = number
        self.country = country
        self.first_name = random.choice(FIRST_NAMES)
        self.last_name = random.choice(LAST_NAMES)
        self.street, self.zipcode, self.city = random.choice(PLACES[country])
        self.phone = PHONES[country].format(number % 100)
        self.civility = random.choice(("M", "Mme", None))

    @property
    def email(self):
        """An address under the domain that is reserved for examples."""
        name = f"{self.first_name}.{self.last_name}.{self.number}".lower()
        return f"{name}@example.com"

    def address(self, kind, address_id):
        """Return an address object of the wire.

        :param str kind: ``delivery`` or ``billing``
        :param int address_id: Lengow's id
        """
        return {
            "id": address_id,
            "type": kind,
            "first_line": self.street,
            "zipcode": self.zipcode,
            "city": self.city,
            "vat_number": None,
            "common_country_iso_a2": self.country,
            "company": None,
            "civility": self.civility,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "second_line": None,
            "complement": None,
            "phone_home": None,
            "phone_office": None,
            "phone_mobile": self.phone,
            "full_address": None,
            "full_name": f"{self.first_name} {self.last_name}",
            "email": self.email,
            "metas": None,
            "state_region": None,
        }


PERSONAL_FIELDS = (
    "first_line",
    "second_line",
    "complement",
    "zipcode",
    "city",
    "vat_number",
    "company",
    "civility",
    "first_name",
    "last_name",
    "phone_home",
    "phone_office",
    "phone_mobile",
    "full_address",
    "full_name",
    "email",
)


def forget(address):
    """Empty what an anonymised address does not keep."""
    address.update(dict.fromkeys(PERSONAL_FIELDS))
