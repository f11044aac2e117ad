"""The members choose a logo: a ranked poll with one vote a person, in which the sample society casts the 143 real
ballots of the Debian logo vote of 1999 (tests/data/condorcet). Told before the election is called; nobody is seated."""

import json
import time

from command import NOT_ALLOWED, REFUSED, WRONG_USAGE, expect_equal
from proof import ProvableVote
from society import OFFICE, ROOT, SOCIETY, document, rows

DEBIAN = ROOT / "tests" / "data" / "condorcet" / "debian-logo-1999"


def real_ballots():
    """The ballots of the file in its order, each a list of names in order of preference."""
    names, ballots = {}, []
    for line in DEBIAN.with_suffix(".soi").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ALTERNATIVE NAME "):
            number, name = line.removeprefix("# ALTERNATIVE NAME ").split(": ")
            names[number] = name
        elif not line.startswith("#"):
            weight, order = line.split(": ")
            ballots += [[names[number] for number in order.split(",")]] * int(weight)
    return ballots


class LogoPoll:
    def __init__(self, story):
        self.story, self.run, self.plenary = story, story.run, story.plenary
        self.officer = document("poll.json")["returning_officer"]
        self.voters = list(zip((r["email"].lower() for r in rows("expected/poll_roll.csv")), real_ballots()))
        self.poll = None

    def tell(self):
        self.call()
        self.publish()
        self.vote()
        self.count()
        self.certify()

    def call(self):
        created = self.run(OFFICE, "election", "create", str(SOCIETY / "poll.json")).json
        self.poll = created["name"]
        contest = created["contests"][0]
        self.proof = ProvableVote(self.story, self.poll, self.officer, document("poll.json")["trustees"])
        self.story.say(
            f"poll called: {contest['display_name']}, {len(contest['options'])} options, "
            "one vote a member, Schulze's method"
        )

    def publish(self):
        """The roll lists people; the register says who may vote, with the waiver of the letters."""
        self.plenary.set_clock("2022-08-04T09:00:00Z")
        date = document("poll.json")["record_date"]
        self.run(OFFICE, "roll", "freeze", self.poll, "--record-date", date, "--unit", "person")
        self.run(OFFICE, "roll", "verify", self.poll)
        entries = self.run(OFFICE, "roll", "list", self.poll).json["entries"]
        addresses = {person: email for email, person in self.story.people.items()}
        expect_equal(
            "roll of the poll",
            sorted((addresses[e["unit"]], e["unit_display_name"]) for e in entries),
            sorted((r["email"].lower(), r["full_name"]) for r in rows("expected/poll_roll.csv")),
        )
        expect_equal("who collects", [e["representative"] for e in entries], [e["unit"] for e in entries])
        self.proof.make_keys()
        self.run(self.officer, "election", "publish", self.poll, expect=REFUSED, reason="ROLL_NOT_FROZEN")
        self.proof.copy_roll()
        self.run(self.officer, "election", "publish", self.poll)
        self.plenary.wait_until(
            None, ["box", "show", self.poll], lambda box: box["state"] == "STATE_OPEN", "the opening of the poll's box"
        )
        self.proof.compare_manifest()
        self.story.say(f"roll of the poll frozen: {len(entries)} people, whatever company they work for")

    def ballot_arguments(self, email, order):
        return [
            "vote",
            self.poll,
            "--yes",
            "--code-from-mail",
            "--receipt",
            str(self.plenary.folder / f"{email}.poll.receipt.json"),
            "--state",
            str(self.plenary.folder / f"{email}.poll.state"),
            "--mark",
            f"logo={';'.join(order)}",
        ]

    def vote(self):
        email, order = self.voters[0]
        self.story.wait_for_registrar(email, self.ballot_arguments(email, order))
        self.plenary.set_clock("2022-08-05T09:00:00Z")
        started = time.monotonic()
        self.story.each("members voted", self.voters, lambda v: self.run(v[0], *self.ballot_arguments(*v)))
        each = (time.monotonic() - started) / len(self.voters)
        self.refuse_other_ballots()
        short = sum(len(order) < 8 for _, order in self.voters)
        self.story.say(
            f"{len(self.voters)} members ranked the logos, {short} of them not all, {1000 * each:.0f} ms a vote; "
            "a second ballot, an option ranked twice and a voter who is not on the roll were refused"
        )

    def refuse_other_ballots(self):
        email, order = self.voters[1]
        self.run(email, *self.ballot_arguments(email, order[::-1] + ["Seal"]), expect=REFUSED, reason="BALLOT_FIXED")
        anew = self.ballot_arguments(email, order)
        anew[anew.index("--state") + 1] = str(self.plenary.folder / "second.poll.state")
        self.run(email, *anew, expect=WRONG_USAGE, reason="RECEIPT_FILE_TAKEN")
        anew[anew.index("--receipt") + 1] = str(self.plenary.folder / "second.poll.receipt.json")
        self.run(email, *anew, expect=REFUSED, reason="CREDENTIAL_ALREADY_ISSUED")
        twice = self.ballot_arguments(email, ["Swirl", "Swirl"])
        self.run(email, *twice, expect=WRONG_USAGE, reason="INPUT_INVALID")
        registered = next(m["email"] for m in rows("members.csv") if m["category"] == "registered")
        self.run(
            registered, *self.ballot_arguments("registered", ["Swirl"]), expect=NOT_ALLOWED, reason="NOT_ON_ROLL"
        )

    def count(self):
        self.plenary.set_clock("2022-08-08T18:00:01Z")
        self.proof.close(absent=document("poll.json")["trustees"][0])
        result = self.run(self.officer, "election", "count", self.poll).json
        expect_equal(
            "turnout of the poll",
            (result["roll_count"], result["issued_count"], result["ballot_count"], len(result["spoilt"])),
            (len(rows("expected/poll_roll.csv")), len(self.voters), len(self.voters), 0),
        )
        known = json.loads(DEBIAN.with_suffix(".expected.json").read_text(encoding="utf-8"))
        order = [option["display_name"] for option in result["contests"][0]["options"]]
        expect_equal("order of the logos", order, known["schulze_winning_votes_order"])
        elected = [o["display_name"] for o in result["contests"][0]["options"] if o["elected"]]
        expect_equal("the logo chosen", elected, order[:1])
        self.check_report(known)
        self.run(None, "result", "lot", self.poll)
        recounted = self.run(None, "result", "recount", self.poll).json
        expect_equal("ballots counted again", (recounted["same"], recounted["ballots"]), (True, len(self.voters)))
        exported = self.story.expect_export_counts(self.poll, result["contests"][0])
        expect_equal("ballots exported", (exported["ballots"], exported["spoilt"]), (len(self.voters), 0))
        self.story.say(
            f"{result['ballot_count']} ballots counted: {', then '.join(order[:3])}; every comparison is as it was "
            "published, a recount of the published ballots gives the same bytes, and `plenary count` of the exported "
            f"ballots, {exported['rows']} different ones, chooses the same logo"
        )

    def check_report(self, known):
        """Who is ahead of whom on how many ballots, as it was published of the real vote."""
        report = self.run(None, "result", "explain", self.poll, "--contest", "logo").json
        names = [option["display_name"] for option in report["options"]]
        expect_equal("options of the report", names, known["names"])
        compared = report["pairwise"]
        expect_equal("options compared", compared["options"], list(range(len(names))))
        size = len(names)
        votes = [int(count) for count in compared["preferences"]]
        matrix = [votes[row * size : (row + 1) * size] for row in range(size)]
        for row, (got, wanted) in enumerate(zip(matrix, known["pairwise"])):
            expect_equal(f"ballots that put {names[row]} ahead", got, wanted)

    def certify(self):
        self.plenary.set_clock("2022-08-08T20:00:00Z")
        self.run(OFFICE, "election", "certify", self.poll, expect=NOT_ALLOWED)
        self.run(self.officer, "election", "certify", self.poll)
        self.proof.expect_keys_destroyed()
        self.proof.verify()
        self.plenary.set_clock("2022-08-09T00:00:05Z")
        founders = {(f["body"], f["seat"]): f["email"] for f in rows("founders.csv")}
        expect_equal("holders after the poll", self.story.holders(), founders)
        expect_equal(
            "state of the poll", self.run(None, "election", "show", self.poll).json["state"], "STATE_CERTIFIED"
        )
        self.story.say("poll certified; nobody takes a seat by it")
