# Well-kept libraries for what is not the mission. Names are Debian's where they have to be installed.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
# LAPACK by its C interface, as -llapacke: Debian's alternatives choose whose (reference, OpenBLAS).
find_path(LINUM_LAPACKE_HEADER lapacke.h REQUIRED)
find_library(LINUM_LAPACKE lapacke REQUIRED)
set(LINUM_PRIVATE_LIBRARIES ZLIB::ZLIB PNG::PNG $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>
    fmt::fmt spdlog::spdlog lapacke)

# The headers of PJRT and of the XLA FFI come from a pinned PyPI archive (scripts/fetch.sh).
if(DEFINED ENV{LINUM_CACHE})
  set(linum_cache $ENV{LINUM_CACHE})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(linum_cache $ENV{XDG_CACHE_HOME}/linum)
else()
  set(linum_cache $ENV{HOME}/.cache/linum)
endif()
set(LINUM_XLA_INCLUDE_DIR ${linum_cache}/include/pypjrt-0.1.1 CACHE PATH "Folder with xla/pjrt/c")
if(NOT EXISTS ${LINUM_XLA_INCLUDE_DIR}/xla/pjrt/c/pjrt_c_api.h)
  message(STATUS "Fetching the PJRT headers and the CPU plugin")
  execute_process(COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/scripts/fetch.sh headers plugin
                  COMMAND_ERROR_IS_FATAL ANY)
endif()

# Programs of the build tree find the plugin beside them, whatever LINUM_CACHE is when they run.
file(GLOB linum_plugins ${linum_cache}/plugins/*/*pjrt*.so)
foreach(plugin IN LISTS linum_plugins)
  get_filename_component(plugin_file ${plugin} NAME)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/linum)
  file(CREATE_LINK ${plugin} ${CMAKE_BINARY_DIR}/lib/linum/${plugin_file} SYMBOLIC)
endforeach()
