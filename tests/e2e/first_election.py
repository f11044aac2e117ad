#!/usr/bin/env python3
"""The first election of the sample society, from the import of its members to the seated winners, and a poll
before it, through the public API with the plenary command. Every step is checked against tests/data/society; exit code 0
only when all held.

    first_election.py [--stack FILE] [--plenary PROGRAM] [--until voting] [--jobs N]

Needs a development stack without data (deploy/stack up). With --until voting it stops when the vote opens,
so that you can vote yourself.
"""

import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import recount  # noqa: E402
from command import NOT_ALLOWED, REFUSED, WRONG_USAGE, Plenary, StoryError, expect_equal  # noqa: E402
from logo_poll import LogoPoll  # noqa: E402
from proof import ProvableVote  # noqa: E402
from society import OFFICE, ROOT, SOCIETY, Progress, document, print_result, rows  # noqa: E402


class Story:
    def __init__(self, plenary, jobs):
        self.plenary = plenary
        self.jobs = jobs
        self.run = plenary.run
        self.election = None
        self.candidacies = {}  # (address, contest) -> name of the candidacy
        self.people = {}  # address -> "people/…"
        self.officer = document("election.json")["returning_officer"]

    def stack_is_empty(self):
        return [c["name"] for c in self.run(None, "category", "list").json["categories"]] in ([], ["categories/staff"])

    def say(self, text):
        print(f" · {text}", flush=True)

    def each(self, label, items, act):
        """Does `act` for every item, several at a time; the first failure ends the story."""
        progress = Progress(label, len(items))
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(act, item) for item in items]
            try:
                for future in concurrent.futures.as_completed(futures):
                    future.result()
                    progress.advance()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return [future.result() for future in futures]

    # 1 August: who we are

    def import_members(self):
        self.plenary.set_clock("2022-08-01T09:00:00Z")
        for category in rows("categories.csv"):
            self.run(
                OFFICE,
                "category",
                "save",
                "--id",
                category["id"],
                "--display-name",
                category["display_name"],
                "--rights",
                ",".join(category["rights"].split()),
                "--seats-included",
                category["seats_included"],
                "--price-cents",
                category["price_cents"],
                "--term-months",
                category["term_months"],
                "--grace-days",
                category["grace_days"],
                "--required-letters",
                category["required_letters"],
            )
        members = str(SOCIETY / "members.csv")
        self.refuse_bad_imports()
        dry = self.run(OFFICE, "import", members, "--source", "register of August 2022", "--dry-run").json
        expect_equal("rows stored by a dry run", dry["applied"], False)
        done = self.run(OFFICE, "import", members, "--source", "register of August 2022").json
        expect_equal("import", (done["applied"], int(done["rows"]), int(done["people_created"])), (True, 738, 738))
        again = self.run(OFFICE, "import", members, "--source", "register of August 2022").json
        expect_equal(
            "the same file again changes nothing",
            (int(again["people_created"]), int(again["rows_unchanged"])),
            (0, 738),
        )
        self.run(None, "person", "list", expect=NOT_ALLOWED)
        for person in self.run(OFFICE, "person", "list").json["people"]:
            self.people[person["email"]] = person["name"]
        self.say(
            f"738 members imported, {len(self.people)} people on the register; a dry run stored nothing, a second run changed nothing"
        )

    def refuse_bad_imports(self):
        for case in document("broken/expected.json"):
            answer = self.run(
                OFFICE,
                "import",
                str(SOCIETY / "broken" / case["file"]),
                "--source",
                "a bad file",
                expect=WRONG_USAGE,
                reason=case.get("call_reason"),
            )
            if "problems" in case:
                found = [
                    {"line": int(p["line"]), "column": p["column"], "reason": p["reason"]}
                    for p in answer.json["problems"]
                ]
                expect_equal(case["file"], found, case["problems"])
        self.say("broken imports refused, each bad row with its line, and nothing stored")

    def found_bodies(self):
        for body in rows("bodies.csv"):
            self.run(
                OFFICE,
                "body",
                "create",
                "--id",
                body["id"],
                "--display-name",
                body["display_name"],
                "--kind",
                body["kind"],
                "--purpose",
                body["purpose"],
                "--seats",
                body["seats"],
            )

        def seat(founder):
            office = ["--office", founder["office"]] if founder["office"] else []
            self.run(
                OFFICE,
                "seat",
                "founder",
                f"bodies/{founder['body']}/seats/{founder['seat']}",
                founder["email"],
                "--from",
                founder["start_date"],
                "--until",
                founder["end_date"],
                *office,
            )

        self.run(OFFICE, "whoami")
        founders = rows("founders.csv")
        self.each("founding members seated", founders, seat)
        first = founders[0]
        self.run(
            OFFICE,
            "seat",
            "founder",
            "bodies/board/seats/1",
            founders[1]["email"],
            "--from",
            first["start_date"],
            "--until",
            first["end_date"],
            expect=REFUSED,
        )
        self.say("the board and four committees stand, 35 founding members in 35 seats; a seat takes one holder")

    def publish_code(self):
        code = document("code.json")
        version = f"codeVersions/{code['id']}"
        self.run(OFFICE, "code", "publish", str(SOCIETY / "code.json"))
        self.run(OFFICE, "code", "binding", "set", "recommended", "--reason", "We ask before we demand.")
        self.each(
            "members accepted the code", code["acceptances"], lambda email: self.run(email, "code", "accept", version)
        )
        accepted = self.run(OFFICE, "code", "acceptances", version).json["acceptances"]
        expect_equal(
            "acceptances", sorted(a["person"] for a in accepted), sorted(self.people[e] for e in code["acceptances"])
        )

    # 3 August: the board waives the letters

    def eligibility(self, as_of):
        companies = self.run(OFFICE, "eligibility", "--as-of", as_of).json["companies"]
        return {c["company_display_name"]: c["reason"] for c in companies}

    def expect_eligibility(self, as_of, expected):
        actual = self.eligibility(as_of)
        # The office's own people are on the register too; the sample data speaks of the members.
        expect_equal(
            f"eligibility {expected}",
            {name: actual.get(name) for name in (r["company"] for r in rows(expected))},
            {r["company"]: r["reason"] for r in rows(expected)},
        )
        return sum(1 for reason in actual.values() if reason == "ELIGIBLE")

    def waive_letters(self):
        self.plenary.set_clock("2022-08-03T18:00:00Z")
        before = self.expect_eligibility("2022-08-03", "expected/eligibility_before.csv")
        for motion in document("motions.json"):
            name = self.vote_on(motion)
            if motion["waive"]:
                waivers = self.plenary.wait_until(
                    OFFICE, ["waiver", "list"], lambda answer: answer["waivers"], "the waiver"
                )
                expect_equal("motion that the waiver names", [w["motion"] for w in waivers["waivers"]], [name])
        after = self.expect_eligibility("2022-08-03", "expected/eligibility_after.csv")
        self.say(f"{before} companies could vote before the waiver, {after} after it")

    def vote_on(self, motion):
        body, votes, expected = motion["body"], motion["votes"], motion["expected"]
        chair = next(f["email"] for f in rows("founders.csv") if f["body"] == body and f["office"] == "chair")
        waive = motion["waive"]
        act = (
            [
                "--waive-letters",
                "--acts",
                ",".join(waive["acts"]),
                "--from",
                waive["valid_from"],
                "--until",
                waive["valid_until"],
            ]
            if waive
            else []
        )
        name = self.run(
            motion["mover"], "motion", "propose", body, "--title", motion["title"], "--text", motion["text"], *act
        ).json["name"]
        self.run(
            votes[0]["email"] if votes[0]["email"] != chair else votes[1]["email"],
            "motion",
            "open",
            name,
            expect=NOT_ALLOWED,
        )
        self.run(chair, "motion", "open", name)
        self.run(chair, "motion", "announce", name, expect=REFUSED, reason="NO_QUORUM")
        for vote in votes:
            self.run(vote["email"], "motion", "vote", name, vote["choice"])
        result = self.run(chair, "motion", "announce", name).json
        expect_equal(
            f"motion '{motion['title']}'",
            (result["state"], *(result["result"][k] for k in ("yes", "no", "abstain", "filled_seats", "quorum"))),
            (f"STATE_{expected['state']}", *(expected[k] for k in ("yes", "no", "abstain", "filled_seats", "quorum"))),
        )
        self.say(f"motion '{motion['title']}': {result['result']['explanation']}")
        return name

    # 3 to 8 August: the members choose a logo

    def choose_logo(self):
        LogoPoll(self).tell()

    # August: candidacies

    def call_election(self):
        self.plenary.set_clock("2022-08-10T09:00:00Z")
        created = self.run(OFFICE, "election", "create", str(SOCIETY / "election.json")).json
        self.election = created["name"]
        self.proof = ProvableVote(self, self.election, self.officer, document("election.json")["trustees"])
        self.say(
            f"election called: {created['display_name']}, {sum(c['seats'] for c in created['contests'])} open seats in {len(created['contests'])} contests"
        )

    def file_candidacies(self):
        refused = {}

        def file(row):
            contest = f"{self.election}/contests/{row['contest']}"
            if row["outcome"].startswith("refused:"):
                reason = row["outcome"].removeprefix("refused:")
                self.run(row["email"], "candidacy", "declare", contest, expect=REFUSED, reason=reason)
                refused[reason] = refused.get(reason, 0) + 1
                return
            name = self.run(row["email"], "candidacy", "declare", contest).json["name"]
            self.candidacies[row["email"], row["contest"]] = name
            if row["outcome"] == "unfinished":
                self.run(
                    row["email"],
                    "candidacy",
                    "complete",
                    name,
                    "--submit",
                    expect=WRONG_USAGE,
                    reason="PAGE_INCOMPLETE",
                )
                return
            optional = ["--photo", row["photo_uri"]] if row["photo_uri"] else []
            for link in row["links"].split():
                optional += ["--link", link]
            self.run(
                row["email"],
                "candidacy",
                "complete",
                name,
                "--statement",
                row["statement"],
                "--conflict",
                row["conflict_of_interest"],
                *optional,
                "--submit",
            )
            self.run(self.officer, "candidacy", "accept", name)

        filed = rows("candidacies.csv")
        # Who tries a second position does so after the first.
        self.run(self.officer, "whoami")
        first, later, seen = [], [], set()
        for row in filed:
            (later if row["email"] in seen else first).append(row)
            seen.add(row["email"])
        self.each("candidacies filed", first, file)
        for row in later:
            file(row)
        coverage = self.run(OFFICE, "candidacy", "coverage", self.election).json["contests"]
        accepted = {c["display_name"]: (c["accepted"], c["seats"]) for c in coverage}
        self.say("candidates for seats: " + ", ".join(f"{name} {a} for {s}" for name, (a, s) in accepted.items()))
        self.say("refused: " + ", ".join(f"{reason} {count}" for reason, count in sorted(refused.items())))

    def make_trustee_keys(self):
        self.proof.make_keys()

    # 1 September: roll and manifest

    def freeze_roll(self):
        self.plenary.set_clock("2022-09-01T09:00:00Z")
        # Any member who does not run yet is too late now.
        late = next(
            m["email"]
            for m in rows("members.csv")
            if m["category"] == "professional" and (m["email"], "finance") not in self.candidacies
        )
        self.run(
            late, "candidacy", "declare", f"{self.election}/contests/finance", expect=REFUSED, reason="FILING_CLOSED"
        )
        date = document("election.json")["record_date"]
        self.run(self.officer, "election", "publish", self.election, expect=REFUSED, reason="ROLL_NOT_FROZEN")
        roll = self.run(OFFICE, "roll", "freeze", self.election, "--record-date", date).json
        self.run(
            OFFICE, "roll", "freeze", self.election, "--record-date", date, expect=REFUSED, reason="ROLL_ALREADY_FROZEN"
        )
        self.run(OFFICE, "roll", "verify", self.election)
        addresses = {person: email for email, person in self.people.items()}
        entries = self.run(OFFICE, "roll", "list", self.election).json["entries"]
        actual = sorted((e["company_display_name"], addresses[e["representative"]]) for e in entries)
        expect_equal(
            "roll", actual, sorted((r["company"], r["representative"].lower()) for r in rows("expected/roll.csv"))
        )
        self.say(f"roll frozen: {len(actual)} companies, one line each; its hash follows from the published list")
        return roll

    def copy_roll(self):
        self.proof.copy_roll()

    def publish_manifest(self):
        self.run(OFFICE, "election", "publish", self.election, expect=NOT_ALLOWED)
        self.run(self.officer, "election", "publish", self.election)
        manifest = self.run(None, "election", "manifest", self.election).json
        self.plenary.wait_until(
            None, ["box", "show", self.election], lambda box: box["state"] == "STATE_OPEN", "the opening of the box"
        )
        self.proof.compare_manifest()
        self.say(f"manifest published, fingerprint {manifest['fingerprint']}")

    # 15 to 23 September: the vote

    def ballot_arguments(self, row):
        arguments = [
            "vote",
            self.election,
            "--yes",
            "--code-from-mail",
            "--receipt",
            str(self.receipt_of(row)),
            "--state",
            self.state_of(row),
        ]
        for contest in (c["id"] for c in document("election.json")["contests"]):
            marks = [self.candidacies[email, contest] for email in row[contest].split()]
            if marks:
                arguments += ["--mark", f"{contest}={';'.join(marks)}"]
        return arguments if "--mark" in arguments else [*arguments, "--blank"]

    def state_of(self, row):
        return str(self.plenary.folder / f"{row['representative'].lower()}.state")

    def receipt_of(self, row):
        return self.plenary.folder / f"{row['representative'].lower()}.receipt.json"

    def collect_early(self):
        """Every third company collects its credential before anybody votes; one loses the device after it."""
        early = rows("votes.csv")[1::3]
        self.wait_for_registrar(early[0]["representative"], self.ballot_arguments(early[0]))
        codes = {}

        def collect(row):
            address = row["representative"].lower()
            collected = self.run(
                address, "credential", "collect", self.election, "--code-from-mail", "--state", self.state_of(row)
            )
            codes[address] = collected.json["recovery_code"]

        self.each("companies collected early", early, collect)
        lost = early[0]
        pathlib.Path(self.state_of(lost)).unlink()
        anew = ["credential", "collect", self.election, "--code-from-mail", "--state", self.state_of(lost)]
        self.run(lost["representative"], *anew, expect=REFUSED, reason="CREDENTIAL_ALREADY_ISSUED")
        code = codes[lost["representative"].lower()]
        paper = self.plenary.folder / "recovery-code"
        paper.touch(mode=0o600)
        paper.write_text(f"{code}\n", encoding="utf-8")
        recovered = self.run(lost["representative"], *anew, "--recover-file", str(paper)).json
        paper.unlink()
        expect_equal("recovery code", recovered["recovery_code"], code)
        self.say(f"{len(early)} companies collected their credentials days before they vote; one lost the device and went on with its recovery code")

    def vote(self):
        votes = rows("votes.csv")
        early = votes[0]
        self.wait_for_registrar(early["representative"], self.ballot_arguments(early))
        self.run(early["representative"], *self.ballot_arguments(early), expect=REFUSED, reason="VOTING_NOT_OPEN")
        forgotten = ["vote", self.election, "--yes", "--code-from-mail", "--state", self.state_of(early)]
        self.run(early["representative"], *forgotten, expect=WRONG_USAGE, reason="WRONG_USAGE")
        self.plenary.set_clock("2022-09-15T08:00:00Z")
        started = time.monotonic()
        self.each("companies voted", votes, lambda row: self.run(row["representative"], *self.ballot_arguments(row)))
        each = (time.monotonic() - started) / len(votes)
        self.run(None, "receipt", "verify", str(self.receipt_of(votes[0])), "--election", self.election)
        waiting = self.run(votes[0]["representative"], "ballots", "check", self.election, "--state", self.state_of(votes[0]))
        expect_equal("in the log before a batch is due", waiting.json["included"], False)
        self.refuse_second_ballots(votes)
        self.expect_turnout(len(votes))
        self.say(
            f"{len(votes)} companies voted, a process each, {1000 * each:.0f} ms a vote; one that came early and every second ballot were refused"
        )

    def expect_turnout(self, voted):
        """Live participation; and what a company sees of its own line."""
        turnout = self.run(None, "turnout", self.election).json
        expect_equal(
            "credentials collected", [(r["roll_count"], r["issued_count"]) for r in turnout["registrars"]],
            [(document("expected/turnout.json")["roll"], voted)] * 2,
        )
        collected = {r["company"] for r in rows("votes.csv")}
        absent = next(r for r in rows("expected/roll.csv") if r["company"] not in collected)
        self.run(absent["representative"], "issuance", "show", self.election, expect=REFUSED, reason="CREDENTIAL_NOT_ISSUED")

    def wait_for_registrar(self, email, ballot_arguments):
        """The registrar takes over the manifest a moment after it is published."""
        until = time.monotonic() + 20
        while True:
            answer = self.run_any(email, ballot_arguments)
            if answer.reason == "VOTING_NOT_OPEN":
                return
            if time.monotonic() > until:
                raise StoryError(answer.describe())
            time.sleep(0.1)

    def run_any(self, email, arguments):
        self.run(email, "whoami")
        return self.plenary._run(arguments, self.plenary.session_of(email))

    def refuse_second_ballots(self, votes):
        row = next(r for r in votes if r["marketing"] and r["board"])
        other = self.ballot_arguments({**row, "marketing": "", "board": ""})
        # The ballot that was cast is final, for the one who cast it too; the same one gives the same receipt.
        self.run(row["representative"], *other, expect=REFUSED, reason="BALLOT_FIXED")
        receipt = json.loads(self.receipt_of(row).read_text(encoding="utf-8"))
        voted = self.run(row["representative"], *self.ballot_arguments(row)).json
        expect_equal("receipt", json.loads(self.receipt_of(row).read_text(encoding="utf-8")), receipt)
        # A new key: the registrar signed one for this company already.
        other[other.index("--state") + 1] = str(self.plenary.folder / "second.state")
        self.run(row["representative"], *other, expect=WRONG_USAGE, reason="RECEIPT_FILE_TAKEN")
        other[other.index("--receipt") + 1] = str(self.plenary.folder / "second.receipt.json")
        self.run(row["representative"], *other, expect=REFUSED, reason="CREDENTIAL_ALREADY_ISSUED")
        # The key of the first device on another, with other choices: what was cast stands, and the command knows it.
        paper = self.plenary.folder / "recovery-code"
        paper.touch(mode=0o600)
        paper.write_text(f"{voted['recovery_code']}\n", encoding="utf-8")
        recovered = [*other, "--recover-file", str(paper)]
        self.run(row["representative"], *recovered, expect=REFUSED, reason="BALLOT_ALREADY_CAST")
        self.run(row["representative"], *other, expect=REFUSED, reason="BALLOT_ALREADY_CAST")
        paper.unlink()
        # Somebody of the company who is not its representative, or of none on the roll.
        self.run(document("code.json")["acceptances"][0], "election", "count", self.election, expect=NOT_ALLOWED)

    # 23 September: close, count, certification and proof

    def close(self):
        self.run(self.officer, "election", "close", self.election, expect=REFUSED, reason="VOTING_STILL_OPEN")
        self.plenary.set_clock("2022-09-23T18:00:01Z")
        self.proof.close(absent=document("election.json")["trustees"][1])

    def count(self):
        voted = {r["company"] for r in rows("votes.csv")}
        late = next(r for r in rows("expected/roll.csv") if r["company"] not in voted)
        self.run(
            late["representative"],
            "vote",
            self.election,
            "--yes",
            "--blank",
            "--code-from-mail",
            "--state",
            str(self.plenary.folder / "late.state"),
            expect=REFUSED,
            reason="ISSUING_CLOSED",
        )
        result = self.run(self.officer, "election", "count", self.election).json
        turnout = document("expected/turnout.json")
        expect_equal(
            "turnout",
            (result["roll_count"], result["ballot_count"], result["issued_count"], len(result.get("spoilt", []))),
            (turnout["roll"], turnout["voted"], turnout["voted"], 0),
        )
        names = {name: email for (email, _), name in self.candidacies.items()}
        self.winner_of_lot = {}
        for contest, expected in zip(result["contests"], document("expected/counts.json")):
            self.winner_of_lot.update(recount.expect_count(contest, expected, names))
        again = self.run(self.officer, "election", "count", self.election).json
        expect_equal("a second count", again, result)
        self.run(None, "result", "lot", self.election)
        self.run(None, "result", "recount", self.election)
        tied = next(c for c in result["contests"] if any(option["tied"] for option in c["options"]))
        self.expect_export_counts(self.election, tied)
        self.say(
            f"{result['ballot_count']} ballots of {result['roll_count']} companies counted; a second count, and one of the published ballots by the command itself, give the same result"
        )

    def expect_export_counts(self, election, contest):
        """Exports the published ballots of a contest, runs the printed command, and finds the same elected."""
        name = contest["contest"].rsplit("/", 1)[1]
        path = self.plenary.folder / f"{name}.csv"
        exported = self.run(None, "ballots", "export", election, "--contest", name, "--out", str(path)).json
        program, *arguments = shlex.split(exported["command"])
        expect_equal("program of the printed command", program, "plenary")
        counted = self.run(None, *arguments).json
        elected = [option["display_name"] for option in contest["options"] if option["elected"]]
        expect_equal(f"elected by the exported ballots of {name}", counted["elected"], elected)
        return exported

    def check_lot(self, bundle):
        """Draws the lot once more, from nothing but what the bundle holds."""
        result = self.run(None, "result", "show", self.election).json
        ballots = self.run(None, "ballots", "list", self.election, "--out", str(self.plenary.folder / "ballots")).json
        root = base64.b64decode((bundle / "log" / "checkpoint").read_text(encoding="utf-8").splitlines()[2])
        secrets = (bundle / "tally-secrets").read_bytes()
        for contest, tied in recount.check_lots(result, ballots["ballots"], root + secrets):
            names = " and ".join(option["display_name"] for option in tied)
            self.say(
                f"tie in {contest}: {names} with {tied[0]['votes']} votes each; the lot chose {tied[0]['display_name']}"
            )

    def certify(self):
        self.plenary.set_clock("2022-09-23T20:00:00Z")
        self.run(OFFICE, "election", "certify", self.election, expect=NOT_ALLOWED)
        self.dispute()
        self.run(self.officer, "election", "certify", self.election)
        self.run(self.officer, "election", "certify", self.election, expect=REFUSED, reason="ALREADY_CERTIFIED")
        self.proof.expect_keys_destroyed()
        founders = {(f["body"], f["seat"]): f["email"] for f in rows("founders.csv")}
        expect_equal("holders before the hand-over", self.holders(), founders)
        self.say("result certified; the founding members still hold their seats")

    def dispute(self):
        """A company that abstained asks whether somebody collected in its name; certification waits for the answer."""
        collected = {r["company"] for r in rows("votes.csv")}
        absent = [r for r in rows("expected/roll.csv") if r["company"] not in collected][-1]
        text = "We did not vote. Was a credential issued for us?"
        self.run(absent["representative"], "issuance", "dispute", self.election, "--text", text)
        self.run(self.officer, "election", "certify", self.election, expect=REFUSED, reason="DISPUTES_OPEN")
        name = self.run(OFFICE, "issuance", "disputes", self.election).json["disputes"][0]["name"]
        self.run(OFFICE, "issuance", "answer", name, "--text", "No: your line is not on either list.")
        self.say("one company disputed its line; certification waited until it was answered")
        voter = rows("votes.csv")[0]
        shown = ["issuance", "dispute", self.election, "--state", self.state_of(voter), "--text", "Is this ours?"]
        filed = self.run(voter["representative"], *shown).json
        if not filed["blind_signature"]:
            raise StoryError("the registrar does not know the message that its voter sent")
        self.run(OFFICE, "issuance", "answer", filed["name"], "--text", "It is.")
        self.say("another showed the message of its ballot file, and it was the one on record")

    def prove(self):
        """What anybody can do with what was published, and nothing else."""
        votes = rows("votes.csv")
        seen = self.run(votes[0]["representative"], "ballots", "check", self.election, "--state", self.state_of(votes[0]))
        expect_equal("in the closed log", (seen.json["included"], seen.json["closed"]), (True, True))
        receipt = self.run(None, "receipt", "verify", str(self.receipt_of(votes[0]))).json
        expect_equal("receipt in the log", receipt["in_log"], True)
        bundle, told = self.proof.verify()
        self.check_lot(bundle)
        self.say(f"plenary verify {bundle.name}: the result holds")
        for check in told["checks"]:
            print(f"     {check['check']:<18} {check['found']}")

    # 1 October: the winners take their seats

    def holders(self):
        addresses = {person: email for email, person in self.people.items()}
        held = {}
        for body in (b["id"] for b in rows("bodies.csv")):
            for seat in self.run(None, "seat", "list", body).json["seats"]:
                holding = seat.get("holding")
                if holding and holding["person"]:
                    held[body, seat["name"].rsplit("/", 1)[1]] = addresses[holding["person"]]
        return held

    def seat_winners(self):
        self.plenary.set_clock("2022-10-01T00:00:05Z")
        self.plenary.wait_until(
            None,
            ["election", "show", self.election],
            lambda e: e["state"] == "STATE_SEATED",
            "the seating of the winners",
        )
        held = self.holders()
        for body in (b["id"] for b in rows("bodies.csv")):
            expected = set()
            for seat in (s for s in rows("expected/seats.csv") if s["body"] == body):
                if seat["email"].startswith("lot:"):
                    expected.add(self.winner_of_lot[frozenset(seat["email"].removeprefix("lot:").split("|"))])
                elif seat["email"] != "vacant":
                    expected.add(seat["email"])
            staying = {f["email"] for f in rows("founders.csv") if f["body"] == body and f["end_date"] > "2022-10-01"}
            expect_equal(
                f"holders of {body}", sorted(e for (b, _), e in held.items() if b == body), sorted(expected | staying)
            )
        terms = {}
        for holding in self.run(None, "holdings").json["holdings"]:
            if not holding["ended"] and holding["election"] == self.election:
                terms[holding["end_date"]] = terms.get(holding["end_date"], 0) + 1
        self.say(
            "winners seated: "
            + ", ".join(f"{count} until {date}" for date, count in sorted(terms.items()))
            + f"; {35 - len(held)} seats of Finance stay vacant"
        )

    def show_results(self):
        print_result(self.run(None, "result", "show", self.election).json)


STEPS = [
    ("1 August 2022: the register", ["import_members", "found_bodies", "publish_code"]),
    ("3 August: the board waives the letters of reference", ["waive_letters"]),
    ("3 to 8 August: the members choose a logo", ["choose_logo"]),
    ("August: candidacies and keys", ["call_election", "file_candidacies", "make_trustee_keys"]),
    ("1 September: roll and manifest", ["freeze_roll", "copy_roll", "publish_manifest"]),
    ("2 to 23 September: the vote", ["collect_early", "vote"]),
    ("23 September: close, count and certification", ["close", "count", "certify"]),
    ("1 October: the winners take their seats", ["seat_winners", "show_results"]),
    ("Any time: whoever does not believe it", ["prove"]),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--stack",
        type=pathlib.Path,
        default=ROOT / "var" / "stack" / "stack.env",
        help="the stack's addresses (var/stack/stack.env)",
    )
    parser.add_argument(
        "--plenary",
        type=pathlib.Path,
        default=ROOT / "build" / "bin" / "plenary",
        help="the command (build/bin/plenary)",
    )
    parser.add_argument("--until", choices=["voting"], help="stop when the vote opens")
    parser.add_argument(
        "--jobs", type=int, default=max(2, os.cpu_count() or 2), help="people who act at the same time (one a core)"
    )
    options = parser.parse_args()

    if not options.stack.is_file():
        print(f"No stack is running: there is no {options.stack}. Start one: deploy/stack up", file=sys.stderr)
        return 1
    folder = options.stack.resolve().parent / "story"
    shutil.rmtree(folder, ignore_errors=True)
    story = Story(Plenary(options.plenary, options.stack, folder), options.jobs)
    started = time.monotonic()
    step = "the start"
    try:
        if not story.stack_is_empty():
            raise StoryError("this stack has data. Start over: deploy/stack reset && deploy/stack up")
        for title, steps in STEPS:
            if options.until == "voting" and "collect_early" in steps:
                story.plenary.set_clock("2022-09-15T08:00:00Z")
                print("The vote is open: see 'Cast a vote by hand' in the README.")
                return 0
            print(f"{title}", flush=True)
            for step in steps:
                getattr(story, step)()
    except StoryError as error:
        print(f"\nFAILED in {step}: {error}\n\nLogs: {options.stack.resolve().parent / 'logs'}", file=sys.stderr)
        return 1
    print(f"Every step held: {story.plenary.runs} runs of the command in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
