#!/usr/bin/env python3
"""Holds the rooms of the source tree apart: which folder may include which, where SQL and the database
driver may stand, what may stand at the top, how long a file may be. Prints a line a breach; exit code 1
when there is one.

    rooms.py [--root FOLDER]
"""

import argparse
import pathlib
import re
import sys

TOP_LEVEL = {
    "CMakeLists.txt",
    "protos",
    "services",
    "common",
    "deploy",
    "tests",
    "README.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "CMakePresets.json",
    "buf.yaml",
    "package.json",
    "package-lock.json",
}
IGNORED_AT_TOP = {"build", "build-release", "build-asan", "build-fuzz", "var", "node_modules"}
LONGEST_FILE = 600
SERVICES = ("membership", "election", "committee", "ethics", "gateway", "cli")

INCLUDE = re.compile(r'^\s*#include\s+["<]([^">]+)[">]', re.MULTILINE)
SQL = re.compile(
    r'"\s*(?:SELECT\s.+\sFROM|INSERT\s+(?:IGNORE\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\s', re.IGNORECASE
)
# The connector's own transaction methods return normally on a dead server.
LYING_CALL = re.compile(r"(?:->|\.)(?:commit|rollback|setAutoCommit)\(")
OPEN_END = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
SKIPPED_TEST = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_")
# The fault test shows on the real thing that these methods lie.
MAY_CALL_THE_LIARS = {"common/db/commit_fault_test.cc"}


def sources(root):
    for room in ("common", "services", "tests"):
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".cc", ".h"):
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def may_include(file, header):
    """Whether a source file may include a header of ours."""
    if header.startswith("common/"):
        return True
    if not header.startswith(("services/", "tests/")):
        return True
    if file.startswith("common/"):
        return False
    if header.startswith("tests/"):
        return file.startswith("tests/")
    owner = header.split("/")[1]
    if file.startswith("tests/"):
        return True
    if file.split("/")[1] == owner:
        return True
    # The voter's client library and the verifier are made for others; their layouts and counts are part of them, and
    # the samples that all are tested with.
    may = ["services/election/client/", "services/election/rules/", "services/election/verify/"]
    if file.endswith("_test.cc"):
        may += ["services/election/testing/sample.h", "services/election/testing/sample_bundle.h"]
    return file.startswith("services/cli/") and header.startswith(tuple(may))


def breaches_of(file, text):
    is_test = file.endswith("_test.cc") or file.startswith(("tests/", "common/testing/")) or "/testing_" in file
    for header in INCLUDE.findall(text):
        if not may_include(file, header):
            yield f"includes {header}, which is not its room's to include"
        if (header.startswith(("cppconn/", "mysql_", "mysql/")) or header == "mariadb/mysql.h") and not file.startswith(
            "common/db/"
        ):
            yield f"includes the database driver ({header}); only common/db may"
        if (
            "/rules/" in file
            and not is_test
            and header.startswith(("common/db/", "common/rpc/", "common/outbox/", "grpcpp/"))
        ):
            yield f"is a rule and includes {header}; rules do no I/O"
        if header.startswith("spdlog/") and not file.startswith("common/log/"):
            yield f"includes {header}; write through common/log/log.h"
    if SQL.search(text) and not (
        is_test
        or "/store/" in file
        or file.startswith(("common/db/", "common/outbox/", "common/audit/", "common/idempotency/"))
    ):
        yield "holds SQL; it belongs in the service's store"
    if LYING_CALL.search(text) and file not in MAY_CALL_THE_LIARS:
        yield "calls commit(), rollback() or setAutoCommit(), which return normally on a dead server; execute COMMIT as SQL"
    if (
        file.startswith("common/")
        and not is_test
        and re.search(r'"plenary/(?:membership|election|committee|ethics)/', text)
    ):
        yield "knows the association's contracts; common/ knows no word of it"
    if OPEN_END.search(text):
        yield "leaves something open in a comment"
    if SKIPPED_TEST.search(text):
        yield "skips a test"
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield f"has {lines} lines; split it (at most {LONGEST_FILE})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    root = parser.parse_args().root

    found = [f"{file}: {breach}" for file, text in sources(root) for breach in breaches_of(file, text)]
    for entry in sorted(root.iterdir()):
        if not entry.name.startswith(".") and entry.name not in TOP_LEVEL | IGNORED_AT_TOP:
            found.append(f"{entry.name}: does not belong at the top of the tree")
    for service in SERVICES:
        if not (root / "services" / service / "README.md").is_file():
            found.append(f"services/{service}: has no README.md")
    for line in found:
        print(line)
    if not found:
        print(f"rooms are apart: {sum(1 for _ in sources(root))} source files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
