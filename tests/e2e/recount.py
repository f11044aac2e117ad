"""The result of the story beside what the sample society expects, and its lots drawn once more: told again in
Python, sharing nothing with the services."""

import hashlib

from command import expect_equal


def expect_count(contest, expected, addresses):
    """Compares one contest's result with counts.json. `addresses` maps options to e-mail addresses.
    Returns {the tied addresses: the one the lot chose}, empty where no lot decides a seat."""
    got = [(o["rank"], addresses[o["option"]], int(o["votes"]), o["tied"]) for o in contest["options"]]
    wanted = [(o["rank"], o["email"], o["votes"], o["tied"]) for o in expected["options"]]
    tied = frozenset(o["email"] for o in expected["options"] if o["tied"])

    def without_lot(rows):
        # The lot orders the tied ones; without it nobody knows which comes first.
        return [(rank, "tied" if email in tied else email, votes, is_tied) for rank, email, votes, is_tied in rows]

    name = expected["contest"]
    expect_equal(f"count of {name}", without_lot(got), without_lot(wanted))
    expect_equal(f"tied in {name}", {email for _, email, _, is_tied in got if is_tied}, set(tied))
    figures = ("seats", "vacancies", "blank_count")
    expect_equal(f"figures of {name}", [contest[key] for key in figures], [expected[key] for key in figures])

    winners = {}
    for option in contest["options"]:
        email = addresses[option["option"]]
        if email in tied:
            if option["elected"]:
                winners[tied] = email
            continue
        same = next(o for o in expected["options"] if o["email"] == email)
        seat = ("elected", "term_years")
        expect_equal(f"seat of {email}", [option[key] for key in seat], [same[key] for key in seat])
    return winners


def check_lots(result, ballots, seed):
    """Draws every lot of the result from the final root of the log and the tally secrets. Returns (contest, tied options
    in the order of the lot) for each tie."""
    expect_equal("published ballots", len(ballots), result["ballot_count"])
    ties = []
    for number, contest in enumerate(result["contests"]):
        # Options are numbered by name; Python sorts by code point, as UTF-8 bytes do.
        numbered = sorted(contest["options"], key=lambda option: option["display_name"])
        tied = [option for option in contest["options"] if option["tied"]]

        def lot(option):
            place = number.to_bytes(2, "big") + numbered.index(option).to_bytes(2, "big")
            return hashlib.sha256(b"plenary-lot-v1" + seed + place).digest()

        drawn = sorted(tied, key=lambda option: (-int(option["votes"]), lot(option)))
        expect_equal(f"order by lot in {contest['display_name']}", tied, drawn)
        if tied:
            ties.append((contest["display_name"], tied))
    return ties
