"""A poll of made-up companies on a stack of its own: how it is called, how its voters act, and what only they know."""

import base64
import concurrent.futures
import csv
import datetime
import hashlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from command import Plenary, StoryError  # noqa: E402
from finder import id_bytes  # noqa: E402
from proof import ProvableVote  # noqa: E402
from society import OFFICE  # noqa: E402

OFFICER = "returning.officer@society.example"
OPTIONS = ["Northwind", "Bluebird", "Beacon", "Willow", "Harbour"]
# The vote is told in hours. Unless it is told otherwise, the auditor's registrar mails 60 codes an hour to one place, and
# all voters of this test come from one.
CODES_AN_HOUR = 45
# A mixed voter casts after so many others have acted, at least.
FEWEST_BETWEEN = 6
PATIENCE = 30
SIGNATURE, LEAF = 384, b"\0"
# What of a voter's file is not base64url.
WRITTEN_PLAINLY = {"election", "another_stands"}


class Voter:
    """A company with its only member. `group`: at once, early or mixed."""

    def __init__(self, number, email, group, choice):
        self.number, self.email, self.group, self.choice = number, email, group, choice
        self.unit = self.person = self.state_file = None
        self.collected = threading.Event()
        self.cast = False

    def state(self):
        """What the voter's device keeps; None before there is any."""
        if self.state_file is None or not self.state_file.is_file():
            return None
        kept = json.loads(self.state_file.read_text(encoding="utf-8"))

        def read(text):
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

        return {
            key: [{part: read(text) for part, text in each.items()} for each in value]
            if key == "credentials"
            else (value if key in WRITTEN_PLAINLY else read(value))
            for key, value in kept.items()
        }


class Poll:
    """One poll. `society` is the Society that holds it."""

    def __init__(self, society, title, begins, voters):
        self.society, self.run, self.plenary = society, society.run, society.plenary
        self.title, self.begins, self.voters = title, begins, voters
        self.name = self.proof = self.manifest_hash = None

    def at(self, **later):
        return (self.begins + datetime.timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def call(self):
        """Until the credentials can be collected."""
        self.plenary.set_clock(self.at())
        file = self.plenary.folder / f"{self.title}.json"
        schedule = ["filing_opens", "filing_closes", "voting_opens", "voting_closes", "handover_opens", "seats_on"]
        hours = [1, 2, 48, 200, 210, 220]
        document = {
            "display_name": self.title,
            "schedule": {key: self.at(hours=later) for key, later in zip(schedule, hours)},
            "record_date": self.begins.date().isoformat(),
            "returning_officer": OFFICER,
            "trustees": self.society.trustees,
            "contests": [
                {
                    "id": "name",
                    "display_name": "The name of the next meeting",
                    "method": "schulze",
                    "seats": 1,
                    "options": [{"id": option.lower(), "display_name": option} for option in OPTIONS],
                }
            ],
        }
        file.write_text(json.dumps(document), encoding="utf-8")
        self.name = self.run(OFFICE, "election", "create", str(file)).json["name"]
        self.proof = ProvableVote(self.society, self.name, OFFICER, self.society.trustees)
        self.plenary.set_clock(self.at(hours=3))
        self.run(OFFICE, "roll", "freeze", self.name, "--record-date", self.begins.date().isoformat())
        entries = self.run(OFFICE, "roll", "list", self.name).json["entries"]
        units = {entry["representative"]: entry["unit"] for entry in entries}
        for voter in self.voters:
            voter.unit = units[voter.person]
        self.proof.make_keys()
        self.proof.copy_roll()
        self.run(OFFICER, "election", "publish", self.name)
        opened = self.plenary.wait_until(
            None, ["box", "show", self.name], lambda box: box["state"] == "STATE_OPEN", "the opening of the box"
        )
        self.manifest_hash = bytes.fromhex(opened["manifest_hash"])
        self.proof.compare_manifest()

    def _act(self, voter, *arguments):
        """One act of a voter, who signs in for it anew."""
        self.plenary.signed_in.pop(voter.email, None)
        voter.state_file = self.plenary.folder / f"{voter.email}.{self.title}.state"
        return self.run(voter.email, *arguments, self.name, "--code-from-mail", "--state", str(voter.state_file))

    def collect(self, voter):
        self._act(voter, "credential", "collect")
        voter.collected.set()

    def vote(self, voter):
        if voter.group != "at once" and not voter.collected.wait(PATIENCE):
            raise StoryError(f"{voter.email} did not collect in time")
        marks = ["--mark", f"name={';'.join(voter.choice)}"] if voter.choice else ["--blank"]
        self._act(voter, "vote", "--yes", *marks)
        voter.cast = True

    def first_collects(self, voter):
        """The registrars take over the manifest a moment after it is published."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.collect(voter)
            except StoryError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def identifiers(self, voter):
        """(side of the companies, side of the ballots): lists of (kind, value), as far as there are any."""
        companies = [
            ("company", voter.unit.rsplit("/", 1)[1]),
            ("company's id", id_bytes(voter.unit.rsplit("/", 1)[1])),
            ("person", voter.person.rsplit("/", 1)[1]),
            ("person's id", id_bytes(voter.person.rsplit("/", 1)[1])),
            ("e-mail", voter.email),
            ("hash of the e-mail", hashlib.sha256(voter.email.encode()).digest()),
        ]
        companies += self._tokens(voter)
        ballots = []
        state = voter.state()
        if state is None:
            return companies, ballots
        seed, blindings = state["state"][:32], state["state"][32:]
        ballots.append(("seed", seed))
        companies.append(("recovery code", state["recovery_code"]))
        companies.append(("recovery blob", state["recovery_blob"][:48]))
        size = 32 + 2 * SIGNATURE
        for number in range(len(blindings) // size):
            prefix, rest = (
                blindings[number * size : number * size + 32],
                blindings[number * size + 32 : (number + 1) * size],
            )
            ballots.append((f"prefix {number + 1}", prefix))
            companies.append((f"inverse {number + 1}", rest[:48]))
            companies.append((f"blinded message {number + 1}", rest[SIGNATURE : SIGNATURE + 48]))
            companies.append((f"blinded hash {number + 1}", hashlib.sha256(rest[SIGNATURE:]).digest()))
        for number, credential in enumerate(state["credentials"]):
            ballots.append((f"signature {number + 1}", credential["signature"][:48]))
        if not voter.cast:
            return companies, ballots
        ballot = state["ballot"]
        pk = ballot[36:68]
        sealed = 68 + len(state["credentials"]) * (32 + SIGNATURE)
        ballots += [
            ("pk", pk),
            ("id", hashlib.sha256(self.manifest_hash + pk).digest()),
            ("sealed choices", ballot[sealed : sealed + 48]),
            ("signature of the ballot", ballot[-64:]),
            ("ballot hash", hashlib.sha256(ballot).digest()),
            ("leaf hash", hashlib.sha256(LEAF + ballot).digest()),
            ("receipt", state["receipt"]),
        ]
        return companies, ballots

    def _tokens(self, voter):
        """The signatures of the last access tokens, and the ids in them."""
        path = self.plenary.session_of(voter.email)
        if not path.is_file():
            return
        session = json.loads(path.read_text(encoding="utf-8"))
        for service, token in session.get("tokens", {}).items():
            header, claims, signature = token.split(".")
            yield f"token for {service}", signature[:60]
            claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            for key in ("jti", "sid"):
                if len(str(claims.get(key, ""))) >= 20:
                    yield f"{key} for {service}", str(claims[key])


class Society:
    """Companies that nobody ever heard of, their poll, and the processes they act through."""

    def __init__(self, stack, binary, folder, voters, seed, jobs):
        self.random = random.Random(seed)
        self.stack, self.jobs = pathlib.Path(stack), jobs
        self.plenary = Plenary(binary, self.stack / "stack.env", folder)
        self.run, self.people = self.plenary.run, {}
        self.count = voters

    def say(self, text):
        print(f" · {text}", flush=True)

    def member(self, word):
        """An address in which the first characters are drawn, so that no two look alike anywhere."""
        return f"{self.random.getrandbits(40):010x}.{word}@secrecy.example"

    def found(self):
        self.plenary.set_clock("2022-08-01T09:00:00Z")
        category = [
            "--id",
            "professional",
            "--display-name",
            "Professional",
            "--rights",
            "vote,office,committee,attend",
        ]
        terms = ["--seats-included", "0", "--price-cents", "10000", "--term-months", "12", "--grace-days", "30"]
        self.run(OFFICE, "category", "save", *category, *terms, "--required-letters", "0")
        emails = [self.member("voter") for _ in range(self.count)]
        self.trustees = [self.member("trustee") for _ in range(3)]
        file = self.plenary.folder / "members.csv"
        with open(file, "w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(
                "email,full_name,company,category,started_on,paid_through,letters,representative,company_category".split(
                    ","
                )
            )
            for number, email in enumerate([*emails, *self.trustees]):
                name = f"{email[:10].capitalize()} Imaginary {number}"
                lines.writerow([email, name, "", "professional", "2022-01-01", "2023-12-31", 2, "", ""])
        self.run(OFFICE, "import", str(file), "--source", "made up for the test of secrecy")
        for person in self.run(OFFICE, "person", "list").json["people"]:
            self.people[person["email"]] = person["name"]
        self.emails = emails

    def voters(self, emails, groups):
        """Voters of these companies, group after group in turn, with random choices."""
        made = []
        for number, email in enumerate(emails):
            choice = self.random.sample(OPTIONS, self.random.randrange(len(OPTIONS) + 1))
            voter = Voter(number, email, groups[number % len(groups)], choice)
            voter.person = self.people[email]
            made.append(voter)
        return made

    def at_once(self, acts):
        """Does all of them, several at a time, begun in this order; the first failure ends it."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(act, voter) for act, voter in acts]
            try:
                for future in concurrent.futures.as_completed(futures):
                    future.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def acts(self, poll, voters):
        """What happens while the vote is open, in order: at once, in another order than they collected, and mixed."""
        slots = []
        for voter in voters:
            if voter.group == "mixed":
                first, second = sorted(self.random.random() for _ in range(2))
                slots += [(first, poll.collect, voter), (second, poll.vote, voter)]
            else:
                slots.append((self.random.random(), poll.vote, voter))
        slots.sort(key=lambda slot: slot[0])
        ordered = [(act, voter) for _, act, voter in slots]
        for at, (act, voter) in enumerate(list(ordered)):
            if act == poll.vote and voter.group == "mixed":
                collected = ordered.index((poll.collect, voter))
                if ordered.index((act, voter)) - collected < FEWEST_BETWEEN:
                    ordered.remove((act, voter))
                    ordered.insert(collected + FEWEST_BETWEEN, (act, voter))
        return ordered


class ServiceProcess:
    """A service of a stack, which its operator may start anew in another way. `offset`: of its port."""

    def __init__(self, stack, name, offset):
        self.stack, self.name = pathlib.Path(stack), name
        self.pid_file = self.stack / "run" / f"{name}.pid"
        self.port = int((self.stack / "ports").read_text(encoding="utf-8")) + offset
        self.command = self._command_line()
        self.mine = None

    def _command_line(self):
        pid = self.pid_file.read_text(encoding="utf-8").strip()
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode().split("\0")
        return [word for word in words if not word.startswith("--batch_seconds")]

    def restart(self, *flags, program=None):
        """The same process with more flags, or another program in its place."""
        pid = int(self.pid_file.read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGTERM)
        if self.mine is not None:
            self.mine.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while pathlib.Path(f"/proc/{pid}/cmdline").is_file() and time.monotonic() < until:
            if pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z":
                break
            time.sleep(0.02)
        with open(self.stack / "logs" / f"{self.name}.log", "ab") as log:
            command = [str(program or self.command[0]), *self.command[1:], *flags]
            self.mine = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.pid_file.write_text(f"{self.mine.pid}\n", encoding="utf-8")
        self._wait()

    def _wait(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.mine.poll() is not None:
                raise StoryError(f"{self.name} ended; see logs/{self.name}.log")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise StoryError(f"{self.name} does not serve")


class PublishedLog:
    """The folder that anybody may have: sizes of the checkpoints, and the leaves."""

    def __init__(self, stack, election):
        self.folder = pathlib.Path(stack) / "box-log" / "published" / election.rsplit("/", 1)[1]

    @staticmethod
    def _entries(data):
        at = 0
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            yield data[at + 2 : at + 2 + length]
            at += 2 + length

    def sizes(self):
        notes = self._entries((self.folder / "checkpoints").read_bytes())
        return [int(note.split(b"\n")[1]) for note in notes]

    def leaves(self):
        size, leaves = self.sizes()[-1], []
        for tile in range((size + 255) // 256):
            width = min(256, size - 256 * tile)
            name = f"{tile:03}" + ("" if width == 256 else f".p/{width}")
            leaves += self._entries((self.folder / "tile" / "entries" / name).read_bytes())
        return leaves

    def batches(self):
        """Sets of ballot hashes, a set for each checkpoint after the first."""
        sizes, leaves = self.sizes(), [hashlib.sha256(leaf).digest() for leaf in self.leaves()]
        return [set(leaves[first:end]) for first, end in zip(sizes, sizes[1:])]

    def wait_for_batch(self, before):
        until = time.monotonic() + PATIENCE
        while len(self.sizes()) <= before:
            if time.monotonic() > until:
                raise StoryError("no batch was merged")
            time.sleep(0.05)
