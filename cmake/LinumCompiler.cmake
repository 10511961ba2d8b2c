# How every target of the project is compiled, and where programs go.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Linkers that take less than half of the usual one's time, where they are installed.
include(CheckLinkerFlag)
foreach(linker mold gold)
  check_linker_flag(CXX -fuse-ld=${linker} LINUM_HAS_${linker})
  if(LINUM_HAS_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()

# Sources are compiled in groups of about nine of one folder, so what anonymous namespaces name is
# named once in a folder (scripts/lint.sh checks it).
set(CMAKE_UNITY_BUILD ${LINUM_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 9)
function(linum_group_by_folder target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH folder ${CMAKE_CURRENT_SOURCE_DIR} ${source})
    get_filename_component(folder ${folder} DIRECTORY)
    string(MAKE_C_IDENTIFIER ${folder} folder)
    list(APPEND folders ${folder})
    list(APPEND sources_${folder} ${source})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    list(LENGTH sources_${folder} count)
    math(EXPR groups "(${count} - 1) / ${CMAKE_UNITY_BUILD_BATCH_SIZE} + 1")
    set(index 0)
    foreach(source IN LISTS sources_${folder})
      math(EXPR group "${index} * ${groups} / ${count}")
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${group})
      math(EXPR index "${index} + 1")
    endforeach()
  endforeach()
endfunction()

function(linum_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-missing-field-initializers
                                           $<$<BOOL:${LINUM_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms of g++ 12 on std::variant, std::shared_ptr and initializer lists of handles.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-array-bounds
                                             -Wno-stringop-overflow)
  endif()
endfunction()

# An executable of the project in build/bin.
function(linum_program target)
  add_executable(${target} ${ARGN})
  linum_compile_options(${target})
  target_link_libraries(${target} PRIVATE linum::linum)
endfunction()

# Programs allocate with tcmalloc where it is installed: the aligned arrays of XLA's CPU runtime take
# glibc's slow path, a fifth of the time of a small jitted call. A library leaves that to its host.
find_library(LINUM_TCMALLOC NAMES tcmalloc_minimal libtcmalloc_minimal.so.4)
function(linum_fast_allocator target)
  if(LINUM_TCMALLOC AND NOT "${CMAKE_CXX_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${target} PRIVATE LINKER:--push-state,--no-as-needed ${LINUM_TCMALLOC}
                                          LINKER:--pop-state)
  endif()
endfunction()
