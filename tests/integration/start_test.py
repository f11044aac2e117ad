#!/usr/bin/env python3
"""What a service says when it cannot or must not start: an exit code, a reason and a sentence.

    start_test.py BIN_FOLDER
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(sys.argv.pop())
SERVICES = ["membership", "committee", "ethics", "election", "ballot-box", "registrar"]


class Start(unittest.TestCase):
    def start(self, service, *flags):
        return subprocess.run(
            [BIN / f"plenary-{service}", *flags], capture_output=True, text=True, timeout=60, check=False
        )

    def expect_refusal(self, service, flags, reason):
        process = self.start(service, *flags)
        self.assertEqual(process.returncode, 1, process.stderr)
        self.assertIn(f'"reason":"{reason}"', process.stderr)
        sentence = process.stderr.strip().splitlines()[-1]
        self.assertTrue(sentence.startswith(f"plenary-{service}: ") and sentence.endswith("."), sentence)

    def test_plaintext_is_served_on_the_loopback_interface_only(self):
        for service in SERVICES:
            for address in ("0.0.0.0:7401", "[::]:7401", "192.0.2.1:7401", "example.org:7401"):
                self.expect_refusal(service, [f"--listen={address}"], "LISTEN_NOT_LOOPBACK")

    def test_metrics_are_served_on_the_loopback_interface_only(self):
        for service in SERVICES:
            self.expect_refusal(service, ["--metrics_listen=0.0.0.0:7411"], "LISTEN_NOT_LOOPBACK")

    def test_time_is_simulated_in_development_only(self):
        for service in SERVICES:
            self.expect_refusal(service, ["--clock_file=/nonexistent"], "CLOCK_NEEDS_DEVELOPMENT")

    def test_a_wrong_flag_is_named(self):
        for service in SERVICES:
            process = self.start(service, "--no_such_flag")
            self.assertEqual(process.returncode, 2)
            self.assertIn("no_such_flag", process.stderr)

    def test_help_names_every_flag_and_ends_well(self):
        for service in SERVICES:
            process = self.start(service, "--help")
            self.assertEqual(process.returncode, 0)
            self.assertIn("--listen", process.stdout)

    def test_without_keys_it_says_how_to_make_them(self):
        with tempfile.TemporaryDirectory() as folder:
            process = self.start("ethics", f"--key_dir={folder}")
            self.assertEqual(process.returncode, 1)
            self.assertIn("--make_key", process.stderr)

    def test_a_database_that_cannot_be_reached_ends_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.start("ethics", "--make_key", f"--key_dir={folder}").returncode, 0)
            self.expect_refusal(
                "ethics", [f"--key_dir={folder}", f"--db_socket={folder}/none.sock"], "DATABASE_UNAVAILABLE"
            )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
