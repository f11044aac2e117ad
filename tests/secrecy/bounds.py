"""What guessing would do, exactly: integers and fractions, no approximation.

Ballots of one batch stand in no order that means anything, so whoever joins two lists guesses within each batch. The
chance is that of a random order of each batch, all orders alike.
"""

import functools
import itertools
import math
import operator
from fractions import Fraction


def _times_binomial(weights, size, most):
    """The weights of a sum, with a binomial of `size` guesses at 1 in `size` added; up to `most` right ones."""
    one = [math.comb(size, k) * (size - 1) ** (size - k) for k in range(min(size, most) + 1)]
    made = [0] * min(len(weights) + len(one) - 1, most + 1)
    for i, weight in enumerate(weights):
        for k, other in enumerate(one[: len(made) - i]):
            made[i + k] += weight * other
    return made


@functools.lru_cache(maxsize=None)
def _places(sizes):
    """How often at most 0, 1, 2, … guesses are right, and how many cases there are."""
    most = min(sum(sizes), 60 + 8 * len(sizes))
    weights = [1]
    for size in sizes:
        weights = _times_binomial(weights, size, most)
    return list(itertools.accumulate(weights)), math.prod(size**size for size in sizes)


def chance_of_places(sizes, right):
    """The probability that guessing gets `right` or more places right, a binomial in each batch."""
    at_most, cases = _places(sizes)
    if right == 0:
        return Fraction(1)
    if right > len(at_most):
        return Fraction(cases - at_most[-1], cases)  # more than is tabled: no more likely than this
    return Fraction(cases - at_most[right - 1], cases)


def bound_of_places(sizes, level):
    """The least number that guessing exceeds with a probability of at most `level`."""
    at_most, cases = _places(sizes)
    for right, weight in enumerate(at_most):
        if (cases - weight) * level.denominator <= level.numerator * cases:
            return right
    return sum(sizes)


@functools.lru_cache(maxsize=None)
def _inversions(sizes):
    """In how many orders at most 0, 1, 2, … pairs are the wrong way round, up to half of all pairs; and how many
    orders there are. The generating function of an order of m is the product of (1 + q + … + q^(j-1)), j to m."""
    half = sum(size * (size - 1) // 2 for size in sizes) // 2
    weights = [1]
    for factor in (j for size in sizes for j in range(2, size + 1)):
        length = min(len(weights) + factor - 1, half + 1)
        sums = list(itertools.accumulate(weights + [0] * (length - len(weights))))
        weights = sums[:factor] + list(map(operator.sub, sums[factor:], sums))
    return list(itertools.accumulate(weights)), math.prod(math.factorial(size) for size in sizes)


def pairs_of(sizes):
    return sum(size * (size - 1) // 2 for size in sizes)


def chance_of_inversions(sizes, inversions):
    """The probability of an order that is as near to the straight or to the reversed one, or nearer."""
    at_most, orders = _inversions(sizes)
    nearest = min(inversions, pairs_of(sizes) - inversions)
    return min(Fraction(1), Fraction(2 * at_most[nearest], orders))


def bound_of_inversions(sizes, level):
    """The most inversions, or pairs in order, that guessing stays at or below with a probability of at most `level`;
    -1 when there are too few ballots for any."""
    at_most, orders = _inversions(sizes)
    bound = -1
    for inversions, weight in enumerate(at_most):
        if 2 * weight * level.denominator > level.numerator * orders:
            break
        bound = inversions
    return bound
