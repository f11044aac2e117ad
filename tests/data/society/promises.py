"""What the README promises about the society. Generating fails when a change breaks one."""

import collections
import itertools
import unicodedata

import register as r
import rules
import story
import words


class BrokenPromise(Exception):
    """The society is no longer what its README says."""


def _promise(holds, sentence):
    if not holds:
        raise BrokenPromise(sentence)


def _standing(members):
    return [
        m
        for m in members
        if m.category == "professional" and rules.in_good_standing(m, r.CATEGORIES[m.category], r.RECORD_DATE)
    ]


def keep_register(register):
    members = register.members
    by_category = collections.Counter(m.category for m in members)
    standing = _standing(members)
    states = collections.Counter(
        rules.state(m, r.CATEGORIES[m.category], r.RECORD_DATE)
        for m in members
        if m.category == "professional"
    )
    _promise(len(standing) == 203, "203 professionals are in good standing on the record date.")
    _promise(by_category["registered"] == 521, "521 members are registered.")
    _promise(len(members) == 738 and len(rules.companies(members)) == 594, "738 people are in 594 companies.")
    _promise(by_category["associate"] == 11, "Vendor partners have eleven associates.")
    _promise(
        states == {"active": 202, "grace": 1, "lapsed": 3}, "One professional is in grace, three have lapsed."
    )
    _promise(sum(m.letters < 2 for m in standing) == 30, "Thirty professionals lack letters.")
    _promise(min(m.started_on for m in members) == r.FIRST_ENROLMENT, "The first enrolled on 24 August 2021.")
    _promise(
        all(m.paid_through is None or m.started_on <= m.paid_through for m in members),
        "Nobody ends before they began.",
    )
    _promise(
        sum(m.company_category == "vendor-partner" for m in members) == 3,
        "Three companies are vendor partners.",
    )
    _promise(sum(m.company_category == "team-10" for m in members) == 1, "One company is a team.")
    _keep_names(members)
    _keep_companies(members, standing)


def _keep_names(members):
    companies = rules.companies(members)
    _promise(len({m.email.lower() for m in members}) == len(members), "Addresses are unique in any case.")
    _promise(
        all(m.email.isascii() and m.email.lower().endswith(".example") for m in members),
        "Addresses are reserved.",
    )
    people = {words.plain(m.full_name) for m in members}
    _promise(len(people) == len(members), "Names of people are unique, accents and case aside.")
    _promise(len({words.plain(c) for c in companies}) == len(companies), "So are names of companies.")
    texts = [m.full_name for m in members] + list(companies)
    _promise(
        all(unicodedata.is_normalized("NFC", t) and t == t.strip() for t in texts), "Names are normalised."
    )
    _promise(any("," in c for c in companies) and any('"' in c for c in companies), "Some names need quotes.")


def _keep_companies(members, standing):
    several = {
        company: people
        for company, people in rules.companies(members).items()
        if sum(p in standing for p in people) > 1
    }
    unnamed = [c for c, people in several.items() if not any(p.representative for p in people)]
    _promise(
        unnamed == ["Undecided Example Partners"], "One company with several professionals named nobody."
    )
    sizes = [sum(p in standing for p in people) for people in several.values()]
    _promise(min(sizes) == 2 and max(sizes) == 6, "Companies with several professionals have two to six.")
    for people in rules.companies(members).values():
        _promise(sum(p.representative for p in people) <= 1, "A company names at most one representative.")
        _promise(
            sum(bool(p.company_category) for p in people) <= 1, "One row of a company names its membership."
        )
        seats = sum(r.CATEGORIES[p.company_category].seats_included for p in people if p.company_category)
        _promise(not seats or len(people) <= seats, "No company uses more seats than it bought.")


def keep_story(register, founders, candidates, roll, votes):
    seated = list(founders.values())
    running = [m for people in candidates.values() for m in people]
    standing = _standing(register.members)
    _promise(
        len(set(seated)) == 35 and set(seated) <= set(standing), "35 different professionals hold the seats."
    )
    _promise(all(m.started_on < story.FOUNDED for m in seated), "Founders had joined when they were seated.")
    _promise(len(set(running)) == 39 and set(running) <= set(standing), "39 different professionals run.")
    _promise(sum(m.letters < 2 for m in running) == 5, "Five candidates lack letters.")
    _promise(sum(m in seated for m in running) == len(story.INCUMBENTS), "Fifteen of them hold a seat.")
    _promise(
        all(rules.in_good_standing(m, r.CATEGORIES[m.category], story.SEATS_ON) for m in running + seated),
        "Candidates and founders are in good standing when the terms begin.",
    )
    _promise(
        not {founders[seat] for seat in story.TRUSTEE_SEATS} & set(running), "No trustee is a candidate."
    )
    open_seats = sum(contest["seats"] for contest in story.ELECTION["contests"])
    _promise(open_seats == 32, "32 seats are open.")
    for contest in story.ELECTION["contests"]:
        _promise(len(rules.terms(contest)) == contest["seats"], "Terms add up to the seats.")
    _promise(len(roll) == 170, "170 companies are on the roll.")
    _promise(len({c for c, _, _ in votes}) == len(votes) == 150, "150 companies vote.")
    _promise(
        {(c, p) for c, p, _ in votes} <= set(roll),
        "Only companies of the roll vote, by their representatives.",
    )
    _promise(register.last_day in [p for _, p in roll], "Paid through the record date is on the roll.")
    _promise(register.in_grace in [p for _, p in roll], "In grace is on the roll.")
    _promise(register.lapses_in_august not in [p for _, p in roll], "Lapsed before the record date is not.")
    for contest in story.ELECTION["contests"]:
        for _, _, marks in votes:
            _promise(len(marks[contest["id"]]) <= contest["seats"], "No ballot marks more than the seats.")
    _promise(sum(not any(marks.values()) for _, _, marks in votes) == 1, "One ballot is blank throughout.")


def keep_poll(roll):
    _promise(len(roll) == 204, "204 people are on the roll of the poll.")
    options = [option["id"] for option in story.POLL["contests"][0]["options"]]
    _promise(len(set(options)) == len(options) == 8, "The poll has eight options.")


def keep_eligibility(summary):
    _promise(
        summary["before"]["companies"].get("ELIGIBLE") == 149, "149 companies could vote without the waiver."
    )
    _promise(summary["before"]["companies"].get("LETTERS_MISSING") == 22, "22 companies need the waiver.")
    _promise(summary["after"]["companies"].get("ELIGIBLE") == 171, "171 companies can vote with it.")
    _promise("LETTERS_MISSING" not in summary["after"]["companies"], "The waiver helps every one of them.")
    _promise(summary["record_date"]["companies"].get("ELIGIBLE") == 170, "170 can on the record date.")
    for reason, companies in (
        ("NOT_IN_GOOD_STANDING", 1),
        ("REPRESENTATIVE_NOT_NAMED", 1),
        ("REPRESENTATIVE_NOT_ENTITLED", 1),
    ):
        _promise(summary["before"]["companies"].get(reason) == companies, f"One company has {reason}.")
        _promise(
            summary["after"]["companies"].get(reason) == companies, f"The waiver does not mend {reason}."
        )


def keep_counts(counts):
    for contest in counts:
        totals, blank = story.TOTALS[contest["contest"]]
        _promise([o["votes"] for o in contest["options"]] == totals, "Votes come out as told.")
        _promise(contest["blank_count"] == blank, "So do blank ballots.")
    pairs = [
        (contest["contest"], a["rank"], b["rank"])
        for contest in counts
        for a, b in itertools.combinations(contest["options"], 2)
        if a["votes"] == b["votes"]
    ]
    _promise(pairs == [("marketing", 7, 8)], "The cut of marketing is the only tie.")
    vacancies = {contest["contest"]: contest["vacancies"] for contest in counts if contest["vacancies"]}
    _promise(vacancies == {"finance": 2}, "Finance keeps two seats vacant.")
