"""What the story is told from (tests/data/society), and how it is shown."""

import csv
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOCIETY = ROOT / "tests" / "data" / "society"
OFFICE = "office@society.example"


def rows(name):
    with open(SOCIETY / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name):
    return json.loads((SOCIETY / name).read_text(encoding="utf-8"))


class Progress:
    """A line that counts, on a terminal; else a line at the end."""

    def __init__(self, label, total):
        self.label, self.total, self.done, self.shown = label, total, 0, -1
        self.terminal = sys.stdout.isatty()

    def advance(self):
        self.done += 1
        percent = 100 * self.done // self.total
        if self.terminal and percent != self.shown:
            self.shown = percent
            print(f"\r   {self.label}: {self.done}/{self.total}", end="", flush=True)
        if self.done == self.total:
            print(
                f"\r   {self.label}: {self.done}/{self.total}" if self.terminal else f"   {self.label}: {self.total}",
                flush=True,
            )


def print_result(result):
    """The outcome of every contest, as a person reads it."""
    print()
    for contest in result["contests"]:
        vacant = f", {contest['vacancies']} vacant" if contest["vacancies"] else ""
        print(f"   {contest['display_name']}: {contest['seats']} seats{vacant}")
        for option in contest["options"]:
            years = option["term_years"]
            outcome = f"elected for {years} year{'s' if years > 1 else ''}" if option["elected"] else ""
            lot = " (by lot)" if option["tied"] else ""
            print(f"   {option['rank']:>4}  {option['votes']:>4}  {option['display_name']:<28} {outcome}{lot}".rstrip())
        print()
