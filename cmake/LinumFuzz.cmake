# Fuzz targets, one for each parser of bytes from outside. With LINUM_FUZZ (clang) they are libFuzzer
# programs; otherwise tests that run each parser over the files of its corpus.
file(GLOB fuzz_files CONFIGURE_DEPENDS fuzz/*.cc)
list(FILTER fuzz_files EXCLUDE REGEX "/(target|replay)\\.cc$")
if(LINUM_FUZZ)
  add_custom_target(fuzzers)
endif()
foreach(file IN LISTS fuzz_files)
  get_filename_component(format ${file} NAME_WE)
  if(LINUM_FUZZ)
    linum_program(fuzz_${format} ${file} fuzz/target.cc)
    target_link_options(fuzz_${format} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${format})
  else()
    linum_program(fuzz_${format} ${file} fuzz/target.cc fuzz/replay.cc)
    add_test(NAME fuzz_${format}
             COMMAND fuzz_${format} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${format})
  endif()
endforeach()
