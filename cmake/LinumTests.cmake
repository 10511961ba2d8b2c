# Unit tests lie beside what they test: one executable for each folder. What crosses folders is in
# tests/, an executable for each file.
find_package(GTest REQUIRED)
enable_testing()

# Tests wait for the compiler of their programs, not for their own code: unoptimized, they build a
# third faster.
set(LINUM_TEST_OPTIONS -O0 $<$<CXX_COMPILER_ID:GNU>:-ffold-simple-inlines>)

# Compiling programs that run once is most of the tests' time: these do without most of XLA's
# optimizations, in less than half of it. What compares whole models and the last bits of numbers,
# and the programs that users run, have them.
set(LINUM_OPTIMIZED_TESTS tests_curves tests_programs tests_parity_lax_elementwise
                          tests_parity_models tests_parity_nn_functions tests_parity_optim_contrib
                          tests_parity_training)
set(LINUM_QUICK_XLA --xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true
                    --xla_backend_extra_options=xla_cpu_disable_new_fusion_emitters)
list(JOIN LINUM_QUICK_XLA " " LINUM_QUICK_XLA)
function(linum_add_test name target)
  add_test(NAME ${name} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(environment ${ARGN})
  if(NOT target IN_LIST LINUM_OPTIMIZED_TESTS)
    list(APPEND environment "XLA_FLAGS=${LINUM_QUICK_XLA}")
  endif()
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${environment}")
endfunction()

# What all tests include, compiled once, with the first of them: a quarter of their time to build. A
# cache of compilations does better without.
function(linum_test_headers target)
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
  endif()
  get_property(first GLOBAL PROPERTY LINUM_FIRST_TEST)
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    target_precompile_headers(${target} PRIVATE <gtest/gtest.h> linum/core/tree.h)
    set_property(GLOBAL PROPERTY LINUM_FIRST_TEST ${target})
  endif()
endfunction()

function(linum_test target)
  linum_program(${target} ${ARGN})
  target_compile_options(${target} PRIVATE ${LINUM_TEST_OPTIONS})
  target_link_libraries(${target} PRIVATE GTest::gtest_main GTest::gmock nlohmann_json::nlohmann_json
                                          fmt::fmt)
  target_include_directories(${target} SYSTEM PRIVATE ${LINUM_XLA_INCLUDE_DIR})
  target_compile_definitions(${target} PRIVATE LINUM_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}"
                                               LINUM_TEST_PLUGINS="${CMAKE_BINARY_DIR}/testplugins")
  linum_test_headers(${target})
  # The laws of all operations and the compositions of all transforms take longest: in parts, that
  # run beside each other.
  if(target MATCHES "^(lax|transforms)_test$")
    foreach(part RANGE 3)
      linum_add_test(${target}_${part} ${target} GTEST_TOTAL_SHARDS=4 GTEST_SHARD_INDEX=${part})
    endforeach()
  else()
    linum_add_test(${target} ${target})
  endif()
endfunction()

file(GLOB folders CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/linum linum/*)
foreach(folder IN LISTS folders)
  # Shared libraries that tests load: LINUM_TEST_PLUGINS is their folder.
  file(GLOB folder_plugins CONFIGURE_DEPENDS linum/${folder}/*_testplugin.cc)
  foreach(plugin IN LISTS folder_plugins)
    get_filename_component(stem ${plugin} NAME_WE)
    add_library(${stem} MODULE ${plugin})
    linum_compile_options(${stem})
    target_include_directories(${stem} SYSTEM PRIVATE ${LINUM_XLA_INCLUDE_DIR})
    set_target_properties(${stem} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY
                                             ${CMAKE_BINARY_DIR}/testplugins)
  endforeach()
  file(GLOB folder_tests CONFIGURE_DEPENDS linum/${folder}/*_test.cc)
  file(GLOB folder_helpers CONFIGURE_DEPENDS linum/${folder}/*_testlib.cc)
  if(folder_tests)
    linum_test(${folder}_test ${folder_tests} ${folder_helpers})
    foreach(plugin IN LISTS folder_plugins)
      get_filename_component(stem ${plugin} NAME_WE)
      add_dependencies(${folder}_test ${stem})
    endforeach()
  endif()
endforeach()

# What the parity tests proved, joined with the public names of jax, flax and optax: docs/coverage.md
# must not claim more. `make coverage` writes it: the tests labelled parity, then coverage.
set(LINUM_COVERAGE_DIR ${CMAKE_BINARY_DIR}/coverage)
linum_program(coverage tests/coverage.cc)
target_link_libraries(coverage PRIVATE fmt::fmt)
target_compile_definitions(coverage PRIVATE LINUM_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
add_test(NAME coverage COMMAND coverage ${LINUM_COVERAGE_DIR} --check)
set_tests_properties(coverage PROPERTIES FIXTURES_REQUIRED parity)

file(GLOB parity_harness CONFIGURE_DEPENDS tests/parity_*testlib.cc)
add_library(parity_harness OBJECT ${parity_harness})
linum_compile_options(parity_harness)
target_compile_options(parity_harness PRIVATE ${LINUM_TEST_OPTIONS})
target_link_libraries(parity_harness PRIVATE linum::linum GTest::gtest nlohmann_json::nlohmann_json
                                             fmt::fmt)
target_compile_definitions(parity_harness PRIVATE LINUM_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")

# tests/parity_<area>_test.cc, with tests/parity/<area>/*.cc, runs the cases of one fixture.
function(linum_parity_test area)
  file(GLOB bindings CONFIGURE_DEPENDS tests/parity/${area}/*.cc)
  linum_test(tests_parity_${area} tests/parity_main.cc tests/parity_${area}_test.cc ${bindings}
             $<TARGET_OBJECTS:parity_harness>)
  target_compile_definitions(tests_parity_${area} PRIVATE LINUM_PARITY_AREA="${area}")
  set_tests_properties(tests_parity_${area} PROPERTIES
                       FIXTURES_SETUP parity LABELS parity)
  set_property(TEST tests_parity_${area}
               APPEND PROPERTY ENVIRONMENT LINUM_COVERAGE_DIR=${LINUM_COVERAGE_DIR})
endfunction()

file(GLOB cross_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/tests tests/*_test.cc)
file(GLOB cross_helpers CONFIGURE_DEPENDS tests/*_testlib.cc)
list(FILTER cross_helpers EXCLUDE REGEX "/parity_")
if(NOT (LINUM_BUILD_EXAMPLES AND LINUM_BUILD_BENCH))
  list(FILTER cross_tests EXCLUDE REGEX "^programs_")
endif()
list(APPEND cross_helpers $<TARGET_OBJECTS:parity_harness>)
foreach(test IN LISTS cross_tests)
  string(REGEX REPLACE "_test\\.cc$" "" stem ${test})
  if(stem MATCHES "^parity_(.+)$")
    linum_parity_test(${CMAKE_MATCH_1})
  else()
    linum_test(tests_${stem} tests/${test} ${cross_helpers})
  endif()
endforeach()
if(TARGET tests_programs)
  target_compile_definitions(tests_programs PRIVATE LINUM_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  add_dependencies(tests_programs simple_net fashion_mnist startup)
endif()
foreach(test tests_curves tests_parity_models)
  if(TARGET ${test})
    target_link_libraries(${test} PRIVATE linum_workloads)
  endif()
endforeach()

# A project of someone else, against an installed tree.
set(consumer ${CMAKE_CURRENT_SOURCE_DIR}/tests/consumer)
add_test(NAME consumer
         COMMAND ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR} -D WORK=${CMAKE_BINARY_DIR}/consumer
                 -D SOURCE=${consumer} -D CXX=${CMAKE_CXX_COMPILER} -D FLAGS=${CMAKE_CXX_FLAGS}
                 -P ${consumer}/check.cmake)

# The program in the README, so that it stays true.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS README.md)
file(READ README.md readme)
string(REGEX MATCH "```cpp\n([^`]*)```" ignored "${readme}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/readme_example.cc CONTENT "${CMAKE_MATCH_1}" @ONLY)
linum_program(readme_example ${CMAKE_BINARY_DIR}/readme_example.cc)
add_test(NAME readme_example COMMAND readme_example)
set_tests_properties(readme_example PROPERTIES PASS_REGULAR_EXPRESSION "step 100  loss [0-9.]+e-0[3-9]")
