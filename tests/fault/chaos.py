#!/usr/bin/env python3
"""Kills every process of a stack again and again, at random moments, while many vote: no receipt may be lost, nothing
doubled. Afterwards the log is closed, counted and verified.

    chaos.py --stack-dir FOLDER --build FOLDER [--voters 20000] [--kills 200] [--seed N] [--race 200]

Makes the stack in FOLDER, which must not exist, and leaves it stopped. The seed is printed; the same seed kills in
the same order. Exit code 0 only when everything held.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from command import Plenary, StoryError, expect_equal  # noqa: E402
from made_society import MadeSociety  # noqa: E402

SERVICES = ["membership", "registrar", "ballot-box"]
SERVERS = ["main-db", "auditor-db", "box-db"]
# From the start of a group of voters to the kill: long enough for some votes to pass, short enough for each step of a
# vote to be hit.
KILL_AFTER_SECONDS = (0.02, 0.4)


class Stack:
    def __init__(self, folder, build):
        self.folder, self.build = folder, build
        self.environment = {
            **os.environ,
            "PLENARY_STACK_DIR": str(folder),
            "PLENARY_BIN_DIR": str(build / "bin"),
        }

    def act(self, *arguments, check=True):
        done = subprocess.run(
            [ROOT / "deploy" / "stack", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            raise StoryError(f"deploy/stack {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def up(self):
        return self.act("up")

    def address(self, part):
        lines = (self.folder / "stack.env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)[f"PLENARY_{part}"]

    def pid(self, name):
        path = self.folder / name / "mariadbd.pid" if name.endswith("-db") else self.folder / "run" / f"{name}.pid"
        return int(path.read_text(encoding="utf-8"))

    def kill(self, name):
        """At once, as a power cut would."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while pathlib.Path(f"/proc/{pid}/cmdline").exists() and time.monotonic() < until:
            if pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z":
                break
            time.sleep(0.01)


class Chaos:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.stack = Stack(options.stack_dir, options.build)
        self.kills = {}  # by process
        self.in_the_middle = 0
        self.receipts = {}  # unit -> (ballot hash, receipt)

    def say(self, text):
        print(f" · {text}", flush=True)

    def prepare(self):
        print(f"Seed {self.options.seed}: {self.options.voters} voters, {self.options.kills} kills", flush=True)
        self.stack.up()
        self.plenary = Plenary(
            self.options.build / "bin" / "plenary", self.stack.folder / "stack.env", self.stack.folder / "story"
        )
        self.society = MadeSociety(self.plenary, self.options.voters, self.say)
        self.society.found()
        self.society.call()
        self.society.open_voting()

    def voters(self, roll, mode, clients):
        """Starts the program that votes for every line of `roll`, a list of (unit, person, address)."""
        states = self.stack.folder / "states"
        states.mkdir(exist_ok=True)
        path = self.stack.folder / f"{mode}.roll"
        path.write_text("".join(f"{unit} {person} {address}\n" for unit, person, address in roll), encoding="utf-8")
        return subprocess.Popen(
            [
                self.options.build / "test-bin" / "plenary_fault_voters",
                f"--election={self.society.election}",
                f"--membership={self.stack.address('MEMBERSHIP')}",
                f"--auditor={self.stack.address('AUDITOR')}",
                f"--election_service={self.stack.address('ELECTION')}",
                f"--box={self.stack.address('BOX')}",
                f"--key_dir={self.stack.folder / 'keys'}",
                f"--auditor_key_dir={self.stack.folder / 'auditor-keys'}",
                f"--clock_file={self.stack.folder / 'clock'}",
                f"--roll={path}",
                f"--state_dir={states}",
                f"--mode={mode}",
                f"--clients={clients}",
                "--seconds=3000",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, process):
        """The receipts as they come, and the summary."""
        told = None
        for line in process.stdout:
            if line.startswith("{"):
                told = json.loads(line)
                continue
            unit, ballot_hash, receipt = line.split()
            before = self.receipts.setdefault(unit, (ballot_hash, receipt))
            expect_equal(f"receipt of {unit}", (ballot_hash, receipt), before)
        process.wait()
        if told is None:
            raise StoryError(f"the voters ended with exit code {process.returncode} and without a summary")
        return told

    def race(self):
        """32 clients try for each company, each with a key of its own: one credential, one ballot."""
        racers, self.rest = self.society.voters[: self.options.race], self.society.voters[self.options.race :]
        told = self.read(self.voters(racers, "race", 32))
        expect_equal(
            "companies with exactly one ballot, more than one", (told["once"], told["more_than_once"]), (len(racers), 0)
        )
        lost = 31 * len(racers)
        expect_equal("clients that lost the race", told["refused"].get("CREDENTIAL_ALREADY_ISSUED", 0), lost)
        self.say(f"32 clients raced for each of {len(racers)} companies: one credential and one ballot each, {lost} refused")

    def vote_under_fire(self):
        """As many groups of voters as kills; somewhere in the middle of each a process is killed."""
        refused, kills = {}, self.options.kills
        for group in (self.rest[number::kills] for number in range(kills)):
            process = self.voters(group, "vote", 16)
            time.sleep(self.random.uniform(*KILL_AFTER_SECONDS))
            victim = self.random.choice(SERVICES + SERVERS)
            voting = process.poll() is None
            self.stack.kill(victim)
            self.stack.up()
            told = self.read(process)
            if told["gave_up"]:
                raise StoryError(f"{len(told['gave_up'])} voters got no receipt, the first: {told['gave_up'][0]}")
            expect_equal("voters with one receipt", (told["once"], told["more_than_once"]), (len(group), 0))
            self.kills[victim] = self.kills.get(victim, 0) + 1
            self.in_the_middle += voting
            for reason, count in told["refused"].items():
                refused[reason] = refused.get(reason, 0) + count
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        self.say(
            f"{len(self.rest)} voted while processes were killed ({killed}), {self.in_the_middle} of {kills} times while "
            f"votes were under way; calls that failed on the way, by reason: {refused}"
        )
        if 2 * self.in_the_middle < kills:
            raise StoryError("most kills came when nobody was voting: use more voters a kill")

    def count(self):
        result = self.society.close_and_count()
        self.society.expect_all_counted(result, len(self.receipts))
        listed = self.plenary.run(None, "ballots", "list", self.society.election).json
        expect_equal("ballots listed", listed["count"], len(self.receipts))
        missing = {ballot_hash for ballot_hash, _ in self.receipts.values()} - set(listed["ballots"])
        if missing:
            raise StoryError(f"{len(missing)} ballots with a receipt are not in the log, such as {min(missing)}")
        self.society.proof.verify()
        self.say(f"every one of {len(self.receipts)} receipts is in the final tree, and the bundle holds")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack-dir", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--voters", type=int, default=20000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--race", type=int, default=200, help="companies that 32 clients race for")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    options.stack_dir, options.build = options.stack_dir.resolve(), options.build.resolve()
    if options.stack_dir.exists():
        parser.error(f"{options.stack_dir} exists")
    chaos = Chaos(options)
    step = "the start"
    try:
        for step in ("prepare", "race", "vote_under_fire", "count"):
            getattr(chaos, step)()
    except (StoryError, subprocess.SubprocessError) as error:
        print(f"FAILED in {step} (seed {options.seed}): {error}\nLogs: {options.stack_dir}/logs", file=sys.stderr)
        return 1
    finally:
        chaos.stack.act("down", check=False)
    print("Nothing lost, nothing doubled.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
