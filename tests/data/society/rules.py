"""The society's rules, told once more and straightforwardly, to compute what the services must answer.

Nothing here is shared with the services: two independent tellings of one rule check each other.
"""

import calendar
import datetime
import hashlib

LOT_DOMAIN = b"plenary-lot-v1"


def add_months(day, months):
    """The same day of a later month, or that month's last day when it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def state(member, category, day):
    """pending, active, grace or lapsed. paid_through is the last day covered; none means no end."""
    if day < member.started_on:
        return "pending"
    if member.paid_through is None:
        return "active"
    end = member.paid_through + datetime.timedelta(days=1)
    if day < end:
        return "active"
    return "grace" if day < end + datetime.timedelta(days=category.grace_days) else "lapsed"


def in_good_standing(member, category, day):
    """A member in grace still is in good standing."""
    return state(member, category, day) in ("active", "grace")


def companies(members):
    """Members by the company they belong to; who names none is a company of one, named after them."""
    found = {}
    for member in members:
        found.setdefault(member.company or member.full_name, []).append(member)
    return found


def eligibility(people, categories, day, letters_waived):
    """(reason, representative or None) of one company."""
    voting = [p for p in people if "vote" in categories[p.category].rights]
    if not voting:
        return "NO_VOTING_MEMBER", None
    standing = [p for p in voting if in_good_standing(p, categories[p.category], day)]
    if not standing:
        return "NOT_IN_GOOD_STANDING", None
    named = [p for p in people if p.representative]
    if named:
        representative = named[0]
        if representative not in standing:
            return "REPRESENTATIVE_NOT_ENTITLED", None
    elif len(standing) == 1:
        representative = standing[0]
    else:
        return "REPRESENTATIVE_NOT_NAMED", None
    if representative.letters < categories[representative.category].required_letters and not letters_waived:
        return "LETTERS_MISSING", None
    return "ELIGIBLE", representative


def count(candidates, ballots):
    """Votes by candidate. A ballot is a list of marks, none of them twice."""
    votes = {email: 0 for email in candidates}
    for marks in ballots:
        for email in marks:
            votes[email] += 1
    return votes


def terms(contest):
    """The term in years of each rank, from the first."""
    return [rule["years"] for rule in contest["terms"] for _ in range(rule["winners"])]


def lot_seed(final_root, tally_secrets):
    """The final root of the log, then the tally secrets in the order of the manifest."""
    return final_root + b"".join(tally_secrets)


def lot(seed, contest, option):
    """The lot of one tied option; the smallest goes first."""
    numbers = contest.to_bytes(2, "big") + option.to_bytes(2, "big")
    return hashlib.sha256(LOT_DOMAIN + seed + numbers).digest()
