# Unit tests lie beside what they test: one executable for each folder. What crosses folders is in
# tests/, an executable for each file.
find_package(GTest REQUIRED)
enable_testing()

function(linum_test target)
  linum_program(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE GTest::gtest_main nlohmann_json::nlohmann_json fmt::fmt)
  target_include_directories(${target} SYSTEM PRIVATE ${LINUM_XLA_INCLUDE_DIR})
  target_compile_definitions(${target} PRIVATE LINUM_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
  add_test(NAME ${target} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()

file(GLOB folders CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/linum linum/*)
foreach(folder IN LISTS folders)
  file(GLOB folder_tests CONFIGURE_DEPENDS linum/${folder}/*_test.cc)
  file(GLOB folder_helpers CONFIGURE_DEPENDS linum/${folder}/*_testlib.cc)
  if(folder_tests)
    linum_test(${folder}_test ${folder_tests} ${folder_helpers})
  endif()
endforeach()

file(GLOB cross_tests CONFIGURE_DEPENDS tests/*_test.cc)
file(GLOB cross_helpers CONFIGURE_DEPENDS tests/*_testlib.cc)
foreach(test IN LISTS cross_tests)
  get_filename_component(stem ${test} NAME_WE)
  linum_test(tests_${stem} ${test} ${cross_helpers})
endforeach()
