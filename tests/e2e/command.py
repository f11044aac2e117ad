"""Runs the plenary command as people would, each with a session of their own, and reads what it says."""

import json
import pathlib
import subprocess
import time

DONE, REFUSED, WRONG_USAGE, NOT_ALLOWED, UNAVAILABLE, DIFFERENT = range(6)

# Effects on other services arrive within a moment; a step that still waits after this has failed.
EFFECT_SECONDS = 20


class StoryError(Exception):
    """A step did not hold."""


class Answer:
    """What one run of the command said."""

    def __init__(self, arguments, process):
        self.arguments = arguments
        self.code = process.returncode
        self.text = process.stdout
        self.error_text = process.stderr

    @property
    def json(self):
        return json.loads(self.text) if self.text.strip() else None

    @property
    def reason(self):
        try:
            return json.loads(self.error_text)["error"]["reason"]
        except (ValueError, KeyError, TypeError):
            return ""

    def describe(self):
        return f"plenary {' '.join(map(str, self.arguments))}\n  exit code {self.code}\n  {self.error_text.strip() or self.text.strip()}"


class Plenary:
    """The command, the stack it talks to, and the people who use it."""

    def __init__(self, binary, stack_env, folder):
        self.binary = pathlib.Path(binary).resolve()
        self.stack_env = pathlib.Path(stack_env).resolve()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.signed_in = {}  # address -> the period in which they signed in
        self.period = None
        self.runs = 0

    def _run(self, arguments, session):
        self.runs += 1
        process = subprocess.run(
            [self.binary, "--json", "--session", session, *arguments],
            env={"PLENARY_STACK": str(self.stack_env), "PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(arguments, process)

    def set_clock(self, instant):
        """Everybody's clock; sessions of before have ended."""
        self.period = instant
        answer = self._run(["clock", "set", instant], self.folder / "nobody.json")
        if answer.code != DONE:
            raise StoryError(answer.describe())

    def session_of(self, email):
        return self.folder / f"{email.lower()}.session.json"

    def run(self, email, *arguments, expect=DONE, reason=None):
        """Runs the command as somebody, who signs in first when needed; None runs it as nobody.

        `reason` is the reason that a refusal must give. Returns the Answer."""
        if email is None:
            answer = self._run(list(arguments), self.folder / "nobody.json")
        else:
            session = self.session_of(email)
            if self.signed_in.get(email) != self.period:
                login = self._run(["login", "--as", email], session)
                if login.code != DONE:
                    raise StoryError(login.describe())
                self.signed_in[email] = self.period
            answer = self._run(list(arguments), session)
        self.check(answer, expect, reason)
        return answer

    def run_as(self, session, *arguments, expect=DONE, reason=None):
        """Runs the command with a session file of its own, without signing anybody in."""
        answer = self._run(list(arguments), session)
        self.check(answer, expect, reason)
        return answer

    @staticmethod
    def check(answer, expect, reason):
        """`expect` None takes any exit code."""
        if (expect is not None and answer.code != expect) or (reason is not None and answer.reason != reason):
            wanted = f"exit code {expect}" + (f" with {reason}" if reason else "")
            raise StoryError(f"expected {wanted}, got:\n{answer.describe()}")

    def wait_until(self, email, arguments, holds, what, expect=DONE):
        """Asks again until `holds(json)`; fails when it does not within EFFECT_SECONDS. With `expect` None a command
        that fails, whose json is None, is asked again too."""
        until = time.monotonic() + EFFECT_SECONDS
        while True:
            answer = self.run(email, *arguments, expect=expect)
            if holds(answer.json):
                return answer.json
            if time.monotonic() > until:
                raise StoryError(f"{what} did not happen within {EFFECT_SECONDS} s:\n{answer.describe()}")
            time.sleep(0.05)


def expect_equal(what, actual, expected):
    """Fails with the first difference."""
    if actual == expected:
        return
    if isinstance(actual, (list, dict)) and isinstance(expected, type(actual)):
        rows = (
            zip(actual, expected)
            if isinstance(actual, list)
            else ((f"{k}: {actual.get(k)}", f"{k}: {expected.get(k)}") for k in sorted({*actual, *expected}))
        )
        for got, wanted in rows:
            if got != wanted:
                raise StoryError(f"{what}: got {got!r}, expected {wanted!r}")
        raise StoryError(f"{what}: got {len(actual)} entries, expected {len(expected)}")
    raise StoryError(f"{what}: got {actual!r}, expected {expected!r}")
