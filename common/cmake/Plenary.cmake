# The build's vocabulary: where the libraries come from, and the four kinds of target.
#
#   plenary_library(NAME SRCS ... DEPS ...)         a static library of one room
#   plenary_binary(NAME SRCS ... DEPS ...)          a program in build/bin
#   plenary_test(NAME SRCS ... DEPS ... [MARIADB] [ARGS ...])  a GoogleTest program and its ctest
#   plenary_proto_library(...)                      in protos/CMakeLists.txt
#
# MARIADB marks a test that uses the private server started once for the whole test run.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(GFSHARE REQUIRED IMPORTED_TARGET libgfshare)
find_library(GRPC_REFLECTION_LIBRARY grpc++_reflection REQUIRED)
find_library(MYSQLCPPCONN_LIBRARY mysqlcppconn REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# What every target of ours is compiled with. Sanitizers apply to generated code too.
add_library(plenary_options INTERFACE)
target_include_directories(plenary_options INTERFACE ${CMAKE_SOURCE_DIR})
if(PLENARY_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

add_library(plenary_warnings INTERFACE)
target_compile_options(plenary_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers
  -Wno-unused-parameter $<$<BOOL:${PLENARY_WERROR}>:-Werror>)
# GCC 12 reports false positives of these two inside libstdc++ when optimising.
target_compile_options(plenary_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>)

# Headers that nearly every file of a service, and of its tests, reads: parsed once for all of them, which takes a
# third off the build. A file includes what it uses all the same; the linter reads it without these.
function(plenary_precompiled name)
  cmake_parse_arguments(ARG "" "" "DEPS;HEADERS" ${ARGN})
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cc CONTENT "// Gives ${name} something to compile.\n")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PUBLIC plenary_options ${ARG_DEPS} PRIVATE plenary_warnings)
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()
set(SERVICE_HEADERS <map> <optional> <string> <vector> <fmt/format.h> <google/protobuf/message.h> <grpcpp/grpcpp.h>
  <absl/status/statusor.h> <absl/time/civil_time.h>)
set(SERVICE_ROOMS "^plenary_(rpc|membership|election|committee|ethics)$")
set(SERVICE_TEST_ROOMS "^plenary_(testing_loopback|(membership|election|committee|ethics)_testing)$")

# Whether one of the dependencies is a room that everything of a service stands on.
function(plenary_depends_on result rooms)
  set(${result} NO PARENT_SCOPE)
  foreach(dependency ${ARGN})
    if(dependency MATCHES "${rooms}")
      set(${result} YES PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

function(plenary_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  target_link_libraries(${name} PUBLIC plenary_options ${ARG_DEPS} PRIVATE plenary_warnings)
  plenary_depends_on(of_service "${SERVICE_ROOMS}" ${ARG_DEPS})
  if(of_service)
    target_precompile_headers(${name} REUSE_FROM plenary_service_headers)
  endif()
endfunction()

function(plenary_binary name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE plenary_options plenary_warnings ${ARG_DEPS})
endfunction()

function(plenary_test name)
  cmake_parse_arguments(ARG "MARIADB" "" "SRCS;DEPS;ARGS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE plenary_options plenary_warnings ${ARG_DEPS} GTest::gtest GTest::gmock plenary_testing_main)
  plenary_depends_on(of_service "${SERVICE_TEST_ROOMS}" ${ARG_DEPS})
  if(of_service)
    target_precompile_headers(${name} REUSE_FROM plenary_test_headers)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300
    ENVIRONMENT "PLENARY_SOURCE_DIR=${CMAKE_SOURCE_DIR};PLENARY_BUILD_DIR=${CMAKE_BINARY_DIR}")
  if(ARG_MARIADB)
    set_property(TEST ${name} PROPERTY FIXTURES_REQUIRED mariadb)
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "PLENARY_TEST_MARIADB=${CMAKE_BINARY_DIR}/test-mariadb")
  endif()
endfunction()
