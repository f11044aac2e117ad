#!/usr/bin/env python3
"""Writes the sample society into this folder. With --check: compares instead, and exits 1 on any difference.

The same in every run and every Python from 3.11: one fixed seed, the standard library only.
"""

import csv
import io
import json
import pathlib
import sys

sys.dont_write_bytecode = True

import broken  # noqa: E402
import expected  # noqa: E402
import promises  # noqa: E402
import register as r  # noqa: E402
import story  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GENERATED = ("*.csv", "*.json", "broken/*", "expected/*")


def table(header, rows):
    """RFC 4180, lines ended by a line feed alone."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def tree(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def category_rows():
    for c in r.CATEGORIES.values():
        yield [
            c.id,
            c.display_name,
            " ".join(c.rights),
            c.seats_included,
            c.price_cents,
            c.term_months,
            c.grace_days,
            c.required_letters,
        ]


def member_rows(members):
    for m in members:
        letters = m.letters if r.CATEGORIES[m.category].required_letters else ""
        yield [
            m.email,
            m.full_name,
            m.company,
            m.category,
            m.started_on,
            m.paid_through,
            letters,
            "yes" if m.representative else "",
            m.company_category,
        ]


def vote_rows(votes):
    for company, person, marks in votes:
        yield [company, person.email, *(" ".join(marks[contest]) for contest in story.TOTALS)]


def inputs(register, founders, candidates, bystander, votes, dice):
    return {
        "categories.csv": table(
            [
                "id",
                "display_name",
                "rights",
                "seats_included",
                "price_cents",
                "term_months",
                "grace_days",
                "required_letters",
            ],
            category_rows(),
        ),
        "members.csv": table(broken.COLUMNS, member_rows(register.members)),
        "bodies.csv": table(["id", "display_name", "kind", "purpose", "seats"], story.BODIES),
        "founders.csv": table(
            ["body", "seat", "email", "office", "start_date", "end_date"], story.founder_rows(founders)
        ),
        "code.json": tree(story.code(dice, register, candidates)),
        "motions.json": tree(story.motions(founders)),
        "election.json": tree(story.with_trustees(story.ELECTION, founders)),
        "poll.json": tree(story.with_trustees(story.POLL, founders)),
        "candidacies.csv": table(
            ["email", "contest", "statement", "conflict_of_interest", "photo_uri", "links", "outcome"],
            story.candidacy_rows(candidates, register, founders, bystander),
        ),
        "votes.csv": table(["company", "representative", *story.TOTALS], vote_rows(votes)),
        **{f"broken/{name}": content for name, content in broken.FILES.items()},
        "broken/expected.json": tree(broken.EXPECTED),
    }


def outputs(members, roll, counts, votes):
    before = expected.eligibility(members, expected.WAIVER_DAY, letters_waived=False)
    after = expected.eligibility(members, expected.WAIVER_DAY, letters_waived=True)
    at_record = expected.eligibility(members, r.RECORD_DATE, letters_waived=True)
    summary = {
        "before": {"as_of": str(expected.WAIVER_DAY), "waived": False, "companies": expected.reasons(before)},
        "after": {"as_of": str(expected.WAIVER_DAY), "waived": True, "companies": expected.reasons(after)},
        "record_date": {
            "as_of": str(r.RECORD_DATE),
            "waived": True,
            "companies": expected.reasons(at_record),
        },
    }
    promises.keep_eligibility(summary)
    poll_roll = expected.poll_roll(members)
    promises.keep_poll(poll_roll)
    return {
        "expected/poll_roll.csv": table(["email", "full_name"], ([m.email, m.full_name] for m in poll_roll)),
        "expected/roll.csv": table(["company", "representative"], ([c, p.email] for c, p in roll)),
        "expected/eligibility_before.csv": table(["company", "reason"], (row[:2] for row in before)),
        "expected/eligibility_after.csv": table(["company", "reason"], (row[:2] for row in after)),
        "expected/eligibility_summary.json": tree(summary),
        "expected/counts.json": tree(counts),
        "expected/seats.csv": table(["body", "rank", "email", "term_years"], expected.seat_rows(counts)),
        "expected/turnout.json": tree({"roll": len(roll), "voted": len(votes)}),
        "expected/lots.json": tree(expected.lots(counts[-1])),
    }


def generate():
    """{path: bytes} of every generated file; fails when the society breaks a promise of its README."""
    dice = r.Dice(r.SEED)
    register = r.Register(dice)
    founders = story.found(dice, register)
    candidates, bystanders = story.run(dice, register, founders)
    register.settle(list(founders.values()), [m for people in candidates.values() for m in people])
    roll = expected.roll(register.members)
    # Nobody votes in grace: that member lapses on the last day of voting.
    votes = story.vote(dice, [line for line in roll if line[1] is not register.in_grace], candidates)
    counts = expected.counts(candidates, votes)
    promises.keep_register(register)
    promises.keep_story(register, founders, candidates, roll, votes)
    promises.keep_counts(counts)
    return {
        **inputs(register, founders, candidates, bystanders[0], votes, dice),
        **outputs(register.members, roll, counts, votes),
    }


def check(files):
    """Sentences about every file that is not as generated."""
    present = {str(p.relative_to(HERE)) for pattern in GENERATED for p in HERE.glob(pattern)}
    for path in sorted(present - files.keys()):
        yield f"{path} is not generated."
    for path, content in files.items():
        if path not in present:
            yield f"{path} is missing."
        elif (HERE / path).read_bytes() != content:
            yield f"{path} differs from what generate.py writes."


def main(arguments):
    if arguments not in ([], ["--check"]):
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    files = generate()
    if arguments:
        faults = list(check(files))
        for fault in faults:
            print(fault, file=sys.stderr)
        return 1 if faults else 0
    for path, content in files.items():
        (HERE / path).parent.mkdir(exist_ok=True)
        (HERE / path).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
