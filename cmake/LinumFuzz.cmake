# Fuzz targets, one for each parser of bytes from outside. With LINUM_FUZZ (clang) they are libFuzzer
# programs; otherwise tests that run each parser over the files of its corpus.
file(GLOB fuzz_files CONFIGURE_DEPENDS fuzz/*.cc)
list(FILTER fuzz_files EXCLUDE REGEX "/(target|replay)\\.cc$")
if(LINUM_FUZZ)
  add_library(fuzz_target OBJECT fuzz/target.cc)
  add_custom_target(fuzzers)
else()
  add_library(fuzz_target OBJECT fuzz/target.cc fuzz/replay.cc)
endif()
linum_compile_options(fuzz_target)
target_link_libraries(fuzz_target PRIVATE linum::linum)

foreach(file IN LISTS fuzz_files)
  get_filename_component(format ${file} NAME_WE)
  linum_program(fuzz_${format} ${file} $<TARGET_OBJECTS:fuzz_target>)
  if(LINUM_FUZZ)
    target_link_options(fuzz_${format} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${format})
  else()
    add_test(NAME fuzz_${format}
             COMMAND fuzz_${format} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${format})
  endif()
endforeach()
