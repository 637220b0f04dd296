# What is installed besides programs and plugins, and the Debian packages of it: one a component.
#
#   cmake --install build/release --component rota --prefix /usr
#   cpack --config build/release/CPackConfig.cmake -B build/packages

set(ROTA_DEBIAN ${CMAKE_SOURCE_DIR}/packaging/debian)

# ---- rota: the server
install(TARGETS rota-plugin-host RUNTIME DESTINATION lib/rota COMPONENT rota)
install(FILES etc/rota.properties etc/rota.production.properties DESTINATION /etc/rota COMPONENT rota)
install(DIRECTORY etc/templates DESTINATION /etc/rota COMPONENT rota)
install(FILES ${ROTA_DEBIAN}/rota.service DESTINATION lib/systemd/system COMPONENT rota)
install(FILES ${ROTA_DEBIAN}/rota.default DESTINATION /etc/default RENAME rota
        PERMISSIONS OWNER_READ OWNER_WRITE COMPONENT rota) # passwords are written into it
install(FILES ${ROTA_DEBIAN}/copyright CHANGELOG.md docs/operating.md DESTINATION share/doc/rota COMPONENT rota)
install(DIRECTORY etc/examples etc/grafana etc/nginx DESTINATION share/doc/rota COMPONENT rota)
install(PROGRAMS scripts/backup scripts/restore DESTINATION lib/rota/scripts COMPONENT rota)
install(FILES scripts/lib/database.sh DESTINATION lib/rota/scripts/lib COMPONENT rota)
# The page that shows the API, where it has been built.
if(EXISTS ${CMAKE_SOURCE_DIR}/docs/page/dist/index.html)
    install(DIRECTORY docs/page/dist/ DESTINATION share/rota/docs COMPONENT rota)
endif()
foreach(name backup restore)
    file(CREATE_LINK ../lib/rota/scripts/${name} ${CMAKE_BINARY_DIR}/rota-${name} SYMBOLIC)
    install(FILES ${CMAKE_BINARY_DIR}/rota-${name} DESTINATION bin COMPONENT rota)
endforeach()

# ---- rota-page: the patients' page, where it has been built
if(EXISTS ${CMAKE_SOURCE_DIR}/frontend/dist/index.html)
    install(DIRECTORY frontend/dist/ DESTINATION share/rota/page COMPONENT rota-page PATTERN .sources EXCLUDE)
    install(FILES ${ROTA_DEBIAN}/copyright DESTINATION share/doc/rota-page COMPONENT rota-page)
    set(ROTA_PAGE rota-page)
endif()

# ---- rota-plugin-dev: what plugins are built with (cmake/sdk.cmake)
install(FILES ${ROTA_DEBIAN}/copyright docs/plugins.md DESTINATION share/doc/rota-plugin-dev COMPONENT sdk)

# ---- the packages
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rota)
set(CPACK_PACKAGE_CONTACT "The Rota developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Books medical appointments and delivers their reminders")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL rota sdk ${ROTA_PAGE})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)

set(CPACK_DEBIAN_ROTA_PACKAGE_NAME rota)
set(CPACK_DEBIAN_ROTA_PACKAGE_SHLIBDEPS ON)
# Zones and leap seconds are read from the system; TLS to providers needs to know whom to believe.
set(CPACK_DEBIAN_ROTA_PACKAGE_DEPENDS "tzdata, ca-certificates, passwd")
set(CPACK_DEBIAN_ROTA_PACKAGE_RECOMMENDS "rota-page")
set(CPACK_DEBIAN_ROTA_PACKAGE_SUGGESTS "postgresql (>= 14), redis-server (>= 5:7)")
set(CPACK_DEBIAN_ROTA_PACKAGE_CONTROL_EXTRA
    "${ROTA_DEBIAN}/conffiles;${ROTA_DEBIAN}/postinst;${ROTA_DEBIAN}/prerm;${ROTA_DEBIAN}/postrm")
set(CPACK_DEBIAN_ROTA_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_COMPONENT_ROTA-PAGE_DESCRIPTION "Books medical appointments: the patients' page")
set(CPACK_DEBIAN_ROTA-PAGE_PACKAGE_NAME rota-page)
set(CPACK_DEBIAN_ROTA-PAGE_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_ROTA-PAGE_PACKAGE_RECOMMENDS "nginx")

set(CPACK_COMPONENT_SDK_DESCRIPTION "What plugins for Rota are built with")
set(CPACK_DEBIAN_SDK_PACKAGE_NAME rota-plugin-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "rota, cmake, g++") # rota has rotactl
include(CPack)
