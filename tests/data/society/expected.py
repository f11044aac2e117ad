"""What the services must answer, computed by rules.py."""

import collections
import datetime
import hashlib

import register as r
import rules
import story

WAIVER_DAY = datetime.date(2022, 8, 3)
SAMPLE_ROOT = "sample-root"
SAMPLE_SECRETS = ["sample-secret-1", "sample-secret-2", "sample-secret-3"]


def eligibility(members, day, letters_waived):
    """[(company, reason, representative or None)] by company name."""
    return [
        (company, *rules.eligibility(people, r.CATEGORIES, day, letters_waived))
        for company, people in story.companies_by_name(members)
    ]


def roll(members):
    """[(company, representative)] as of the record date, letters waived."""
    answers = eligibility(members, r.RECORD_DATE, letters_waived=True)
    return [(company, person) for company, reason, person in answers if reason == "ELIGIBLE"]


def poll_roll(members):
    """Everybody who may vote as of the poll's record date, letters waived, by address."""
    voters = [
        m
        for m in members
        if "vote" in r.CATEGORIES[m.category].rights
        and rules.in_good_standing(m, r.CATEGORIES[m.category], story.POLL_RECORD_DATE)
    ]
    return sorted(voters, key=lambda m: m.email.lower())


def reasons(answers):
    return dict(sorted(collections.Counter(reason for _, reason, _ in answers).items()))


def counts(candidates, votes):
    """The result of each contest, options in order of rank."""
    contests = []
    for number, contest in enumerate(story.ELECTION["contests"]):
        ballots = [marks[contest["id"]] for _, _, marks in votes]
        people = sorted(candidates[contest["id"]], key=lambda m: m.full_name)
        contests.append(
            {
                "contest": contest["id"],
                "number": number,
                "seats": contest["seats"],
                "vacancies": max(0, contest["seats"] - len(people)),
                "blank_count": sum(not marks for marks in ballots),
                "options": _ranked(contest, people, rules.count([m.email for m in people], ballots)),
            }
        )
    return contests


def _ranked(contest, people, votes):
    """People in order of rank. Ranks that share their votes are told apart by the lot, here by name."""
    terms = rules.terms(contest)
    ranked = sorted(people, key=lambda m: -votes[m.email])
    options = []
    for rank, member in enumerate(ranked, start=1):
        equals = [i for i, m in enumerate(ranked, start=1) if votes[m.email] == votes[member.email]]
        elected = rank <= contest["seats"]
        term = terms[rank - 1] if elected else 0
        if equals[0] <= contest["seats"] < equals[-1]:
            elected, term = "lot", terms[equals[0] - 1]
        options.append(
            {
                "rank": rank,
                "option": people.index(member),
                "name": member.full_name,
                "email": member.email,
                "votes": votes[member.email],
                "tied": len(equals) > 1,
                "elected": elected,
                "term_years": term,
            }
        )
    return options


def tied(contest):
    return [option for option in contest["options"] if option["tied"]]


def seat_rows(contests):
    """One row for each of the open seats, in order of rank; the last ones may stay vacant."""
    for contest in contests:
        terms = rules.terms(next(c for c in story.ELECTION["contests"] if c["id"] == contest["contest"]))
        for rank in range(1, contest["seats"] + 1):
            if rank > len(contest["options"]):
                yield [contest["contest"], rank, "vacant", ""]
                continue
            option = contest["options"][rank - 1]
            holder = option["email"]
            if option["elected"] == "lot":
                holder = "lot:" + "|".join(o["email"] for o in tied(contest))
            yield [contest["contest"], rank, holder, terms[rank - 1]]


def lots(contest):
    """A known answer of the lot: made-up root and secrets, the real option numbers of the tied pair."""
    root, *secrets = (hashlib.sha256(text.encode()).digest() for text in [SAMPLE_ROOT, *SAMPLE_SECRETS])
    seed = rules.lot_seed(root, secrets)
    options = [
        {
            **{key: o[key] for key in ("option", "name", "email")},
            "lot": rules.lot(seed, contest["number"], o["option"]).hex(),
        }
        for o in tied(contest)
    ]
    return {
        "final_root": f'SHA-256("{SAMPLE_ROOT}")',
        "tally_secrets": [f'SHA-256("{text}")' for text in SAMPLE_SECRETS],
        "seed": seed.hex(),
        "contest": contest["number"],
        "options": options,
        "winner": min(options, key=lambda o: o["lot"])["email"],
    }
