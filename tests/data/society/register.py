"""The register of the sample society: categories, people, companies."""

import dataclasses
import datetime
import random

import rules
import words

SEED = 20220801
RECORD_DATE = datetime.date(2022, 8, 31)
FIRST_ENROLMENT = datetime.date(2021, 8, 24)
FOUNDERS_ENROLLED_BY = datetime.date(2021, 9, 30)
LAST_ENROLMENT = datetime.date(2022, 7, 31)

MULTI_SIZES = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6]  # professionals of the companies that named one
SINGLE_COMPANIES = 55  # companies with one professional
SOLE_PRACTITIONERS = 98
REGISTERED = 521
REGISTERED_ONLY_COMPANIES = 50
LETTERLESS_REPRESENTATIVES = 22
LETTERLESS_COLLEAGUES = 8


@dataclasses.dataclass
class Category:
    id: str
    display_name: str
    rights: tuple
    seats_included: int
    price_cents: int
    term_months: int
    grace_days: int
    required_letters: int


@dataclasses.dataclass(eq=False)
class Member:
    email: str
    full_name: str
    company: str
    category: str
    started_on: datetime.date
    paid_through: datetime.date | None = None
    letters: int = 0
    representative: bool = False
    company_category: str = ""


CATEGORIES = {
    c.id: c
    for c in (
        Category("registered", "Registered", ("attend",), 0, 0, 0, 0, 0),
        Category(
            "professional", "Professional", ("vote", "office", "committee", "attend"), 0, 10000, 12, 30, 2
        ),
        Category("associate", "Associate", ("attend",), 0, 0, 12, 30, 0),
        Category("vendor-partner", "Vendor Partner", (), 5, 50000, 12, 30, 0),
        Category("team-10", "Team of Ten", (), 10, 90000, 12, 30, 0),
    )
}


class Dice:
    """Draws from one seeded source. Only random() is used: its sequence is the same in every Python."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def below(self, bound):
        return int(self._random.random() * bound)

    def day(self, first, last):
        return first + datetime.timedelta(days=self.below((last - first).days + 1))

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items

    def some(self, items, number):
        return self.shuffled(items)[:number]


class Register:
    """Builds the members. Dates and letters follow from the parts they play: see settle()."""

    def __init__(self, dice):
        self.dice = dice
        self.members = []
        # Professionals in good standing whose letters and dates settle() may choose.
        self.free = []
        self._names = iter(dice.shuffled(f"{g} {s}" for g in words.GIVEN for s in words.SURNAMES))
        self._company_names = iter(
            dice.shuffled(f"{p} {s}" for p in words.COMPANY_PREFIXES for s in words.COMPANY_SUFFIXES)
        )
        self._joined_companies = []
        self._several()
        self._single()
        self._special_standing()
        self._registered()

    def _add(self, company, category, name=None, domain=None, **facts):
        full_name, local = name or (next(self._names), None)
        email = (
            f"{local or words.slug(full_name, '.')}@{domain or words.slug(company, '-') or 'solo'}.example"
        )
        started_on = self.dice.day(datetime.date(2021, 10, 1), LAST_ENROLMENT)
        member = Member(email, full_name, company, category, started_on, **facts)
        self.members.append(member)
        return member

    def _professional(self, company, free=True, **facts):
        member = self._add(company, "professional", letters=2, **facts)
        if free:
            self.free.append(member)
        return member

    def _several(self):
        """Companies with several professionals: one vote each, if they named who casts it."""
        special = [
            ("Wile, Sample & Placeholder, LLC", None),
            ("Café Exemple Informatique", None),
            ("見本システム株式会社", "mihon-systems"),
            ('The "Specimen" Shop', None),
        ]
        for number, size in enumerate(MULTI_SIZES):
            company, domain = special[number] if number < len(special) else (next(self._company_names), None)
            for i in range(size):
                member = self._professional(company, domain=domain, representative=i == 0)
                if size == max(MULTI_SIZES) and i == 0:
                    member.company_category = "team-10"
            self._joined_companies.append((company, domain))
        for i in range(2):  # a large employer that did not join: its two people share one vote
            self._professional("Enormous Example Corporation", representative=i == 0)
        for _ in range(3):
            self._professional("Undecided Example Partners", free=False)
        for _ in range(2):
            self._professional("Hasty Example Consulting", free=False)
        self._add("Hasty Example Consulting", "registered", representative=True)

    def _single(self):
        """Companies with one professional, vendor partners among them, and sole practitioners."""
        for company, associates in (
            ("Vendor Example Cloud", 4),
            ("Sample & Sons' Backup Tools", 3),
            ("Пример Софт", 4),
        ):
            domain = "primer-soft" if not company.isascii() else None
            self._professional(company, domain=domain, representative=True, company_category="vendor-partner")
            for _ in range(associates):
                self._add(company, "associate", domain=domain)
        self._professional("Pat's Pretend PCs")
        for _ in range(SINGLE_COMPANIES - 1):
            company = next(self._company_names)
            self._professional(company)
            self._joined_companies.append((company, None))
        for number in range(SOLE_PRACTITIONERS - 2):
            name = words.NON_LATIN[number] if number < len(words.NON_LATIN) else None
            self._professional("", name=name)

    def _special_standing(self):
        """Members whose dates matter. The lapsed paid for a part of the year and stopped."""
        in_grace = self._professional("", free=False)
        in_grace.started_on, in_grace.paid_through = FIRST_ENROLMENT, datetime.date(2022, 8, 23)
        last_day = self._professional("", free=False)
        last_day.started_on, last_day.paid_through = datetime.date(2021, 9, 1), RECORD_DATE
        lapsed = self._professional("Bygone Example Services", free=False)
        lapsed.started_on, lapsed.paid_through = FIRST_ENROLMENT, datetime.date(2022, 2, 23)
        self._professional("Halfway Example Hosting")
        colleague = self._professional("Halfway Example Hosting", free=False)
        colleague.started_on, colleague.paid_through = datetime.date(2021, 9, 15), datetime.date(2022, 3, 14)
        lapses_in_august = self._professional("Fading Example Systems", free=False)
        lapses_in_august.started_on, lapses_in_august.paid_through = FIRST_ENROLMENT, datetime.date(
            2022, 7, 20
        )
        self.in_grace, self.last_day, self.lapses_in_august = in_grace, last_day, lapses_in_august

    def _registered(self):
        """Free members: colleagues of professionals, companies of their own, and people alone."""
        for company, domain in self._joined_companies[: len(MULTI_SIZES)] + self._joined_companies[-20:]:
            for _ in range(1 + self.dice.below(2)):
                self._add(company, "registered", domain=domain)
        for _ in range(REGISTERED_ONLY_COMPANIES):
            company = next(self._company_names)
            for _ in range(1 + self.dice.below(3)):
                self._add(company, "registered")
        while sum(m.category == "registered" for m in self.members) < REGISTERED:
            self._add("", "registered")
        self.members[-1].email = "Shouting.Sample@Solo.EXAMPLE"  # addresses are equal in any case

    def settle(self, founders, candidates):
        """Gives the professionals their dates and letters, now that it is known who plays which part."""
        for number, member in enumerate(founders):
            member.started_on = (
                FIRST_ENROLMENT if number < 6 else self.dice.day(FIRST_ENROLMENT, FOUNDERS_ENROLLED_BY)
            )
        for member in self.members:
            if CATEGORIES[member.category].term_months and member.paid_through is None:
                # Whoever founded has renewed early: nobody who leads is to lapse on the way.
                member.paid_through = _covered_through(member.started_on, 24 if member in founders else 12)
        self._take_letters(founders, candidates)
        self.members.sort(key=lambda m: m.email.lower())

    def _take_letters(self, founders, candidates):
        """Thirty professionals lack letters: some vote for their company, some run, two are founders."""
        alone = {
            c: [p for p in people if p in self.free] for c, people in rules.companies(self.members).items()
        }
        votes = [m for m in self.free if m.representative or len(alone[m.company or m.full_name]) == 1]
        running = [m for m in votes if m in candidates and m not in founders][:4]
        incumbent = [m for m in votes if m in candidates and m in founders][:1]
        retiring = [m for m in votes if m in founders and m not in candidates][:1]
        chosen = running + incumbent + retiring
        others = [m for m in votes if m not in founders and m not in candidates]
        chosen += self.dice.some(others, LETTERLESS_REPRESENTATIVES - len(chosen))
        colleagues = [m for m in self.free if m not in votes and m not in founders and m not in candidates]
        chosen += self.dice.some(colleagues, LETTERLESS_COLLEAGUES)
        for number, member in enumerate(chosen):
            member.letters = number % 2
        for member in self.dice.some([m for m in self.free if m.letters == 2], 9):
            member.letters = 3


def _covered_through(started_on, months):
    return rules.add_months(started_on, months) - datetime.timedelta(days=1)
