#!/usr/bin/env python3
"""The checker of rooms sees each breach it is made for: a tree that has it fails, one that has not passes."""

import importlib.util
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
_spec = importlib.util.spec_from_file_location("rooms", pathlib.Path(__file__).with_name("rooms.py"))
rooms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rooms)


class Rooms(unittest.TestCase):
    def breaches(self, file, text):
        return list(rooms.breaches_of(file, text))

    def test_a_clean_file_passes(self):
        self.assertEqual(self.breaches("services/ethics/code_service.cc", '#include "common/rpc/edge.h"\n'), [])
        self.assertEqual(self.breaches("services/cli/vote.cc", '#include "services/election/client/voter.h"\n'), [])
        verify = '#include "services/election/verify/bundle_verifier.h"\n'
        self.assertEqual(self.breaches("services/cli/commands_verify.cc", verify), [])
        self.assertTrue(self.breaches("services/membership/main.cc", verify))

    def test_one_service_may_not_include_another(self):
        self.assertTrue(self.breaches("services/ethics/a.cc", '#include "services/election/store/store.h"\n'))
        self.assertTrue(self.breaches("services/cli/a.cc", '#include "services/election/store/store.h"\n'))
        self.assertTrue(self.breaches("common/rpc/a.cc", '#include "services/ethics/errors.h"\n'))

    def test_only_tests_of_the_command_take_the_sample_election(self):
        for header in ("sample.h", "sample_bundle.h"):
            sample = f'#include "services/election/testing/{header}"\n'
            self.assertEqual(self.breaches("services/cli/recount_test.cc", sample), [])
            self.assertTrue(self.breaches("services/cli/recount.cc", sample))
            self.assertTrue(self.breaches("services/ethics/code_service_test.cc", sample))

    def test_the_driver_stays_in_common_db(self):
        self.assertTrue(self.breaches("services/ethics/store/store.cc", "#include <cppconn/driver.h>\n"))
        self.assertEqual(self.breaches("common/db/driver.cc", "#include <cppconn/driver.h>\n"), [])

    def test_sql_stays_in_the_store(self):
        line = 'constexpr char kQuery[] = "SELECT a FROM b WHERE c = ?";\n'
        self.assertTrue(self.breaches("services/ethics/code_service.cc", line))
        self.assertEqual(self.breaches("services/ethics/store/store.cc", line), [])
        self.assertEqual(self.breaches("services/ethics/testing_code.h", line), [])

    def test_rules_do_no_io(self):
        self.assertTrue(self.breaches("services/ethics/rules/a.cc", '#include "common/db/pool.h"\n'))

    def test_the_lying_methods_are_banned(self):
        self.assertTrue(self.breaches("common/db/connection.cc", "connection->commit();\n"))
        self.assertTrue(self.breaches("common/db/connection.cc", "c.setAutoCommit(true);\n"))

    def test_common_knows_no_word_of_the_association(self):
        self.assertTrue(self.breaches("common/rpc/edge.cc", '#include "plenary/election/v1/resources.pb.h"\n'))

    def test_open_ends_and_skipped_tests_are_seen(self):
        self.assertTrue(self.breaches("common/ids/id.cc", "// TO" "DO: later\n"))
        self.assertTrue(self.breaches("common/ids/id_test.cc", "GTEST_" "SKIP();\n"))

    def test_a_long_file_is_seen(self):
        self.assertTrue(self.breaches("common/ids/id.cc", "\n" * 601))


if __name__ == "__main__":
    unittest.main()
