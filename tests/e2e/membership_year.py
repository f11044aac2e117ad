#!/usr/bin/env python3
"""Five years on the register of a small society, through the public API with the plenary command: people apply, sign in
by mail, are verified, pay, renew over two 29 Februaries, learn, share a team's seats, are suspended by the board and
come back; the office imports, compares, merges, counts, exports and erases. Exit code 0 only when every step held.

    membership_year.py [--stack FILE] [--plenary PROGRAM]

Needs a development stack without data (deploy/stack up).
"""

import argparse
import csv
import io
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from command import (
    DIFFERENT,
    DONE,
    EFFECT_SECONDS,
    NOT_ALLOWED,
    REFUSED,
    WRONG_USAGE,
    Plenary,
    StoryError,
    expect_equal,
)  # noqa: E402
from society import OFFICE, ROOT  # noqa: E402

ADA = "ada.voorbeeld@acme.example"
PRIYA = "priya.exempel@acme.example"
EDGAR = "edgar.voorbeeld@zeta.example"
LINNEA = "linnea.exemple@zeta.example"
SECOND_STAFF = "returning.officer@society.example"

HEADER = "email,full_name,company,category,started_on,paid_through,letters,representative,company_category\n"


def last_id(name):
    return name.rsplit("/", 1)[-1]


class Year:
    def __init__(self, plenary, folder):
        self.plenary = plenary
        self.run = plenary.run
        self.folder = folder
        self.clock = plenary.set_clock
        self.read = set()  # numbers of mails

    def say(self, text):
        print(f" · {text}", flush=True)

    def mailed_code(self, address):
        """The code of the next mail to somebody that was not read before; mail is sent within a moment."""
        until = time.monotonic() + EFFECT_SECONDS
        while time.monotonic() < until:
            numbers = [m["number"] for m in self.run(None, "mail", "list", "--to", address).json["messages"]]
            for number in sorted(set(numbers) - self.read):
                self.read.add(number)
                answer = self.run(None, "mail", "show", str(number), "--code", expect=None)
                if answer.code == DONE:
                    return answer.json["code"]
            time.sleep(0.05)
        raise StoryError(f"no mail with a code came to {address} within {EFFECT_SECONDS} s")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    # 29 February 2024

    def lay_down_categories(self):
        self.clock("2024-02-29T09:00:00Z")
        for arguments in (
            [
                "professional",
                "--display-name",
                "Professional",
                "--rights",
                "vote,office,committee,attend",
                "--price-cents",
                "10000",
                "--term-months",
                "12",
                "--grace-days",
                "30",
                "--required-letters",
                "2",
            ],
            ["associate", "--display-name", "Associate", "--rights", "attend", "--term-months", "12"],
            ["registered", "--display-name", "Registered"],
            [
                "team",
                "--display-name",
                "Team",
                "--seats-included",
                "2",
                "--price-cents",
                "50000",
                "--term-months",
                "12",
            ],
        ):
            self.run(OFFICE, "category", "save", *arguments)
        self.run(
            OFFICE,
            "category",
            "save",
            "professional",
            "--display-name",
            "Professional",
            "--rights",
            "vote,office,committee,attend",
            "--price-cents",
            "15000",
            "--term-months",
            "12",
            "--grace-days",
            "30",
            "--required-letters",
            "2",
            "--valid-from",
            "2024-06-01",
        )
        versions = self.run(None, "category", "versions", "professional").json["versions"]
        expect_equal("prices of the versions", [v["price_cents"] for v in versions], ["10000", "15000"])

    def ada_applies(self):
        self.run(
            None,
            "application",
            "submit",
            "--name",
            "Ada Voorbeeld",
            "--email",
            ADA,
            "--company",
            "Acme Networks",
            "--category",
            "professional",
            "--statement",
            "I repair what others sell.",
            "--accept-terms",
            "2024",
        )
        self.run(None, "application", "confirm", self.mailed_code(ADA))
        waiting = self.run(OFFICE, "application", "list", "--state", "confirmed").json["applications"]
        expect_equal("applications that wait", [a["full_name"] for a in waiting], ["Ada Voorbeeld"])
        self.run(None, "application", "approve", last_id(waiting[0]["name"]), expect=NOT_ALLOWED)
        self.run(OFFICE, "application", "approve", last_id(waiting[0]["name"]))
        self.say("Ada applied without an account, confirmed her address, and the office took her in")

    def ada_signs_in_by_mail(self):
        session = self.folder / "by-mail.json"
        self.plenary.run_as(session, "login", ADA)
        code = self.mailed_code(ADA)
        self.plenary.run_as(session, "login", ADA, "--code", "AAAA-AAAA", expect=NOT_ALLOWED)
        self.plenary.run_as(session, "login", ADA, "--code", code)
        self.plenary.run_as(session, "login", ADA, "--code", code, expect=REFUSED)
        self.clock("2024-02-29T09:30:00Z")  # tokens last 15 minutes: the session renews itself
        expect_equal("who is signed in", self.plenary.run_as(session, "whoami").json["full_name"], "Ada Voorbeeld")
        stranger = self.folder / "stranger.json"
        answer = self.plenary.run_as(stranger, "login", "nobody@nowhere.example").json
        expect_equal("what a stranger learns", sorted(answer), ["email", "expire_time", "sign_in"])
        self.plenary.run_as(session, "logout", "--everywhere")
        self.clock("2024-02-29T10:00:00Z")
        self.plenary.run_as(session, "whoami", expect=NOT_ALLOWED)
        self.say("a mailed code signs in once; a session renews itself until it is ended everywhere")

    def ada_is_verified(self):
        why = self.run(ADA, "why-cannot-vote").json
        expect_equal("why Ada cannot vote", why["company"]["reason"], "LETTERS_MISSING")
        for referee in ("uma.demo@client.example", "viktor.demo@client.example"):
            letter = self.run(
                ADA,
                "letter",
                "request",
                "--referee",
                "A client",
                "--email",
                referee,
                "--relation",
                "A client for three years",
                "--declare",
            ).json["name"]
            self.run(
                None,
                "letter",
                "submit",
                self.mailed_code(referee),
                "She keeps our network up, and says so when she cannot.",
            )
            self.run(OFFICE, "letter", "check", last_id(letter), "--note", "Called her")
            self.run(OFFICE, "letter", "accept", last_id(letter))
        expect_equal("Ada may vote", self.run(ADA, "right", "me", "vote").json["allowed"], True)
        self.say("two letters of reference, asked for and handed in by mail, opened the vote")

    # Dues

    def dues(self):
        invoice = self.run(OFFICE, "invoice", "list", "--unpaid").json["invoices"]
        if not invoice:
            invoice = [self.run(OFFICE, "invoice", "create", ADA, "--category", "professional").json]
        self.run(
            OFFICE,
            "payment",
            "record",
            last_id(invoice[0]["name"]),
            "100.001",
            "--reference",
            "bank-1",
            expect=WRONG_USAGE,
        )
        self.run(OFFICE, "payment", "record", last_id(invoice[0]["name"]), "100.00", "--reference", "bank-1")
        self.run(
            OFFICE,
            "payment",
            "record",
            last_id(invoice[0]["name"]),
            "90.00",
            "--reference",
            "bank-1",
            expect=REFUSED,
            reason="PAYMENT_REFERENCE_REUSED",
        )
        ends = []
        for year in (2025, 2026, 2027, 2028):
            self.clock(f"{year}-02-01T09:00:00Z")
            self.run(OFFICE, "membership", "run-renewals")
            due = self.run(OFFICE, "invoice", "list", "--unpaid", "--holder", ADA).json["invoices"]
            expect_equal(f"the locked price of {year}", [i["amount_cents"] for i in due], ["10000"])
            self.run(OFFICE, "payment", "record", last_id(due[0]["name"]), "100.00", "--reference", f"bank-{year}")
        periods = self.run(ADA, "membership", "list", "me").json
        ends = [p["end_date"] for p in periods["periods"]]
        expect_equal(
            "anniversaries of a 29 February",
            ends,
            ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"],
        )
        self.say("five terms at the price of the first, each on the anniversary of a 29 February")

    # The company and its people

    def the_company(self):
        self.clock("2028-03-01T09:00:00Z")
        self.run(OFFICE, "person", "create", "Priya Exempel", PRIYA, "--company", "Acme Networks")
        self.run(OFFICE, "company", "create", "Zeta Systems")
        self.run(OFFICE, "person", "create", "Edgar Voorbeeld", EDGAR, "--company", "Zeta Systems")
        self.run(OFFICE, "person", "create", "Linnea Exemple", LINNEA, "--company", "Zeta Systems")
        self.run(OFFICE, "company", "administrator", "add", "Acme Networks", ADA)
        company = self.run(ADA, "company", "show", "Acme Networks").json
        self.run(OFFICE, "company", "rename", "Acme Networks", "Acme Networks Inc", "--etag", company["etag"])
        self.run(
            OFFICE,
            "company",
            "rename",
            "Acme Networks Inc",
            "Acme",
            "--etag",
            company["etag"],
            expect=4,
            reason="COMPANY_CHANGED",
        )
        self.run(OFFICE, "person", "move", LINNEA, "Acme Networks Inc")
        then = self.run(OFFICE, "person", "history", LINNEA, "--as-of", "2028-02-29").json
        now = self.run(OFFICE, "person", "history", LINNEA, "--as-of", "2028-03-01").json
        if then == now:
            raise StoryError(f"Linnea's history is the same before and after she moved: {now}")
        found = self.run(OFFICE, "person", "search", "exemp").json["people"]
        expect_equal("people found by the beginning of a name", sorted(p["email"] for p in found), [LINNEA, PRIYA])
        self.say("people moved and a company was renamed, and every earlier day still says what it said")

    def the_team(self):
        acme = "Acme Networks Inc"
        linnea, priya = (self.run(OFFICE, "person", "show", email).json["name"] for email in (LINNEA, PRIYA))
        self.run(ADA, "team", "buy", acme, "1")
        self.run(ADA, "team", "assign", acme, linnea)
        self.run(ADA, "team", "assign", acme, priya, expect=REFUSED)
        self.run(ADA, "team", "swap", acme, linnea, priya)
        self.run(ADA, "team", "free", acme, priya)
        moves = self.run(ADA, "team", "moves", acme).json["moves"]
        expect_equal("moves that are kept", len(moves), 3)
        code = self.run(ADA, "join-code", "create", acme, "--until", "2028-12-31").json["code"]
        self.run(EDGAR, "company", "join", code, "--leave-mine")
        self.run(LINNEA, "company", "join", code, "--leave-mine", expect=REFUSED)
        self.run(OFFICE, "person", "move", EDGAR, "Zeta Systems")
        self.run(LINNEA, "help-offer", "make", "4", "cabling")
        expect_equal("offers of help", len(self.run(OFFICE, "help-offer", "list").json["offers"]), 1)
        self.say("one seat held one person at a time, and a code brought a colleague into the company")

    # Learning, badges, chapters, the mailing list

    def learning(self):
        self.run(
            OFFICE,
            "course",
            "save",
            "cable-safety",
            "--title",
            "Cable safety",
            "--provider",
            "The guild",
            "--credits",
            "1.5",
        )
        self.run(
            OFFICE,
            "track",
            "save",
            "technician",
            "--title",
            "Technician",
            "--courses",
            "cable-safety",
            "--valid-months",
            "24",
        )
        claim = self.run(
            ADA,
            "credit",
            "claim",
            "--course",
            "cable-safety",
            "--on",
            "2028-02-20",
            "--evidence",
            "https://guild.example/c/17",
        ).json
        self.run(ADA, "credit", "decide", last_id(claim["name"]), "approve", expect=NOT_ALLOWED)
        self.run(OFFICE, "credit", "decide", last_id(claim["name"]), "approve")
        self.run(OFFICE, "certification", "grant", ADA, "technician")
        self.run(ADA, "transcript")
        badge = self.run(ADA, "badge", "issue", "--label", "On my page").json["name"]
        self.badge = last_id(badge)
        self.run(None, "badge", "check", self.badge)
        self.run(None, "badge", "check", "0" * 26, expect=DIFFERENT)
        self.run(OFFICE, "chapter", "save", "us-ny", "--display-name", "New York", "--kind", "state")
        self.run(ADA, "chapter", "join", "us-ny")
        expect_equal("members of the chapter", len(self.run(OFFICE, "chapter", "members", "us-ny").json["members"]), 1)
        self.say("credits were claimed and approved, a track completed, and anybody can check Ada's badge")

    def the_mailing_list(self):
        zoe = "zoe.demo@visitor.example"
        self.run(OFFICE, "contact", "topic", "save", "events", "--display-name", "Events")
        self.run(
            OFFICE,
            "contact",
            "add",
            zoe,
            "--source",
            "the fair of 2028",
            "--evidence",
            "a card she filled in",
            "--topics",
            "events",
        )
        self.run(None, "contact", "subscribe", zoe, "--topics", "events")
        self.run(None, "contact", "confirm", self.mailed_code(zoe))
        token = self.run(OFFICE, "contact", "export", "--topic", "events", "--out", str(self.folder / "contacts.csv"))
        with open(self.folder / "contacts.csv", encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file))
        self.run(None, "contact", "unsubscribe", row["unsubscribe_token"])
        self.run(
            OFFICE,
            "contact",
            "add",
            zoe,
            "--source",
            "the fair of 2029",
            "--evidence",
            "another card",
            "--topics",
            "events",
            expect=REFUSED,
            reason="CONTACT_SUPPRESSED",
        )
        self.say("who unsubscribed is not added again by the society")

    # The board suspends

    def the_board(self):
        self.run(
            OFFICE,
            "body",
            "create",
            "--id",
            "board",
            "--display-name",
            "Board",
            "--kind",
            "board",
            "--purpose",
            "Leads the society",
            "--seats",
            "1",
        )
        self.run(
            OFFICE,
            "seat",
            "founder",
            "board/1",
            ADA,
            "--office",
            "chair",
            "--from",
            "2028-03-01",
            "--until",
            "2029-12-31",
        )
        edgar = self.run(OFFICE, "person", "show", EDGAR).json["name"]
        self.run(OFFICE, "membership", "enrol", EDGAR, "registered")
        motion = self.run(
            ADA,
            "motion",
            "propose",
            "board",
            "--title",
            "Suspend a member",
            "--text",
            "He sold our list.",
            "--suspend",
            edgar,
            "--effective",
            "2028-03-01",
            "--reason",
            "Sold the mailing list",
        ).json["name"]
        for step in (["open", motion], ["vote", motion, "yes"], ["announce", motion]):
            self.run(ADA, "motion", *step)
        suspended = self.plenary.wait_until(
            OFFICE,
            ["membership", "list", EDGAR],
            lambda answer: [p["state"] for p in answer["periods"]] == ["STATE_SUSPENDED"],
            "the suspension",
        )
        expect_equal("the motion that the membership names", suspended["periods"][0]["motion"], motion)
        self.say("a motion of the board suspended a member, and the membership names it")

    # Duplicates, privacy, imports

    def duplicates(self):
        self.run(OFFICE, "company", "create", "Acme LLC")
        self.run(OFFICE, "person", "create", "Voorbeeld Ada", "ada.voorbeeld+old@acme.example", "--company", "Acme LLC")
        self.run(OFFICE, "duplicate", "find", "people")
        pair = self.run(OFFICE, "duplicate", "list").json["duplicates"]
        expect_equal("pairs proposed", len(pair), 1)
        twin = "ada.voorbeeld+old@acme.example"
        preview = self.run(OFFICE, "merge", "people", ADA, twin, "--dry-run").json
        expect_equal("votes before and after", (preview["votes_before"], preview["votes_after"]), (1, 1))
        merge = self.run(OFFICE, "merge", "people", ADA, twin, "--reason", "She says so").json["name"]
        self.run(OFFICE, "person", "show", twin, expect=REFUSED, reason="PERSON_NOT_FOUND")
        self.run(OFFICE, "merge", "undo", last_id(merge), "--reason", "Mother and daughter")
        self.run(OFFICE, "person", "show", twin)
        self.say("a pair was proposed, merged after a preview, and taken apart again")

    def privacy(self):
        self.run(PRIYA, "privacy", "phone", "me", "+1 212 555 0100")
        data = self.run(PRIYA, "privacy", "export", "me").json
        expect_equal("telephone in the export", data["telephone"], [{"phone": "+12125550100"}])
        priya = data["person"][0]["id"]
        self.run(PRIYA, "privacy", "erase", "me", "--confirm", "x@y.example", "--reason", "I leave", expect=REFUSED)
        self.run(PRIYA, "privacy", "erase", "me", "--confirm", PRIYA, "--reason", "I leave")
        expect_equal(
            "what is left", self.run(OFFICE, "person", "show", f"people/{priya}").json["full_name"], "Erased member"
        )
        self.say("a person read all that is held about them, and was erased to a tombstone")

    def exported(self):
        file = self.folder / "members.csv"
        self.run(OFFICE, "export", "members", "--out", str(file))
        return file.read_text(encoding="utf-8")

    def imports(self):
        before = self.exported()
        today = self.write(
            "now.csv", HEADER + "new.demo@old.example,New Demo,Old Company,professional,2027-05-01,2028-04-30,2,yes,\n"
        )
        past = self.write(
            "2025.csv",
            HEADER + "new.demo@old.example,Another Name,First Company,professional,2025-05-01,2026-04-30,1,,\n"
            "bad row,,,,,,,,\n",
        )
        self.run(OFFICE, "import", today, "--source", "the office's list")
        self.run(OFFICE, "import", past, "--source", "the list of 2025", "--year", "2025", expect=WRONG_USAGE)
        past = self.write(
            "2025.csv",
            HEADER + "new.demo@old.example,Another Name,First Company,professional,2025-05-01,2026-04-30,1,,\n",
        )
        self.run(OFFICE, "import", past, "--source", "the list of 2025", "--year", "2025", "--dry-run")
        self.run(OFFICE, "import", past, "--source", "the list of 2025", "--year", "2025")
        person = self.run(OFFICE, "person", "show", "new.demo@old.example").json
        expect_equal("what an older year leaves alone", person["full_name"], "New Demo")
        expect_equal("what it adds", len(person["memberships"]), 2)
        batches = self.run(OFFICE, "imports", "list").json["imports"]
        self.run(OFFICE, "imports", "explain", last_id(batches[0]["name"]))
        for batch in batches[:2]:
            self.run(OFFICE, "imports", "revert", last_id(batch["name"]))
        expect_equal("the register after both were taken back", self.exported(), before)
        self.say("an earlier year filled gaps alone, and both imports were taken back to the byte")

    # The office looks

    def the_office(self):
        self.clock("2029-06-01T09:00:00Z")
        self.run(None, "badge", "check", self.badge, expect=DIFFERENT)
        self.run(ADA, "why-cannot-vote")
        work = self.run(OFFICE, "office", "worklist").json
        if "NOT_IN_GOOD_STANDING" not in str(work):
            raise StoryError(f"nobody on the work list has lapsed: {work}")
        then = self.run(OFFICE, "office", "figures", "--as-of", "2026-06-01").json
        now = self.run(OFFICE, "office", "figures").json
        if then == now:
            raise StoryError("the figures of 2026 and of 2029 are the same")
        self.run(OFFICE, "revenue", "--from", "2024-01", "--until", "2028-12")
        secret = self.folder / "shop.secret"
        account = self.run(
            OFFICE,
            "service-account",
            "create",
            "Web shop",
            "--role",
            "staff",
            "--until",
            "2030-01-01",
            "--secret-file",
            str(secret),
        ).json
        session = self.folder / "shop.json"
        self.plenary.run_as(
            session, "login", "--service-account", last_id(account["name"]), "--secret-file", str(secret)
        )
        self.plenary.run_as(session, "invoice", "list")
        self.run(OFFICE, "service-account", "revoke", last_id(account["name"]))
        self.say("a lapse ended badge and vote; the figures of any date are still there")


STEPS = [
    ("29 February 2024", ["lay_down_categories", "ada_applies", "ada_signs_in_by_mail", "ada_is_verified"]),
    ("Dues, 2024 to 2028", ["dues"]),
    (
        "March 2028: people, learning, the list, the board",
        ["the_company", "the_team", "learning", "the_mailing_list", "the_board"],
    ),
    ("March 2028: the office tidies up", ["duplicates", "privacy", "imports"]),
    ("June 2029: the office looks back", ["the_office"]),
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
    options = parser.parse_args()
    if not options.stack.is_file():
        print(f"No stack is running: there is no {options.stack}. Start one: deploy/stack up", file=sys.stderr)
        return 1
    folder = options.stack.resolve().parent / "year"
    shutil.rmtree(folder, ignore_errors=True)
    year = Year(Plenary(options.plenary, options.stack, folder), folder)
    started = time.monotonic()
    step = "the start"
    try:
        if [c["name"] for c in year.run(None, "category", "list").json["categories"]] != ["categories/staff"]:
            raise StoryError("this stack has data. Start over: deploy/stack reset && deploy/stack up")
        for title, steps in STEPS:
            print(title, flush=True)
            for step in steps:
                getattr(year, step)()
    except StoryError as error:
        print(f"\nFAILED in {step}: {error}\n\nLogs: {options.stack.resolve().parent / 'logs'}", file=sys.stderr)
        return 1
    print(f"Every step held: {year.plenary.runs} runs of the command in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
