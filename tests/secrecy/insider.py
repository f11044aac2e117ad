#!/usr/bin/env python3
"""Plays somebody who operates everything: holds an election of made-up companies on a stack of its own, takes all that
the three database servers, the services and their folders hold, and tries to tell which company cast which ballot.
Exit code 1 when any join is better than guessing, or when a control that must be caught is not.

    insider.py --stack FOLDER [--build FOLDER] [--voters N] [--seed N] [--jobs N] [--table FILE]

Needs a development stack without data (deploy/stack up); tests/secrecy/run makes one.
"""

import argparse
import datetime
import hashlib
import os
import pathlib
import random
import sys
import time
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bounds  # noqa: E402
from election import CODES_AN_HOUR, Poll, PublishedLog, ServiceProcess, Society, StoryError, Voter  # noqa: E402
from evidence import BALLOTS, COMPANIES, Document, Evidence, tokens_of  # noqa: E402
from finder import Finder  # noqa: E402
from joins import FEWEST, HEADINGS, Joins, level_of, most_telling, right_by_time, table  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGINS = datetime.datetime(2022, 8, 2, 9)
CONTROL_BEGINS = datetime.datetime(2022, 10, 2, 9)
GROUPS = ("at once", "early", "mixed")
FEWEST_VOTERS = 60
CONTROL_VOTERS = 24
# Too few for an order to tell anything, so that only their ids can.
TRACED_VOTERS = FEWEST - 1
# The vote lasts as many hours as its codes need, and at least two; the log has at most so many batches.
FEWEST_HOURS, MOST_BATCHES = 2, 4
LINES_SHOWN = 12
BOX_LOG = "logs/ballot-box.log"
WITHOUT_BATCH, AFTER_BATCH, AFTER_CLOSE = "before the close, without a batch", "after a batch", "after the close"


def finders_of(poll):
    made = {COMPANIES: Finder(), BALLOTS: Finder()}
    for voter in poll.voters:
        for side, known in zip((COMPANIES, BALLOTS), poll.identifiers(voter)):
            for kind, value in known:
                made[side].add(voter.number, kind, value)
    return made


def ballots_of(poll):
    """Ballot hash -> voter, of those who have cast: the truth that the insider looks for."""
    return {hashlib.sha256(voter.state()["ballot"]).digest(): voter for voter in poll.voters if voter.cast}


class Moment:
    """What the insider finds at one moment."""

    def __init__(self, name, evidence, poll, batches, planted=(), only=""):
        """`batches`: sets of ballot hashes, or None when there is no log of them yet. `only`: the beginning of the names
        of those documents whose orders of ballots are joined."""
        started = time.monotonic()
        self.name, truth = name, ballots_of(poll)
        cast = {voter.number for voter in truth.values()}
        self.findings = evidence.collect(finders_of(poll), planted)
        in_log = [{truth[ballot].number for ballot in batch if ballot in truth} for batch in batches or []]
        groups = {"all": cast}
        for group in {voter.group for voter in truth.values()}:
            groups[group] = {voter.number for voter in truth.values() if voter.group == group}
        joins = Joins(name, in_log if batches else [cast], groups)
        ballots = [order for order in self.findings.orders[BALLOTS] if order.source.startswith(only)]
        joins.join(self.findings.orders[COMPANIES], ballots)
        self.joined = joins.joined
        self.by_time = [
            (company_source, ballot_source, len(times), right_by_time(collected, times))
            for company_source, collected in self.findings.times[COMPANIES].items()
            for ballot_source, times in self.findings.times[BALLOTS].items()
        ]
        found = self.findings
        orders = [len({order.voters for order in found.orders[side]}) for side in (COMPANIES, BALLOTS)]
        print(
            f" · {name}: {found.documents} documents, {found.bytes / 1e6:.0f} MB; {orders[0]} orders of companies, {orders[1]} "
            f"of ballots, {len(self.joined)} joins, {time.monotonic() - started:.0f} s",
            flush=True,
        )

    def shared(self, evidence, public):
        """Words that stand on both sides, did not before the vote, and are not published for all."""
        both = self.findings.tokens[COMPANIES] & self.findings.tokens[BALLOTS]
        return {word for word in both if word not in evidence.tokens_before and word not in public}


class Insider:
    def __init__(self, options):
        self.options = options
        self.stack = options.stack.resolve()
        folder = self.stack.parent / (self.stack.name + "-voters")
        self.society = Society(
            self.stack, options.build / "bin" / "plenary", folder, options.voters, options.seed, options.jobs
        )
        self.say = self.society.say
        self.box = ServiceProcess(self.stack, "ballot-box", 5)
        self.registrar = ServiceProcess(self.stack, "registrar", 6)
        self.moments = {}
        self.failures = []

    # The election

    def hold(self):
        self.society.found()
        voters = self.society.voters(self.society.emails, GROUPS)
        self.poll = Poll(self.society, "secrecy", BEGINS, voters)
        self.poll.call()
        self.evidence = Evidence(self.stack)
        self.poll.first_collects(self.somebody_else())
        self.collect_early()
        self.vote()
        self.close()

    def somebody_else(self):
        """Of a company that collects and never votes."""
        email = self.society.trustees[0]
        voter = Voter(-1, email, "early", [])
        voter.person = self.society.people[email]
        return voter

    def hours(self, acts, needs_code):
        """Cut into hours, none with more codes than are mailed in one."""
        hours, codes = [[]], 0
        for act in acts:
            if needs_code(act) and codes == CODES_AN_HOUR:
                hours, codes = [*hours, []], 0
            codes += needs_code(act)
            hours[-1].append(act)
        return hours

    def collect_early(self):
        early = [voter for voter in self.poll.voters if voter.group == "early"]
        self.society.random.shuffle(early)
        for hour, acts in enumerate(self.hours([(self.poll.collect, voter) for voter in early], lambda act: True)):
            self.society.plenary.set_clock(self.poll.at(hours=4 + hour))
            self.society.at_once(acts)
        self.say(f"{len(early)} companies collected early")

    def vote(self):
        """In hours; the hours make up batches, of which the last comes with the close."""
        acts = self.society.acts(self.poll, self.poll.voters)
        hours = self.hours(acts, lambda act: act[0] == self.poll.collect or act[1].group == "at once")
        if len(hours) < FEWEST_HOURS:
            hours = [acts[: len(acts) // 2], acts[len(acts) // 2 :]]
        batches = min(MOST_BATCHES, len(hours))
        ends = {len(hours) * (batch + 1) // batches - 1 for batch in range(batches)}
        log = PublishedLog(self.stack, self.poll.name)
        for hour, hour_acts in enumerate(hours):
            self.society.plenary.set_clock(self.poll.at(hours=49 + hour))
            started = time.monotonic()
            self.society.at_once(hour_acts)
            self.say(f"hour {hour + 1} of the vote: {len(hour_acts)} acts in {time.monotonic() - started:.0f} s")
            if hour in ends and hour + 1 < len(hours):
                self.merge(log)

    def merge(self, log):
        first = len(log.sizes()) == 1
        if first:
            self.look(WITHOUT_BATCH, None)
        self.box.restart("--batch_seconds=1")
        log.wait_for_batch(len(log.sizes()))
        # It ends only after the order is forgotten, and by itself waits an hour for the next batch.
        self.box.restart()
        if first:
            self.look(AFTER_BATCH, log.batches())

    def close(self):
        self.society.plenary.set_clock(self.poll.at(hours=201))
        self.poll.proof.close(absent=self.society.trustees[1])
        result = self.society.run("returning.officer@society.example", "election", "count", self.poll.name).json
        if result["ballot_count"] != len(self.poll.voters) or result.get("spoilt"):
            raise StoryError(f"{result['ballot_count']} ballots of {len(self.poll.voters)} companies were counted")
        self.look(AFTER_CLOSE, PublishedLog(self.stack, self.poll.name).batches())

    def look(self, name, batches, planted=()):
        self.moments[name] = Moment(name, self.evidence, self.poll, batches, planted)

    # The verdict

    def judge(self):
        counted = self.moments[AFTER_BATCH].joined + self.moments[AFTER_CLOSE].joined
        level = level_of(counted)
        self.judge_joins(counted, level)
        for name, moment in self.moments.items():
            self.judge_identifiers(moment, fails=name != WITHOUT_BATCH)
        self.judge_sizes()
        self.show_without_batch(level)

    def judge_joins(self, counted, level):
        caught = [join for join in counted if join.caught(level)]
        told = sorted(most_telling(counted), key=lambda join: join.chance)
        shown = [join for join in told if join.caught(level)] or told[:LINES_SHOWN]
        print(
            f"\nThe joins that tell most, of {len(counted)}; each may be right by chance with {float(level):.1e} at most:\n"
        )
        print(table(HEADINGS, [join.cells(level) for join in shown]))
        if self.options.table:
            every = sorted(counted + self.moments[WITHOUT_BATCH].joined, key=lambda join: join.chance)
            lines = table(HEADINGS, [join.cells(level) for join in every])
            self.options.table.write_text(lines + "\n", encoding="utf-8")
        for join in {(join.moment, join.ballots): join for join in caught}.values():
            self.failures.append(f"{join.moment}: the order of {join.ballots} tells who voted how")
        print()

    def judge_identifiers(self, moment, fails):
        found = moment.findings
        shared = moment.shared(self.evidence, self.public(self.poll))
        wrong = [f"{kind} ({spelling}) in {document}" for document, kind, spelling in sorted(found.crossed)]
        wrong += [f"{word.decode()} on both sides" for word in sorted(shared)]
        wrong += [f"a peer's address, {peer}, in {document}" for document, peer in sorted(found.peers)]
        times = [f"{right} of {of} by the times of {b} and {c}" for c, b, of, right in moment.by_time]
        self.say(
            f"{moment.name}: values of one side on the other: {len(wrong)}; times on the side of the ballots: {times or 'none'}"
        )
        for text in wrong[:LINES_SHOWN]:
            print(f"     {text}")
        if fails and (wrong or times):
            self.failures += [f"{moment.name}: {text}" for text in [*wrong, *times]]

    def public(self, poll):
        """Words of what is published about the election as a whole."""
        run, name = self.society.run, poll.name
        asked = (
            ["election", "manifest"],
            ["election", "show"],
            ["box", "show"],
            ["trustee", "list"],
            ["turnout"],
        )
        texts = [run(None, *words, name).text.encode() for words in asked]
        folder = PublishedLog(self.stack, name).folder
        texts += [(folder / "checkpoints").read_bytes()]
        return set().union(*map(tokens_of, texts))

    def judge_sizes(self):
        states = [voter.state() for voter in self.poll.voters]
        for what, sizes in (
            ("ballots", {len(state["ballot"]) for state in states}),
            ("recovery blobs", {len(state["recovery_blob"]) for state in states}),
            ("leaves of ballots", {len(leaf) for leaf in PublishedLog(self.stack, self.poll.name).leaves()[1:-1]}),
        ):
            self.say(f"{what}: {' and '.join(map(str, sorted(sizes)))} bytes")
            if len(sizes) != 1:
                self.failures.append(f"{what} differ in length")

    def show_without_batch(self, level):
        """The figure for those who vote at once, of which nothing is promised before a batch."""
        print(f"\n{WITHOUT_BATCH.capitalize()} (not part of the verdict):\n")
        told = sorted(most_telling(self.moments[WITHOUT_BATCH].joined), key=lambda join: join.chance)
        print(table(HEADINGS, [join.cells(level) for join in told[:LINES_SHOWN]]))
        print()

    # The controls

    def control(self):
        """A box that tells must be caught, so must a value that stands on both sides, and a build that logs one id on
        both: the command sends one with every call, and the registrar and the box log it. When they do not, nobody is
        found by it."""
        emails = self.society.emails[: CONTROL_VOTERS + 2 * TRACED_VOTERS]
        poll = Poll(self.society, "control", CONTROL_BEGINS, self.society.voters(emails, ["at once"]))
        poll.call()
        self.evidence = Evidence(self.stack)
        poll.first_collects(self.somebody_else())
        self.society.plenary.set_clock(poll.at(hours=49))
        alone, plain, logged = (
            poll.voters[:TRACED_VOTERS],
            poll.voters[TRACED_VOTERS:-TRACED_VOTERS],
            poll.voters[-TRACED_VOTERS:],
        )
        self.vote_traced(poll, alone)
        self.box.restart(program=self.leaky("box"))
        self.society.at_once([(poll.vote, voter) for voter in plain])
        request = str(uuid.UUID(int=random.getrandbits(128), version=4))
        planted = self.planted(plain[3], request)
        moment = Moment("a box that tells", self.evidence, poll, None, planted, only=BOX_LOG)
        shared = moment.shared(self.evidence, self.public(poll))
        self.judge_control(moment, request.encode() in shared)
        self.judge_traced_alone(shared - {request.encode()})
        self.registrar.restart(program=self.leaky("registrar"))
        self.vote_traced(poll, logged)
        moment = Moment("a build that logs one id on both sides", self.evidence, poll, None, only=BOX_LOG)
        self.judge_logged(moment, poll, logged)
        self.registrar.restart()
        self.box.restart()

    def leaky(self, service):
        return self.options.build / "test-bin" / f"plenary_leaky_{service}"

    def vote_traced(self, poll, voters):
        """With a command that sends one drawn id with all its calls, to both registrars and to the box."""
        plenary = self.society.plenary
        honest, plenary.binary = plenary.binary, self.options.build / "test-bin" / "plenary_traced"
        self.society.at_once([(poll.vote, voter) for voter in voters])
        plenary.binary = honest

    @staticmethod
    def planted(voter, request):
        return [
            Document("logs/membership.log, planted", f'{{"request":"{request}"}}\n'.encode(), text=True),
            Document("box-log/planted", b"\0" + voter.unit.rsplit("/", 1)[1].upper().encode()),
            Document("logs/ballot-box.log, planted", f'{{"request":"{request}"}}\n'.encode(), text=True),
            Document("registrar-journal, planted", voter.state()["receipt"]),
        ]

    def judge_control(self, moment, request_shared):
        level = level_of(moment.joined)
        told = sorted(most_telling(moment.joined), key=lambda join: join.chance)
        print("\nThe control, a box that logs the hash of each ballot:\n")
        print(table(HEADINGS, [join.cells(level) for join in told[:LINES_SHOWN]]))
        print()
        crossed = {(document, kind) for document, kind, _ in moment.findings.crossed}
        by_time = [join for join in moment.by_time if bounds.chance_of_places((join[2],), join[3]) <= level]
        for what, caught in (
            ("the order of its log", any(join.caught(level) for join in moment.joined)),
            ("the times of its log", bool(by_time)),
            ("a company's id in a file of the box", ("box-log/planted", "company") in crossed),
            ("a receipt in a registrar's journal", ("registrar-journal, planted", "receipt") in crossed),
            ("one request id in two logs", request_shared),
        ):
            self.expect_caught(what, caught)
        for company, ballot, of, right in moment.by_time:
            self.say(f"by the times of {ballot} and {company}: {right} of {of} right")

    def judge_traced_alone(self, shared):
        """Those whose command sent an id to servers that do not log it."""
        self.say(f"an id with every call, to servers that log none: words on both sides: {len(shared)}")
        for word in sorted(shared):
            self.failures.append(f"an id that no server should log: {word.decode()} on both sides")

    def judge_logged(self, moment, poll, voters):
        """Nothing but the search for unknown words may find the ids; then lines name who is beside them."""
        words = moment.shared(self.evidence, self.public(poll))
        beside = self.evidence.beside(words, finders_of(poll))
        named = [(beside[COMPANIES].get(word, set()), beside[BALLOTS].get(word, set())) for word in words]
        right = set().union(*(company for company, ballot in named if company == ballot and len(company) == 1))
        self.say(f"a build that logs one id on both sides: {len(words)} words on both sides name {len(right)} voters")
        self.expect_caught("one id in the logs of both sides", right == {voter.number for voter in voters})

    def expect_caught(self, what, caught):
        self.say(f"{what}: {'caught' if caught else 'NOT CAUGHT'}")
        if not caught:
            self.failures.append(f"the control was not caught: {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", type=pathlib.Path, required=True, help="folder of the stack")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="build folder (build)")
    parser.add_argument("--voters", type=int, default=500, help=f"companies that vote, at least {FEWEST_VOTERS} (500)")
    parser.add_argument("--seed", type=int, help="of choices and orders (drawn)")
    parser.add_argument("--jobs", type=int, default=max(3, os.cpu_count() or 2), help="people who act at the same time")
    parser.add_argument("--table", type=pathlib.Path, help="write every join to this file")
    options = parser.parse_args()
    if options.voters < FEWEST_VOTERS:
        parser.error(f"fewer than {FEWEST_VOTERS} voters prove nothing")
    options.seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"{options.voters} companies vote; seed {options.seed}", flush=True)
    started = time.monotonic()
    insider = Insider(options)
    try:
        insider.hold()
        insider.judge()
        insider.control()
    except StoryError as error:
        print(f"\nThe election failed: {error}\n\nLogs: {options.stack / 'logs'}", file=sys.stderr)
        return 1
    for failure in insider.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    if insider.failures:
        print(f"Seed {options.seed}: run it again with --seed {options.seed}.", file=sys.stderr)
        return 1
    print(f"Nothing better than guessing was found, and every control was caught: {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
