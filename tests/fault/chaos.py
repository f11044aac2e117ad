#!/usr/bin/env python3
"""Kills every process of a stack at every step of a vote while many vote: no receipt may be lost, nothing doubled.
On the way yesterday's databases are put in the place of today's. In the end the log is closed, counted and verified.

    chaos.py --stack-dir FOLDER --build FOLDER [--voters 20000] [--kills 200] [--seed N] [--race 200]

Makes the stack in FOLDER, which must not exist, and leaves it stopped. The seed is printed; the same seed kills the
same processes at the same steps in the same order. Exit code 0 only when everything held.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from stack import ROOT, SERVER_OF, SERVERS, SERVICES, STEPS, Stack, StepBoard  # noqa: E402
from command import Plenary, StoryError, expect_equal  # noqa: E402
from made_society import MadeSociety  # noqa: E402

# Whom a vote needs. The others are killed beside them.
ON_THE_WAY = [name for name in SERVICES if name not in ("committee", "ethics")] + SERVERS
# Steps of the box alone: it writes tiles and checkpoints, and writes its tables anew.
BOX_STEPS = ["publish", "rewrite"]
# Steps of the office, after the vote.
LAST_STEPS = ["close", "count"]
CELLS = [(victim, step) for step in STEPS for victim in ON_THE_WAY]
CELLS += [(victim, step) for step in BOX_STEPS for victim in ("ballot-box", "box-db")]
LAST_CELLS = [(victim, step) for step in LAST_STEPS for victim in ON_THE_WAY]

# Every so manieth kill takes a second process with it.
KILLS_A_PAIR = 10
# Of a short run's kills, one in so many comes after the vote.
KILLS_A_LAST_ONE = 4
# From the start of a group of voters until a step is waited for.
AIM_AFTER_SECONDS = (0.02, 0.4)
# How long a step is waited for, and between two looks.
AIM_SECONDS, LOOK_SECONDS = 20, 0.0002
# How far a command of the office gets before the kill, and how often it is tried earlier when that was too late.
COMMAND_SECONDS, COMMAND_TRIES = (0.03, 0.3), 6
# One in so many of a group looks into the log again when that many other groups have begun.
ONE_LOOKS, LOOK_LATER = 8, 4
# The log grows often, so that there is always something to look for and to publish.
BATCH_SECONDS = 5
# Options of the poll: so many clients have each set of them on a ballot of their own.
BALLOT_CLIENTS = 8
# What no voter may ever be told because something was killed.
ALARMS = {
    "BALLOT_ALREADY_CAST", "BALLOT_FIXED", "BALLOT_STATE_UNUSABLE", "BALLOT_STOLEN", "CREDENTIAL_ALREADY_ISSUED",
    "CREDENTIAL_NOT_ISSUED", "LOG_FORGED", "MANIFEST_DIFFERS", "MANIFEST_FORGED", "RECEIPT_INVALID", "SECRET_WRONG",
    "SIGNATURE_INVALID",
}  # fmt: skip


class Hits:
    """Kills by victim and step."""

    def __init__(self):
        self.aimed, self.hits, self.kills, self.pairs, self.beside = set(), {}, {}, 0, 0

    def add(self, victims, under_way):
        self.pairs += len(victims) > 1
        self.beside += not under_way
        for victim in victims:
            self.kills[victim] = self.kills.get(victim, 0) + 1
            for step in under_way:
                self.hits[victim, step] = self.hits.get((victim, step), 0) + 1

    def table(self):
        steps = STEPS + BOX_STEPS + LAST_STEPS
        lines = [f"{'killed':<12}{'kills':>6}" + "".join(f"{step:>12}" for step in steps)]
        for victim in SERVICES + SERVERS:
            cells = "".join(f"{self.hits.get((victim, step), '·'):>12}" for step in steps)
            lines.append(f"{victim:<12}{self.kills.get(victim, 0):>6}{cells}")
        return "\n".join(lines)

    def expect_all(self):
        missed = sorted(f"{victim} at {step}" for victim, step in self.aimed - set(self.hits))
        if missed:
            raise StoryError(f"never killed: {', '.join(missed)}")


class PlenaryUnderFire(Plenary):
    """The command; `fire` is called before the first of each act of LAST_STEPS that is not expected to be refused."""

    fire = None

    def run(self, email, *arguments, **expectations):
        if self.fire and arguments[0] == "election" and arguments[1] in LAST_STEPS and not expectations:
            self.fire(email, arguments)
        return super().run(email, *arguments, **expectations)

    def start(self, email, arguments):
        """Runs the command as somebody who is signed in, and does not wait for it."""
        return subprocess.Popen(
            [self.binary, "--json", "--session", self.session_of(email), *arguments],
            env={"PLENARY_STACK": str(self.stack_env), "PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class Chaos:
    def __init__(self, options, batch_seconds=BATCH_SECONDS):
        self.options = options
        self.random = random.Random(options.seed)
        self.stack = Stack(options.stack_dir, options.build, batch_seconds)
        self.hits = Hits()
        self.receipts = {}  # unit -> (ballot hash, receipt)
        self.groups = 0
        self.voting = None  # the voters that were started last

    def say(self, text):
        print(f" · {text}", flush=True)

    def prepare(self):
        print(f"Seed {self.options.seed}: {self.options.voters} voters, {self.options.kills} kills", flush=True)
        self.stack.up()
        self.plenary = PlenaryUnderFire(
            self.options.build / "bin" / "plenary", self.stack.folder / "stack.env", self.stack.folder / "story"
        )
        self.society = MadeSociety(self.plenary, self.options.voters, self.say)
        self.society.found()
        self.society.call()
        self.society.open_voting()
        self.rest = list(self.society.voters)

    def voters(self, roll, mode, clients, signer=("auditor-keys", "registrar"), looking=()):
        """Starts the program that votes for every line of `roll`, a list of (unit, person, address), and the board that
        tells at which steps they are. `signer`: folder and name of the key that signs in at the auditor's registrar.
        `looking`: more lines, of some who have voted, who look for their ballots among the others."""
        states = self.stack.folder / "states"
        states.mkdir(exist_ok=True)
        self.groups += 1
        path = self.stack.folder / f"{mode}-{self.groups}.roll"
        lines = sorted([(*voter, "look") for voter in looking] + [(*voter, "vote") for voter in roll])
        path.write_text("".join(f"{' '.join(line)}\n" for line in lines), encoding="utf-8")
        board = StepBoard(path.with_suffix(".steps"))
        self.voting = subprocess.Popen(
            [
                self.options.build / "test-bin" / "plenary_fault_voters",
                f"--election={self.society.election}",
                f"--membership={self.stack.address('MEMBERSHIP')}",
                f"--auditor={self.stack.address('AUDITOR')}",
                f"--election_service={self.stack.address('ELECTION')}",
                f"--box={self.stack.address('BOX')}",
                f"--key_dir={self.stack.folder / 'keys'}",
                f"--auditor_key_dir={self.stack.folder / signer[0]}",
                f"--auditor_signer={signer[1]}",
                f"--clock_file={self.stack.folder / 'clock'}",
                f"--roll={path}",
                f"--state_dir={states}",
                f"--steps_file={board.path}",
                f"--mode={mode}",
                f"--clients={clients}",
                "--seconds=600",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        return self.voting, board

    def read(self, process):
        """The receipts as they come, and the summary."""
        try:
            return self.read_lines(process)
        finally:
            process.kill()
            process.wait()

    def read_lines(self, process):
        told = None
        for line in process.stdout:
            if line.startswith("{"):
                told = json.loads(line)
                continue
            unit, ballot_hash, receipt = line.split()
            before = self.receipts.setdefault(unit, (ballot_hash, receipt))
            expect_equal(f"receipt of {unit}", (ballot_hash, receipt), before)
        if told is None:
            raise StoryError(f"the voters ended with exit code {process.wait()} and without a summary")
        return told

    def end(self):
        if self.voting is not None:
            self.voting.kill()
        self.stack.act("down", check=False)

    def race(self):
        """32 clients try for each company, each with a key of its own: one credential, one ballot. Then some with one
        credential, each with a ballot of its own."""
        self.race_for(self.options.race, "race", 32, "CREDENTIAL_ALREADY_ISSUED")
        self.race_for(self.options.race // 2, "race_ballot", BALLOT_CLIENTS, "BALLOT_ALREADY_CAST")

    def race_for(self, companies, mode, clients, reason):
        racers, self.rest = self.rest[:companies], self.rest[companies:]
        told = self.read(self.voters(racers, mode, clients)[0])
        once = told["once"], told["more_than_once"]
        expect_equal("companies that one client got through for, and more", once, (companies, 0))
        lost = (clients - 1) * companies
        expect_equal("clients that lost the race", told["refused"], {reason: lost})
        self.say(f"{mode}: {clients} clients for each of {companies} companies; one got through for each, {lost} {reason}")

    def plan(self):
        """Cells (victim, step) for the kills during the vote and after it: each about as often."""
        last = LAST_CELLS[:]
        self.random.shuffle(last)
        last = last[: self.options.kills // KILLS_A_LAST_ONE]
        cells = []
        while len(cells) < self.options.kills - len(last):
            more = CELLS[:]
            self.random.shuffle(more)
            cells += more
        return cells[: self.options.kills - len(last)], last

    def victims(self, first, number):
        second = self.random.choice([name for name in SERVICES + SERVERS if name != first])
        return [first, second] if number % KILLS_A_PAIR == KILLS_A_PAIR - 1 else [first]

    def under_way(self, board):
        """The steps at which somebody is right now."""
        steps = set(board.read())
        if (self.stack.folder / "box-log" / "aside" / "file").exists():
            steps.add("publish")
        tables = self.stack.folder / "box-db" / "data" / "plenary_ballot_box"
        if any(name.name.startswith("#sql") for name in tables.iterdir()):
            steps.add("rewrite")
        return steps

    def aim(self, step, process, board):
        """Waits until somebody is at that step; what is under way then."""
        until = time.monotonic() + AIM_SECONDS
        while True:
            steps = self.under_way(board)
            over = step in STEPS and process.poll() is not None
            if step in steps or over or time.monotonic() > until:
                return steps
            time.sleep(LOOK_SECONDS)

    def vote_under_fire(self):
        """As many groups of voters as kills; in the middle of each a process is killed at the step it is the turn of."""
        cells, self.last = self.plan()
        self.hits.aimed = {*cells, *self.last}
        sums = {"recovered": 0, "included": 0, "not_yet_included": 0}
        refused, voted = {}, len(self.rest)
        for number, (victim, step) in enumerate(cells):
            group = self.rest[number :: len(cells)]
            looking = self.rest[number - LOOK_LATER :: len(cells)][::ONE_LOOKS] if number >= LOOK_LATER else []
            process, board = self.voters(group, "vote", 16, looking=looking)
            time.sleep(self.random.uniform(*AIM_AFTER_SECONDS))
            victims = self.victims(victim, number)
            under_way = self.aim(step, process, board)
            self.stack.kill(*victims)
            self.hits.add(victims, under_way)
            self.stack.up()
            told = self.read(process)
            self.expect_voted(told, group)
            for key in sums:
                sums[key] += told[key]
            for reason, count in told["refused"].items():
                refused[reason] = refused.get(reason, 0) + count
            if number == len(cells) // 4:
                self.stack.keep_databases()
            if number == len(cells) // 2:
                self.set_back()
        self.say(
            f"{voted} voted while processes were killed; {sums['recovered']} lost their device and went on with the "
            f"recovery code; {sums['included']} found their ballot in the log, {sums['not_yet_included']} not yet and cast "
            f"again; calls that failed on the way, by reason: {refused}"
        )

    @staticmethod
    def expect_voted(told, group):
        if told["gave_up"]:
            raise StoryError(f"{len(told['gave_up'])} voters got no receipt, the first: {told['gave_up'][0]}")
        expect_equal("voters with one receipt", (told["once"], told["more_than_once"]), (len(group), 0))
        alarms = ALARMS & set(told["refused"])
        if alarms:
            raise StoryError(f"voters were told {sorted(alarms)}: {told['refused']}")

    def set_back(self):
        """Yesterday's databases, with what stands outside of them as it is: each service refuses, and says why."""
        self.stack.down()
        for name, reason in (("membership", "JOURNAL_AHEAD"), ("registrar", "JOURNAL_AHEAD"), ("ballot-box", "BOX_BEHIND")):
            self.expect_set_back(name, reason)
        self.stack.up()

    def expect_set_back(self, name, reason):
        self.stack.set_back(SERVER_OF[name])
        self.stack.expect_refusal(name, reason)
        self.stack.set_forward(SERVER_OF[name])
        self.say(f"{name} on yesterday's database refused to serve: {reason}")

    def fire(self, email, arguments):
        """Kills the processes whose turn it is while the command of the office is under way."""
        victims = [victim for victim, step in self.last if step == arguments[1]]
        self.last = [cell for cell in self.last if cell[1] != arguments[1]]
        for victim in victims:
            patience = self.random.uniform(*COMMAND_SECONDS)
            for _ in range(COMMAND_TRIES):
                process = self.plenary.start(email, arguments)
                time.sleep(patience)
                if process.poll() is None:
                    break
                patience /= 2
            under_way = {arguments[1]} if process.poll() is None else set()
            self.stack.kill(victim)
            self.hits.add([victim], under_way)
            self.stack.up()
            process.wait()

    def count(self):
        self.plenary.fire = self.fire
        self.expect_nothing_lost()
        if self.hits.kills:
            print(self.hits.table(), flush=True)
            self.hits.expect_all()
            self.say(f"{self.hits.pairs} times two processes at once; {self.hits.beside} kills beside every step")

    def expect_nothing_lost(self):
        result = self.society.close_and_count()
        self.society.expect_all_counted(result, len(self.receipts))
        listed = self.plenary.run(None, "ballots", "list", self.society.election).json
        expect_equal("ballots listed", listed["count"], len(self.receipts))
        self.expect_receipts_in(listed["ballots"])
        self.society.proof.verify()
        self.say(f"every one of {len(self.receipts)} receipts is in the final tree, and the bundle holds")

    def expect_receipts_in(self, ballots):
        missing = {ballot_hash for ballot_hash, _ in self.receipts.values()} - set(ballots)
        if missing:
            raise StoryError(f"{len(missing)} ballots with a receipt are not in the log, such as {min(missing)}")


def parser():
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--stack-dir", type=pathlib.Path, required=True)
    made.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    made.add_argument("--voters", type=int, default=20000)
    made.add_argument("--kills", type=int, default=200)
    race_help = "companies that 32 clients race for; half as many are cast for by 8 with one credential"
    made.add_argument("--race", type=int, default=200, help=race_help)
    made.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    return made


def main():
    arguments = parser()
    options = arguments.parse_args()
    options.stack_dir, options.build = options.stack_dir.resolve(), options.build.resolve()
    if options.stack_dir.exists():
        arguments.error(f"{options.stack_dir} exists")
    if options.voters < 2 * options.race + 8 * options.kills:
        arguments.error("too few voters: two for each company of the race, and eight a kill")
    begun = time.monotonic()
    chaos = Chaos(options)
    step = "the start"
    try:
        for step in ("prepare", "race", "vote_under_fire", "count"):
            getattr(chaos, step)()
    except (StoryError, subprocess.SubprocessError) as error:
        print(
            f"FAILED in {step} (seed {options.seed}): {error}\n{chaos.hits.table()}\nLogs: {options.stack_dir}/logs",
            file=sys.stderr,
        )
        return 1
    finally:
        chaos.end()
    kills = sum(chaos.hits.kills.values())
    print(
        f"Nothing lost, nothing doubled: seed {options.seed}, {len(chaos.receipts)} ballots, {kills} kills, "
        f"{time.monotonic() - begun:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
