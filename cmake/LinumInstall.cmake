# cmake --install: the library, its headers, the CPU plugin beside it, and a package that
# find_package(linum CONFIG) finds; target linum::linum.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/linum)

install(TARGETS linum EXPORT linum_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY linum DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
        PATTERN "*.h" PATTERN "*_test.h" EXCLUDE PATTERN "*_testlib.h" EXCLUDE
        PATTERN "testing.h" EXCLUDE PATTERN "pjrt*.h" EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET linum_tool)
  install(TARGETS linum_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The plugin that scripts/fetch.sh downloads; a program finds it through the library's folder.
file(GLOB plugins ${linum_cache}/plugins/*/*pjrt*.so)
install(FILES ${plugins} DESTINATION ${CMAKE_INSTALL_LIBDIR}/linum)

install(EXPORT linum_targets NAMESPACE linum:: DESTINATION ${package_dir})
configure_package_config_file(cmake/linumConfig.cmake.in ${CMAKE_BINARY_DIR}/linumConfig.cmake
                              INSTALL_DESTINATION ${package_dir}
                              PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/linumConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/linumConfig.cmake ${CMAKE_BINARY_DIR}/linumConfigVersion.cmake
        DESTINATION ${package_dir})
