#!/usr/bin/env python3
"""A membership service that was started without --development offers no sign-in without proof: the same
program, on the same data, refuses the login that the development stack allows.

    without_development.py STACK_FOLDER PLENARY
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

DROPPED = ("--development", "--clock_file=", "--listen=", "--metrics_listen=", "--registrar_journal=")
OFFICE = "office@society.example"


def login(plenary, address, session):
    return subprocess.run(
        [plenary, "--json", "--session", session, "--membership", address, "login", "--as", OFFICE],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def main():
    stack, plenary = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pid = (stack / "run" / "membership.pid").read_text(encoding="ascii").strip()
    command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    development = next(flag for flag in command if flag.startswith("--listen=")).removeprefix("--listen=")
    flags = [flag for flag in command[1:] if not flag.startswith(DROPPED)]
    journal = next(flag for flag in command if flag.startswith("--registrar_journal=")).split("=", 1)[1]
    with tempfile.TemporaryDirectory() as folder:
        # A copy: the service has its own open, and one that knows of no credential would be refused.
        shutil.copy(journal, f"{folder}/journal")
        with subprocess.Popen(
            [command[0], *flags, "--listen=127.0.0.1:0", f"--registrar_journal={folder}/journal"],
            stderr=subprocess.PIPE,
            text=True,
        ) as service:
            try:
                address = next(
                    entry["address"] for entry in map(json.loads, service.stderr) if entry["message"] == "serving"
                )
                refused = login(plenary, address, f"{folder}/session.json")
            finally:
                service.terminate()
        allowed = login(plenary, development, f"{folder}/session.json")
    if refused.returncode != 1 or '"UNIMPLEMENTED"' not in refused.stderr or allowed.returncode != 0:
        print(f"without --development: {refused.returncode} {refused.stderr}", file=sys.stderr)
        print(f"with --development: {allowed.returncode} {allowed.stderr}", file=sys.stderr)
        return 1
    print("Sign-in without proof is there in development only.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
