"""What makes a vote provable, as the people in it do it: trustees make keys, the auditor copies the roll, the log is
closed, the trustees release, and anybody verifies the bundle. For the election and the poll alike."""

from command import DIFFERENT, REFUSED, expect_equal
from society import OFFICE

AUDITOR = "auditor@society.example"


class ProvableVote:
    def __init__(self, story, election, officer, trustees):
        self.story, self.run, self.plenary = story, story.run, story.plenary
        self.election, self.officer, self.trustees = election, officer, trustees
        self.final_root = None  # of the closed log, as the trustees were told it

    def as_auditor(self, *arguments, **expectations):
        """The auditor signs in at the auditor's registrar alone; a session of before another time has ended."""
        session = self.plenary.session_of(AUDITOR)
        if self.plenary.signed_in.get(AUDITOR) != self.plenary.period:
            self.plenary.run_as(session, "auditor", "login", "--email", AUDITOR, "--code-from-mail")
            self.plenary.signed_in[AUDITOR] = self.plenary.period
        return self.plenary.run_as(session, *arguments, **expectations)

    def make_keys(self):
        """Every trustee makes keys, then deals, then opens what was dealt."""
        self.run(self.officer, "trustee", "keygen", self.election, expect=3)
        for command in ("keygen", "keygen", "accept"):
            for trustee in self.trustees:
                self.run(trustee, "trustee", command, self.election)
        listed = self.run(None, "trustee", "list", self.election).json["trustees"]
        expect_equal("trustees that accepted", [t["accepted"] for t in listed], [True] * len(self.trustees))
        expect_equal("shares of each", [len(t["share_sha256"]) for t in listed], [len(listed)] * len(listed))
        self.story.say(
            f"{len(listed)} trustees hold a key each, split among all of them; nobody can count before they release"
        )

    def copy_roll(self):
        """The office hands the roll to the auditor, who takes it over into a registrar of their own."""
        path = self.plenary.folder / f"{self.election.rsplit('/', 1)[1]}.roll"
        self.run(OFFICE, "roll", "export", self.election, "--out", str(path))
        copy = self.as_auditor("auditor", "roll", "freeze", str(path)).json
        roll = self.run(None, "roll", "show", self.election).json
        expect_equal("hash of the auditor's copy of the roll", copy["sha256"], roll["sha256"])
        self.story.say(f"the auditor took over the roll, {copy['count']} lines, and will ask everybody for a code of its own")

    def compare_manifest(self):
        """Every trustee finds the published manifest at both registrars, which take it over a moment later, and at
        the box; no other is released for."""
        first = self.trustees[0]
        self.plenary.wait_until(
            first, ["trustee", "accept", self.election], bool, "the manifest at both registrars", expect=None
        )
        for trustee in self.trustees[1:]:
            self.run(trustee, "trustee", "accept", self.election)
        self.story.say("the trustees found the same manifest at both registrars and the ballot box")

    def close(self, absent):
        """The log is closed; all trustees but one release, and the others make up for the absent one."""
        first, *others = [t for t in self.trustees if t != absent]
        self.run(first, "trustee", "release", self.election, expect=REFUSED)
        self.run(self.officer, "election", "count", self.election, expect=REFUSED, reason="ELECTION_NOT_CLOSED")
        self.run(self.officer, "election", "close", self.election)
        self.run(self.officer, "election", "close", self.election)
        early = str(self.bundle())
        self.run(None, "bundle", "export", self.election, "--out", early, expect=REFUSED, reason="RESULT_NOT_FOUND")
        roots = {self.run(trustee, "trustee", "release", self.election).json["final_root"] for trustee in [first, *others]}
        (self.final_root,) = roots
        self.run(self.officer, "election", "count", self.election, expect=REFUSED, reason="TALLY_SECRETS_MISSING")
        for trustee in [first, *others]:
            self.run(trustee, "trustee", "release", self.election, "--for", self.story.people[absent])
        listed = self.run(None, "trustee", "list", self.election).json["trustees"]
        expect_equal("secrets released", [t["released"] for t in listed], [True] * len(listed))
        self.story.say(
            f"log closed for ever; {len(self.trustees) - 1} trustees released their secrets, and their shares gave that "
            "of the third, who was away"
        )

    def bundle(self):
        return self.plenary.folder / f"{self.election.rsplit('/', 1)[1]}.bundle"

    def verify(self):
        """A stranger fetches the bundle and needs nothing else; a byte changed anywhere is found."""
        bundle = self.bundle()
        self.run(None, "bundle", "export", self.election, "--out", str(bundle))
        told = self.run(None, "verify", str(bundle)).json
        expect_equal("verdict", (told["verdict"], told["reason"]), ("HOLDS", ""))
        for name, reason in (("result", "RESULT"), ("roll", "ROLL"), ("tally-secrets", "SECRET")):
            path = bundle / name
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            answer = self.run(None, "verify", str(bundle), expect=DIFFERENT)
            expect_equal(f"reason when a byte of {name} is changed", answer.json["reason"], reason)
            path.write_bytes(whole)
        self.run(None, "verify", str(bundle), "--root", self.final_root)
        self.run(None, "verify", str(bundle), "--root", self.final_root[::-1], expect=DIFFERENT)
        return bundle, told

    def expect_keys_destroyed(self):
        """After certification both registrars destroy their keys."""
        self.plenary.wait_until(
            None,
            ["turnout", self.election],
            lambda turnout: all(r["keys_destroyed_at"] for r in turnout["registrars"]),
            "the destruction of the registrars' keys",
        )
        self.story.say("both registrars destroyed their keys of this election")
