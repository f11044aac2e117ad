#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

// A test program that ran no test fails: a filter that matches nothing, or tests that were not
// linked in, must not look like success.
int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  const int result = RUN_ALL_TESTS();
  const auto& unit_test = *::testing::UnitTest::GetInstance();
  if (!::testing::GTEST_FLAG(list_tests) && unit_test.test_to_run_count() == 0) {
    std::fputs("no test was run\n", stderr);
    return 1;
  }
  return result;
}
