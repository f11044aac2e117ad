#!/usr/bin/env python3
"""Tests of what the insider computes with: that values are found in every spelling, and that the chances are exact."""

import base64
import itertools
import pathlib
import random
import sys
import unittest
from fractions import Fraction

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bounds  # noqa: E402
import joins  # noqa: E402
from finder import Finder, id_bytes  # noqa: E402


class Finding(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(1)
        self.value = self.random.randbytes(32)
        self.finder = Finder()
        self.finder.add(7, "hash", self.value)

    def found(self, data):
        return [(hit.owner, hit.kind, hit.start) for hit in self.finder.scan(data)]

    def test_finds_bytes_wherever_they_begin(self):
        for before in range(17):
            data = self.random.randbytes(before) + self.value + self.random.randbytes(5)
            self.assertEqual(self.found(data), [(7, "hash", before)])

    def test_finds_every_spelling(self):
        for text in (
            self.value.hex().encode(),
            self.value.hex().upper().encode(),
            base64.b64encode(self.value),
            base64.urlsafe_b64encode(self.value),
            base64.b32encode(self.value),
            base64.b32encode(self.value).lower(),
        ):
            self.assertEqual([hit[0] for hit in self.found(b'{"x":"' + text + b'"}')], [7], text)

    def test_finds_a_value_inside_the_base64_of_something_longer(self):
        for before in range(6):
            whole = self.random.randbytes(before) + self.value + self.random.randbytes(before)
            for text in (base64.b64encode(whole), base64.urlsafe_b64encode(whole)):
                self.assertTrue(self.found(text), before)

    def test_finds_text_in_capitals_and_in_hexadecimal(self):
        finder = Finder()
        finder.add(1, "e-mail", "somebody@secrecy.example")
        for data in (
            b"SOMEBODY@SECRECY.EXAMPLE",
            b"x somebody@secrecy.example",
            b"somebody@secrecy.example".hex().encode(),
        ):
            self.assertEqual([hit.owner for hit in finder.scan(data)], [1], data)

    def test_finds_nothing_in_what_differs_by_a_bit(self):
        data = bytearray(self.value)
        data[31] ^= 1
        self.assertEqual(self.found(bytes(data)), [])

    def test_refuses_what_chance_would_find(self):
        with self.assertRaises(ValueError):
            self.finder.add(1, "port", "127.0.0.1:80")

    def test_reads_an_id(self):
        self.assertEqual(id_bytes("00000000000000000000000004"), bytes(15) + b"\x01")


class Chances(unittest.TestCase):
    def test_places_are_binomial(self):
        # One guess of 2, twice: 0, 1 or 2 right at 1/4, 1/2, 1/4.
        self.assertEqual([bounds.chance_of_places((2,), k) for k in range(3)], [1, Fraction(3, 4), Fraction(1, 4)])

    def test_places_of_batches_add_up(self):
        self.assertEqual(bounds.chance_of_places((2, 2), 4), Fraction(1, 16))
        self.assertEqual(bounds.chance_of_places((1, 2), 3), Fraction(1, 4))

    def test_the_bound_of_places_is_the_quantile(self):
        level = Fraction(1, 1000)
        for sizes in ((20,), (20, 31), (500,)):
            bound = bounds.bound_of_places(sizes, level)
            self.assertLessEqual(bounds.chance_of_places(sizes, bound + 1), level)
            self.assertGreater(bounds.chance_of_places(sizes, bound), level)

    def test_inversions_are_those_of_all_orders(self):
        counted = {}
        for first in itertools.permutations(range(4)):
            for second in itertools.permutations(range(3)):
                inversions = joins.inversions(first) + joins.inversions(second)
                counted[inversions] = counted.get(inversions, 0) + 1
        for inversions in range(10):
            nearest = min(inversions, 9 - inversions)
            as_near = sum(n for k, n in counted.items() if min(k, 9 - k) <= nearest)
            self.assertEqual(bounds.chance_of_inversions((4, 3), inversions), Fraction(as_near, 24 * 6), inversions)

    def test_the_bound_of_inversions_is_the_quantile(self):
        level = Fraction(1, 1000)
        for sizes in ((12,), (9, 14)):
            bound = bounds.bound_of_inversions(sizes, level)
            self.assertLessEqual(bounds.chance_of_inversions(sizes, bound), level)
            self.assertGreater(bounds.chance_of_inversions(sizes, bound + 1), level)
        self.assertEqual(bounds.bound_of_inversions((3,), level), -1)

    def test_chances_of_random_orders_are_spread_evenly(self):
        source = random.Random(2)
        chances = [
            bounds.chance_of_inversions((40,), joins.inversions(source.sample(range(40), 40))) for _ in range(1000)
        ]
        self.assertAlmostEqual(sum(chance <= Fraction(1, 10) for chance in chances), 100, delta=40)


class Joining(unittest.TestCase):
    def test_two_lists_in_the_same_order_are_caught_and_random_ones_are_not(self):
        source = random.Random(3)
        people = list(range(60))
        batches = [set(people[:25]), set(people[25:])]
        same = source.sample(people, 60)
        nearly = sorted(same, key=lambda voter: same.index(voter) + source.random() * 6)
        other = source.sample(people, 60)
        evidence = joins.Joins("a test", batches, {"all": set(people)})
        evidence.join(
            [joins.Order("lines", tuple(same))], [joins.Order("rows", tuple(nearly)), joins.Order("dump", tuple(other))]
        )
        verdict = {join.ballots: join.caught(Fraction(1, 10_000)) for join in evidence.joined}
        self.assertEqual(verdict, {"rows": True, "dump": False})

    def test_an_order_turned_round_is_caught(self):
        people = tuple(range(30))
        evidence = joins.Joins("a test", [set(people)], {"all": set(people)})
        evidence.join([joins.Order("lines", people)], [joins.Order("rows", people[::-1])])
        self.assertTrue(evidence.joined[0].caught(Fraction(1, 10_000)))

    def test_times_lead_from_one_list_to_the_other(self):
        collected = {voter: 10.0 * voter for voter in range(20)}
        cast = {voter: 10.0 * voter + 1 for voter in range(20)}
        self.assertEqual(joins.right_by_time(collected, cast), 20)
        self.assertLessEqual(joins.right_by_time(collected, {voter: -1.0 for voter in range(20)}), 1)

    def test_times_lead_to_a_ballot_that_comes_after_those_of_others(self):
        drawn = random.Random(1)
        collected = {voter: voter + drawn.uniform(-0.5, 0.5) for voter in range(40)}
        cast = {voter: time + 3.0 + drawn.uniform(-0.02, 0.02) for voter, time in collected.items()}
        self.assertAlmostEqual(joins.usual_delay(collected, cast), 3.0, delta=0.05)
        self.assertGreaterEqual(joins.right_by_time(collected, cast), 35)

    def test_times_that_have_nothing_to_do_with_each_other_lead_nowhere(self):
        drawn = random.Random(2)
        collected = {voter: drawn.uniform(0, 1000) for voter in range(40)}
        cast = {voter: drawn.uniform(0, 1000) for voter in range(40)}
        self.assertLessEqual(joins.right_by_time(collected, cast), 6)


if __name__ == "__main__":
    unittest.main()
