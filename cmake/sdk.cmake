# What plugins are built with, as the component `sdk`: headers, the CMake package RotaPlugin, pkg-config's rota-plugin.
#
#   cmake --install build/release --component sdk --prefix /usr/local
include(CMakePackageConfigHelpers)

# The package's version is the contract's: it says which hosts a plugin fits, whatever Rota it came with.
file(STRINGS ${CMAKE_SOURCE_DIR}/platform/sdk/rota/plugin.h rota_abi REGEX "^#define ROTA_ABI_(MAJOR|MINOR) [0-9]+$")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2.0" ROTA_PLUGIN_VERSION "${rota_abi}")

set(rota_sdk_files ${CMAKE_BINARY_DIR}/sdk)
set(rota_sdk_cmake share/cmake/RotaPlugin)
set(rota_sdk_include include)
set(rota_sdk_map share/rota-plugin/plugin.map)
configure_package_config_file(cmake/RotaPluginConfig.cmake.in ${rota_sdk_files}/RotaPluginConfig.cmake
    INSTALL_DESTINATION ${rota_sdk_cmake} PATH_VARS rota_sdk_include rota_sdk_map)
write_basic_package_version_file(${rota_sdk_files}/RotaPluginConfigVersion.cmake
    VERSION ${ROTA_PLUGIN_VERSION} COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
configure_file(cmake/rota-plugin.pc.in ${rota_sdk_files}/rota-plugin.pc @ONLY)

install(DIRECTORY platform/sdk/rota DESTINATION include COMPONENT sdk
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES platform/sdk/rota/plugin.map DESTINATION share/rota-plugin COMPONENT sdk)
install(FILES ${rota_sdk_files}/RotaPluginConfig.cmake ${rota_sdk_files}/RotaPluginConfigVersion.cmake
    cmake/RotaPlugin.cmake DESTINATION ${rota_sdk_cmake} COMPONENT sdk)
install(FILES ${rota_sdk_files}/rota-plugin.pc DESTINATION share/pkgconfig COMPONENT sdk)
