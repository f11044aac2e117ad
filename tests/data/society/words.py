"""Names of the sample society: plainly made up, and with the letters that break careless programs."""

import unicodedata

GIVEN = """
Ada Alma Amélie Anders Anouk Beatriz Björn Bruno Carmen Cecilia Chidi Clémence Dagmar Dario Deniz Dorota
Edgar Eleni Emeka Esther Fatima Felix Finn Francesca Gökçe Greta Gustav Hana Hector Ida Ignacio Imani Ingrid
Ivo Jamal Jasper Joséphine Kaito Karim Katya Lars Leila Linnea Łucja Magnus Mairéad Mateus Mei Nadia Niamh
Noor Olga Otis Pilar Priya Quentin Rafael Renée Rosa Samir Saoirse Sofía Søren Tariq Thandi Tomás Uma Viktor
Wanda Xavier Yusuf Zoë
""".split()

SURNAMES = """
Example Sample Specimen Placeholder Fictitious Madeup Pretend Imaginary Demo Testcase Beispiel Ejemplo
Exemple Esempio Exempel Voorbeeld Przykład Örnek O'Sample D'Exemple Mock-Sample
""".split()

COMPANY_PREFIXES = """
Northwind Bluebird Cedar Harbour Lantern Maple Orchard Pebble Quarry Riverside Sandpiper Thistle Umbra
Viaduct Willow Yonder Zephyr Anchor Beacon Copper Driftwood Evergreen Foxglove Granite Hazel Juniper
""".split()

COMPANY_SUFFIXES = [
    "Example IT",
    "Sample Systems",
    "Placeholder Networks",
    "Demo Support, Inc.",
    "Specimen Computing",
    "Imaginary Help Desk",
]

# People written by hand: (full name, local part of the address).
NON_LATIN = [
    ("Иван Примеров", "ivan.primerov"),
    ("見本 花子", "hanako.mihon"),
    ("Μαρία Παράδειγμα", "maria.paradeigma"),
    ("ליאת דוגמה", "liat.dugma"),
]

_WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ı": "i", "ß": "ss"})


def plain(text):
    """The text in lower case and without accents: equal for names that a careless collation takes for one."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_DECOMPOSITION))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(letters.casefold().split())


def slug(text, separator):
    """ASCII letters and digits of the text, its words joined by the separator."""
    words = (
        text.replace("'", "").replace("-", " ").replace(",", " ").replace("&", " ").replace(".", " ").split()
    )
    ascii_words = ("".join(c for c in plain(word) if c.isascii() and c.isalnum()) for word in words)
    return separator.join(word for word in ascii_words if word)
