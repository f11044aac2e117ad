"""Joins of lists of companies with lists of ballots, and whether one of them is better than guessing.

A list of companies and one of ballots are laid side by side, batch by batch (in which batch a ballot is, everybody
knows). Two things are counted: how many places hold a company beside its own ballot, straight and reversed; and how
many pairs of companies have their ballots in the same order, or in the opposite one.
"""

import bisect
import dataclasses
from fractions import Fraction

import bounds

# Of one join: places straight, places reversed, and the order of pairs, whose chance covers both directions.
TESTS_A_JOIN = 3
# A list that names fewer than these is joined with nothing.
FEWEST = 8


@dataclasses.dataclass(frozen=True)
class Order:
    """Where the voters, numbers from 0, stand in something that the insider has."""

    source: str
    voters: tuple


def inversions(ranks):
    """Pairs of which the second is smaller."""
    seen, count = [], 0
    for rank in ranks:
        at = bisect.bisect_right(seen, rank)
        count += len(seen) - at
        seen.insert(at, rank)
    return count


def usual_delay(collected, cast):
    """From a company's time to that of its ballot: where the differences of all pairs lie closest, half as many as there
    are ballots. The insider sees it without knowing any pair. voter -> seconds."""
    later = sorted(ballot - company for ballot in cast.values() for company in collected.values() if ballot >= company)
    many = max(1, len(cast) // 2)
    if len(later) < many:
        return 0.0
    at = min(range(len(later) - many + 1), key=lambda i: later[i + many - 1] - later[i])
    return (later[at] + later[at + many - 1]) / 2


def right_by_time(collected, cast):
    """For each company the ballot that is nearest to its time and the usual delay is guessed: how many are right."""
    delay = usual_delay(collected, cast)
    times = sorted((time, voter) for voter, time in cast.items())
    right = 0
    for voter, time in collected.items():
        right += min(times, key=lambda ballot: abs(ballot[0] - time - delay))[1] == voter
    return right


@dataclasses.dataclass
class Join:
    moment: str
    companies: str
    ballots: str
    who: str
    sizes: tuple  # of the batches
    right: int
    reversed_right: int
    inversions: int

    @property
    def of(self):
        return sum(self.sizes)

    @property
    def chance(self):
        """Of the most telling of the tests."""
        return min(
            bounds.chance_of_places(self.sizes, max(self.right, self.reversed_right)),
            bounds.chance_of_inversions(self.sizes, self.inversions),
        )

    def caught(self, level):
        return self.chance <= level

    def cells(self, level):
        pairs = bounds.pairs_of(self.sizes)
        lowest = bounds.bound_of_inversions(self.sizes, level)
        return (
            self.moment,
            self.ballots,
            self.companies,
            self.who,
            f"{max(self.right, self.reversed_right)} of {self.of}",
            str(bounds.bound_of_places(self.sizes, level)),
            f"{pairs - self.inversions} of {pairs}",
            f"{lowest + 1}..{pairs - lowest - 1}",
            "ABOVE" if self.caught(level) else "guessing",
        )


HEADINGS = (
    "WHEN",
    "BALLOTS IN THE ORDER OF",
    "COMPANIES IN THE ORDER OF",
    "WHO",
    "RIGHT",
    "BOUND",
    "PAIRS IN ORDER",
    "BOUNDS",
    "VERDICT",
)


def _distinct(orders, voters):
    """Orders of these voters alone, each once: {tuple of voters: source}. Of equal ones the shortest name."""
    found = {}
    for order in orders:
        kept = tuple(voter for voter in order.voters if voter in voters)
        if len(kept) >= FEWEST:
            found.setdefault(kept, []).append(order.source)
    return {
        kept: min(sources, key=len) + (f" (and {len(sources) - 1} alike)" if len(sources) > 1 else "")
        for kept, sources in found.items()
    }


class Joins:
    """All joins of one moment. `batches`: sets of voters; `groups`: name -> set of voters, whom the insider is told to
    be alike, with their ballots, which is more than one has."""

    def __init__(self, moment, batches, groups):
        self.moment, self.batches, self.groups = moment, batches, groups
        self.joined = []

    def join(self, companies, ballots):
        for who, group in self.groups.items():
            left, right = _distinct(companies, group), _distinct(ballots, group)
            for company_order, company_source in left.items():
                for ballot_order, ballot_source in right.items():
                    join = self._one(company_order, ballot_order)
                    if join is not None:
                        self.joined.append(Join(self.moment, company_source, ballot_source, who, *join))

    def _one(self, company_order, ballot_order):
        rank = {voter: place for place, voter in enumerate(ballot_order)}
        batches = []
        for batch in self.batches:
            ranks = [rank[voter] for voter in company_order if voter in batch and voter in rank]
            if ranks:
                place = {value: at for at, value in enumerate(sorted(ranks))}
                batches.append([place[value] for value in ranks])
        if sum(map(len, batches)) < FEWEST:
            return None
        return (
            tuple(sorted(map(len, batches))),
            sum(value == at for batch in batches for at, value in enumerate(batch)),
            sum(value == len(batch) - 1 - at for batch in batches for at, value in enumerate(batch)),
            sum(map(inversions, batches)),
        )


def level_of(joined, family=Fraction(1, 1000)):
    """The level of a single test, so that a system that tells nothing passes all of them with 99.9 %: Bonferroni's."""
    return family / max(1, TESTS_A_JOIN * len(joined))


def most_telling(joined):
    """The join with the least chance for each moment, ballots' order and group."""
    best = {}
    for join in joined:
        key = (join.moment, join.ballots, join.who)
        if key not in best or join.chance < best[key].chance:
            best[key] = join
    return list(best.values())


def table(headings, lines):
    widths = [max(len(line[column]) for line in [headings, *lines]) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [headings, *lines]
    )
