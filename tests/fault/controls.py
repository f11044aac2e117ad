#!/usr/bin/env python3
"""Breaks one protection after the other and expects that the fault tests find it out: a broken system that passes fails
this command. What it breaks it breaks in a stack of its own.

    controls.py --stack-dir FOLDER --build FOLDER [--only NAME …]

Exit code 0 only when every control was caught, by what should catch it, and nothing was found in the system as it is.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from stack import ROOT  # noqa: E402
from chaos import BALLOT_CLIENTS, Chaos  # noqa: E402
from command import StoryError, expect_equal  # noqa: E402

# Companies: some vote before something is broken, the others while it is.
COMPANIES, BEFORE = 60, 10
# Companies of a race, and receipts that are out before something is killed.
RACE, RECEIPTS = 4, 15
# Long enough for nothing to reach the disk by itself.
NEVER_SECONDS = 2700
# Characters of an error that are shown.
SHOWN = 300


class Controls(Chaos):
    def __init__(self, options):
        options.voters, options.kills, options.race, options.seed = COMPANIES, 0, RACE, 0
        super().__init__(options, batch_seconds=None)
        self.broken_registrar = options.build / "test-bin" / "plenary_broken_registrar"
        self.template = self.stack.folder.parent / f"{self.stack.folder.name}-template"

    def make_template(self):
        self.prepare()
        self.stack.down()
        subprocess.run(["cp", "-a", self.stack.folder, self.template], check=True)
        self.at_first = self.plenary.period, dict(self.plenary.signed_in)

    def renew(self):
        """The stack as it was when the vote opened, down."""
        self.stack.down()
        shutil.rmtree(self.stack.folder)
        subprocess.run(["cp", "-a", self.template, self.stack.folder], check=True)
        self.stack.put_all()
        period, signed_in = self.at_first
        self.plenary.period, self.plenary.signed_in = period, dict(signed_in)
        self.receipts, self.rest = {}, list(self.society.voters)

    def caught(self, what, act, by):
        """`act` must find out what is broken, and say so with these words."""
        try:
            act()
        except StoryError as error:
            if by not in str(error):
                raise StoryError(f"{what}: found out by something else than '{by}': {error}") from error
            self.say(f"{what}: caught: {' '.join(str(error).split())[:SHOWN]}")
            return
        raise StoryError(f"{what}: the broken system passed")

    def vote(self, companies):
        group, self.rest = self.rest[:companies], self.rest[companies:]
        self.expect_voted(self.read(self.voters(group, "vote", 8)[0]), group)

    def vote_and_kill_registrar(self):
        process, board = self.voters(self.rest, "vote", 8)
        under_way = self.aim("cast", process, board)
        self.stack.kill("registrar")
        expect_equal("casting at the kill", "cast" in under_way, True)
        self.stack.up()
        self.expect_voted(self.read(process), self.rest)

    def vote_until_killed(self, *names):
        """The receipts that were out before all of these were killed; nobody goes on voting."""
        process, _ = self.voters(self.rest, "vote", 8)
        while len(self.receipts) < BEFORE + RECEIPTS:
            unit, ballot_hash, receipt = process.stdout.readline().split()
            self.receipts[unit] = (ballot_hash, receipt)
        self.stack.kill(*names)
        process.kill()
        process.wait()

    # The controls.

    def nothing(self):
        """The same kill, and nothing is broken."""
        self.stack.up()
        self.vote_and_kill_registrar()
        self.expect_nothing_lost()

    def early(self):
        """A registrar that signs before its COMMIT: credentials are out that no list has."""
        self.stack.put("registrar", self.broken_registrar, ["--fault=early"])
        self.stack.up()
        self.vote_and_kill_registrar()
        self.stack.down()
        self.stack.put_all()
        self.stack.up()
        self.caught("signing before COMMIT", self.expect_nothing_lost, "MORE_BALLOTS_THAN_CREDENTIALS")

    def key(self):
        """Tables without their primary keys: two ballots under one key, two credentials for one company."""
        self.stack.put("registrar", self.broken_registrar, ["--fault=unlocked"])
        self.stack.up()
        ballots = lambda: self.race_for(RACE, "race_ballot", BALLOT_CLIENTS, "BALLOT_ALREADY_CAST")  # noqa: E731
        credentials = lambda: self.race_for(RACE, "race_credential", 32, "CREDENTIAL_ALREADY_ISSUED")  # noqa: E731
        ballots()
        credentials()
        self.stack.sql("box-db", "ALTER TABLE plenary_ballot_box.ballots DROP PRIMARY KEY")
        self.stack.sql("auditor-db", "ALTER TABLE plenary_registrar.issuances DROP PRIMARY KEY")
        self.caught("no key of ballots", ballots, "receipt of")
        self.caught("no key of issuances, no lock and no journal", credentials, "companies that one client got through for")

    def flush(self):
        """COMMITs that are not on the disk: both sides notice at the next start. And without what tells them, the
        comparison at the end does."""
        self.stack.up()
        self.vote(BEFORE)
        for server in ("auditor-db", "box-db"):
            self.stack.sql(
                server,
                f"SET GLOBAL innodb_flush_log_at_trx_commit = 0; SET GLOBAL innodb_flush_log_at_timeout = {NEVER_SECONDS}",
            )
        self.vote_until_killed("registrar", "auditor-db", "ballot-box", "box-db")
        self.stack.down()
        election, journal = self.society.election, self.stack.journal("registrar")
        self.stack.expect_refusal("ballot-box", "BOX_BEHIND")
        self.stack.mark(election).unlink()
        self.stack.expect_refusal("ballot-box", "MARK_MISSING")
        self.stack.forge_mark(election, 0)
        self.stack.expect_refusal("registrar", "JOURNAL_AHEAD")
        journal.unlink()
        self.stack.expect_refusal("registrar", "JOURNAL_LOST")
        self.say(
            "flush setting 0: caught at the next start: BOX_BEHIND, JOURNAL_AHEAD; no mark, no journal: MARK_MISSING, "
            "JOURNAL_LOST"
        )
        journal.touch()
        self.stack.up()
        self.caught("flush setting 0, journal and mark forged", self.expect_nothing_lost, "roll, credentials, ballots")
        listed = self.plenary.run(None, "ballots", "list", election).json
        self.caught("the same, by its receipts", lambda: self.expect_receipts_in(listed["ballots"]), "are not in the log")

    def journal(self):
        """Yesterday's databases, and no journal that knows of today: the step that sets them back notices."""
        self.stack.up()
        self.vote(BEFORE)
        self.stack.keep_databases()
        self.vote(BEFORE)
        self.stack.down()
        self.stack.set_back("auditor-db")
        self.stack.journal("registrar").write_text("", encoding="ascii")
        self.caught(
            "no journal", lambda: self.stack.expect_refusal("registrar", "JOURNAL_AHEAD"), "serves, although it must not"
        )
        self.stack.set_back("box-db")
        self.stack.forge_mark(self.society.election, 0)
        self.caught("no mark", lambda: self.stack.expect_refusal("ballot-box", "BOX_BEHIND"), "serves, although it must not")

    def insider(self):
        """Membership's operator signs in as an abstainer at both registrars, with the key that signs tokens. In vain,
        unless the auditor's registrar trusts it."""
        self.stack.up()
        abstainer, another = self.rest[:2]
        self.expect_insider_gets_nothing(abstainer)
        self.stack.down()
        for key in (self.stack.folder / "keys").glob("membership*.jwk"):
            shutil.copy(key, self.stack.folder / "auditor-keys")
        self.stack.put("registrar", flags=["--person_issuer=membership"])
        self.stack.up()
        # Of somebody else: registrar 1, which is the insider's own, has given out the first one's credential.
        self.caught(
            "tokens of membership at the auditor's registrar",
            lambda: self.expect_insider_gets_nothing(another),
            "got (1, {})",
        )

    def expect_insider_gets_nothing(self, abstainer):
        told = self.read(self.voters([abstainer], "race", 1, ("keys", "membership"))[0])
        expect_equal(
            "ballots of an abstainer, and why not more", (told["once"], told["refused"]), (0, {"TOKEN_INVALID": 1})
        )


CONTROLS = ["nothing", "early", "key", "flush", "journal", "insider"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--stack-dir", type=pathlib.Path, required=True)
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    arguments.add_argument("--only", nargs="+", choices=CONTROLS, default=CONTROLS)
    options = arguments.parse_args()
    options.stack_dir, options.build = options.stack_dir.resolve(), options.build.resolve()
    if options.stack_dir.exists():
        arguments.error(f"{options.stack_dir} exists")
    controls, name, begun = Controls(options), "the start", time.monotonic()
    try:
        controls.make_template()
        for name in options.only:
            since = time.monotonic()
            controls.renew()
            getattr(controls, name)()
            controls.say(f"{name}: {time.monotonic() - since:.0f} s")
    except (StoryError, subprocess.SubprocessError) as error:
        print(f"FAILED in {name}: {error}\nLogs: {options.stack_dir}/logs", file=sys.stderr)
        return 1
    finally:
        controls.end()
    print(f"Every control was caught: {', '.join(options.only)}; {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
