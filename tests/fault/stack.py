"""A stack of its own that is killed, set back and broken: what chaos.py and controls.py share."""

import hashlib
import json
import mmap
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from command import StoryError  # noqa: E402

SERVICES = ["membership", "registrar", "ballot-box", "election", "committee", "ethics"]
SERVERS = ["main-db", "auditor-db", "box-db"]
SERVER_OF = {"membership": "main-db", "registrar": "auditor-db", "ballot-box": "box-db"}
# As in steps.h.
STEPS = ["compare", "registrar 1", "registrar 2", "recover", "finish", "cast", "inclusion"]
# How long a process may take to end, and between two looks.
END_SECONDS, LOOK_SECONDS = 10, 0.05


class Stack:
    """`folder` is made by the first up(). `batch_seconds` is how often the log grows; None as the box has it."""

    def __init__(self, folder, build, batch_seconds=None):
        self.folder, self.build = folder, build
        self.programs = folder.parent / f"{folder.name}-bin"
        self.environment = {
            **os.environ,
            "PLENARY_STACK_DIR": str(folder),
            "PLENARY_BIN_DIR": str(self.programs),
        }
        self.programs.mkdir(exist_ok=True)
        self.put_all()
        if batch_seconds is not None:
            self.put("ballot-box", flags=[f"--batch_seconds={batch_seconds}"])

    def put_all(self):
        """From the next start on, every service is the real one."""
        for name in SERVICES:
            script = self.programs / f"plenary-{name}"
            script.unlink(missing_ok=True)
            script.symlink_to(self.build / "bin" / f"plenary-{name}")

    def put(self, name, program=None, flags=()):
        """From the next start on, this program serves, with these flags; keys and schema are the real one's to make."""
        real = self.build / "bin" / f"plenary-{name}"
        words = " ".join(f"'{word}'" for word in flags)
        script = self.programs / f"plenary-{name}"
        script.unlink()
        making = f"case $1 in --make_key | --migrate) exec '{real}' \"$@\" ;; esac"
        script.write_text(f"#!/bin/sh\n{making}\nexec '{program or real}' \"$@\" {words}\n", encoding="utf-8")
        script.chmod(0o755)

    def act(self, *arguments, check=True):
        done = subprocess.run(
            [ROOT / "deploy" / "stack", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            raise StoryError(f"deploy/stack {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def up(self):
        """A second time when the first one fails: on a busy machine a process may look dead before it is there."""
        if self.act("up", check=False).returncode != 0:
            self.act("up")

    def down(self):
        return self.act("down")

    def address(self, part):
        lines = (self.folder / "stack.env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)[f"PLENARY_{part}"]

    def pid(self, name):
        path = self.folder / name / "mariadbd.pid" if name.endswith("-db") else self.folder / "run" / f"{name}.pid"
        return int(path.read_text(encoding="utf-8"))

    def kill(self, *names):
        """At once, as a power cut would."""
        pids = [self.pid(name) for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + END_SECONDS
        while any(self._runs(pid) for pid in pids):
            if time.monotonic() > until:
                raise StoryError(f"{names} did not end within {END_SECONDS} s")
            time.sleep(LOOK_SECONDS)

    @staticmethod
    def _runs(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def sql(self, server, statement):
        socket = subprocess.run(
            [ROOT / "deploy" / "mariadb", "socket", self.folder / server], capture_output=True, text=True, check=True
        ).stdout.strip()
        done = subprocess.run(
            ["mariadb", "--no-defaults", "--protocol=socket", f"--socket={socket}", "--user=root", "--batch",
             "--skip-column-names", "--execute", statement],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise StoryError(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    # What is a database server's, and what stands outside of it.

    def copy_of(self, server):
        return self.folder.parent / f"{self.folder.name}-{server}-of-yesterday"

    def keep_databases(self):
        """Copies the folders of the database servers, which are stopped for it."""
        self.down()
        for server in SERVERS:
            shutil.rmtree(self.copy_of(server), ignore_errors=True)
            shutil.copytree(self.folder / server / "data", self.copy_of(server))
        self.up()

    def set_back(self, server):
        """Puts the copy in the place of today's folder, which is kept; the stack is stopped."""
        data = self.folder / server / "data"
        data.rename(data.with_name("today"))
        shutil.copytree(self.copy_of(server), data)

    def set_forward(self, server):
        data = self.folder / server / "data"
        shutil.rmtree(data)
        data.with_name("today").rename(data)

    def refusal_of(self, name):
        """Starts the stack; the reason for which this service, which must not serve, says that it does not."""
        path = self.folder / "logs" / f"{name}.log"
        before = path.stat().st_size
        if self.act("up", check=False).returncode == 0:
            raise StoryError(f"{name} serves, although it must not")
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            with open(path, encoding="utf-8") as lines:
                lines.seek(before)
                for line in lines:
                    if line.endswith("\n") and line.startswith("{") and '"stopped by an error"' in line:
                        return json.loads(line)["reason"]
            time.sleep(LOOK_SECONDS)
        raise StoryError(f"{name} does not serve, and does not say why")

    def expect_refusal(self, name, reason):
        """Starts the stack, in which this service must refuse to serve for this reason, and stops it."""
        try:
            told = self.refusal_of(name)
        finally:
            self.down()
        if told != reason:
            raise StoryError(f"{name} refused to serve for {told}, not {reason}")

    def journal(self, name):
        return self.folder / ("auditor-journal" if name == "registrar" else "registrar-journal")

    def mark(self, election):
        return self.folder / "box-log" / "marks" / election.rsplit("/", 1)[1]

    def forge_mark(self, election, count):
        """Writes the box's count of receipts as box_marks.cc would."""
        digits = f"{count:020}"
        total = hashlib.sha256(f"plenary-box-mark-v1{election.rsplit('/', 1)[1]}{digits}".encode()).hexdigest()
        place = f"{digits} {total}".ljust(511) + "\n"
        self.mark(election).write_text(2 * place, encoding="ascii")


class StepBoard:
    """How many voters are at which step at this moment: the file that plenary_fault_voters maps (steps.h)."""

    def __init__(self, path):
        self.path, self.map = path, None

    def read(self):
        """{step: voters}; empty before the first voter."""
        if self.map is None:
            try:
                with open(self.path, "rb") as file:
                    self.map = mmap.mmap(file.fileno(), 4 * len(STEPS), prot=mmap.PROT_READ)
            except (FileNotFoundError, ValueError):
                return {}
        return {step: count for step, count in zip(STEPS, struct.unpack(f"={len(STEPS)}I", self.map[:])) if count}
