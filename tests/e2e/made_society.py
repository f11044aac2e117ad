"""A society that is made up, of any size, with a poll of its companies: what tests vote with that need many voters and
no story."""

import json

from command import expect_equal
from proof import ProvableVote
from society import OFFICE

OFFICER = "returning.officer@society.example"
TRUSTEES = [f"trustee{number}@trust.example" for number in (1, 2, 3)]
HEADER = "email,full_name,company,category,started_on,paid_through,letters,representative,company_category\n"
CONTEST = "colour"
OPTIONS = ["Amber", "Blue", "Cyan"]

SCHEDULE = {
    "filing_opens": "2022-08-02T00:00:00Z",
    "filing_closes": "2022-08-03T00:00:00Z",
    "voting_opens": "2022-08-10T00:00:00Z",
    "voting_closes": "2022-08-20T00:00:00Z",
    "handover_opens": "2022-08-21T00:00:00Z",
    "seats_on": "2022-08-22T00:00:00Z",
}


class MadeSociety:
    """Companies with one professional each, who votes for it. Satisfies what ProvableVote asks of a story."""

    def __init__(self, plenary, companies, say=print):
        self.plenary, self.run, self.say, self.size = plenary, plenary.run, say, companies
        self.people = {}  # address -> "people/…"
        self.election = self.proof = None
        self.voters = []  # (unit, person, address), in the order of the roll

    def found(self):
        self.plenary.set_clock("2022-08-01T09:00:00Z")
        self.run(
            OFFICE, "category", "save", "--id", "professional", "--display-name", "Professional", "--rights",
            "vote,office,committee,attend", "--seats-included", "0", "--price-cents", "10000", "--term-months", "12",
            "--grace-days", "30", "--required-letters", "0",
        )  # fmt: skip
        path = self.plenary.folder / "members.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER)
            for trustee in TRUSTEES:
                file.write(f"{trustee},Trustee {trustee[7]},Trust {trustee[7]},professional,2022-01-31,2023-01-31,,,\n")
            for number in range(self.size):
                address = f"voter{number}@company{number}.example"
                file.write(f"{address},Voter {number},Company {number},professional,2022-01-31,2023-01-31,,,\n")
        self.run(OFFICE, "import", str(path), "--source", "made up")
        for person in self.run(OFFICE, "person", "list").json["people"]:
            self.people[person["email"]] = person["name"]

    def call(self):
        """Calls the poll, makes the trustees' keys, freezes the roll at both registrars, and publishes."""
        self.plenary.set_clock("2022-08-02T09:00:00Z")
        path = self.plenary.folder / "poll.json"
        options = [{"id": name.lower(), "display_name": name} for name in OPTIONS]
        contest = {"id": CONTEST, "display_name": "Which colour?", "method": "approval", "seats": 1, "options": options}
        poll = {
            "display_name": "A colour for the society", "schedule": SCHEDULE, "record_date": "2022-08-02",
            "returning_officer": OFFICER, "trustees": TRUSTEES, "trustee_threshold": 2, "contests": [contest],
        }  # fmt: skip
        path.write_text(json.dumps(poll), encoding="utf-8")
        self.election = self.run(OFFICE, "election", "create", str(path)).json["name"]
        self.proof = ProvableVote(self, self.election, OFFICER, TRUSTEES)
        self.proof.make_keys()
        self.plenary.set_clock("2022-08-03T09:00:00Z")
        self.run(OFFICE, "roll", "freeze", self.election, "--record-date", "2022-08-02")
        self.proof.copy_roll()
        self.run(OFFICER, "election", "publish", self.election)
        self.plenary.wait_until(
            None, ["box", "show", self.election], lambda box: box["state"] == "STATE_OPEN", "the opening of the box"
        )
        self.proof.compare_manifest()
        addresses = {person: address for address, person in self.people.items()}
        entries = self.run(OFFICE, "roll", "list", self.election).json["entries"]
        self.voters = [(e["unit"], e["representative"], addresses[e["representative"]]) for e in entries]

    def open_voting(self):
        self.plenary.set_clock("2022-08-10T09:00:00Z")

    def close_and_count(self):
        self.plenary.set_clock("2022-08-20T00:00:01Z")
        self.proof.close(absent=TRUSTEES[2])
        return self.run(OFFICER, "election", "count", self.election).json

    def expect_all_counted(self, result, voted):
        figures = (result["roll_count"], result["issued_count"], result["ballot_count"], len(result.get("spoilt", [])))
        expect_equal("roll, credentials, ballots, spoilt", figures, (len(self.voters), voted, voted, 0))
