# deb and rpm packages by CPack, from the build as it stands: `make packages`, or cpack -G DEB in the
# build folder. Which part goes where stands at its install(); what belongs to no package by itself goes
# to nanotune.
set(CPACK_PACKAGE_NAME nanotune)
set(CPACK_PACKAGE_VENDOR "the nanotune maintainers")
set(CPACK_PACKAGE_CONTACT "the nanotune maintainers <maintainers@nanotune.org>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON) # plugins keep their seal: it is of what is loaded
set(CPACK_COMPONENTS_ALL nanotune nanotune-daemon nanotune-datapath nanotune-dev)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(version ${PROJECT_VERSION}-1)
# All four of one version: what they share has no other promise.
set(same "(= ${version})")

function(nanotune_package name)
    cmake_parse_arguments(ARG "" "SUMMARY;TEXT;SECTION;DEPENDS;RECOMMENDS;SUGGESTS;RPM_DEPENDS" "" ${ARGN})
    string(TOUPPER ${name} upper)
    set(control)
    foreach(part IN ITEMS preinst postinst prerm postrm conffiles triggers)
        if(EXISTS ${PROJECT_SOURCE_DIR}/packaging/debian/${name}/${part})
            list(APPEND control ${PROJECT_SOURCE_DIR}/packaging/debian/${name}/${part})
        endif()
    endforeach()
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${ARG_SUMMARY}\n${ARG_TEXT}" PARENT_SCOPE)
    foreach(key IN ITEMS SECTION DEPENDS RECOMMENDS SUGGESTS)
        set(CPACK_DEBIAN_${upper}_PACKAGE_${key} "${ARG_${key}}" PARENT_SCOPE)
    endforeach()
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
    set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${control}" PARENT_SCOPE)
    set(CPACK_RPM_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
    set(CPACK_RPM_${upper}_PACKAGE_SUMMARY "${ARG_SUMMARY}" PARENT_SCOPE)
    set(CPACK_RPM_${upper}_PACKAGE_DESCRIPTION "${ARG_TEXT}" PARENT_SCOPE)
    set(CPACK_RPM_${upper}_PACKAGE_REQUIRES "${ARG_RPM_DEPENDS}" PARENT_SCOPE)
endfunction()

nanotune_package(nanotune
    SECTION admin
    SUMMARY "network tuning of latency-critical hosts, verified and reversible"
    TEXT "Profiles in TOML say what NICs, interrupts, CPUs, memory, sysctls and
processes of a trading host should be. nanotune plans what that takes,
applies it with a journal, reads everything again, and takes it back on
request or by itself."
    SUGGESTS "nanotune-daemon, nanotune-datapath")
nanotune_package(nanotune-daemon
    SECTION admin
    SUMMARY "daemon that keeps a host as nanotune has tuned it"
    TEXT "nanotuned serves the verbs of nanotune over D-Bus, asks polkit who may,
keeps the time of unconfirmed changes, and watches what is applied."
    DEPENDS "nanotune ${same}, default-dbus-system-bus | dbus-system-bus"
    RECOMMENDS "polkitd"
    RPM_DEPENDS "nanotune = ${version}, dbus")
nanotune_package(nanotune-datapath
    SECTION net
    SUMMARY "packet processors that nanotune's profiles start"
    TEXT "The datapath plugin of nanotune and the program that runs it: UDP market
data in, orders out, on kernel sockets, packet sockets, AF_XDP, or in the
kernel itself (XDP)."
    DEPENDS "nanotune ${same}, systemd | systemd-standalone-sysusers | systemd-sysusers"
    RPM_DEPENDS "nanotune = ${version}")
nanotune_package(nanotune-dev
    SECTION libdevel
    SUMMARY "development files of nanotune's plugins"
    TEXT "Headers, library link and CMake package for plugins of nanotune, and the
program that seals them."
    DEPENDS "nanotune ${same}"
    RPM_DEPENDS "nanotune = ${version}")

# As CPack calls a package that has no summary, which it would put before each package's own.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_PROJECT_NAME} built using CMake")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_CONTACT})
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE 1)
# What the packages carry of others has its own (docs/licenses.md).
set(CPACK_RPM_PACKAGE_LICENSE "Apache-2.0 AND BSL-1.0 AND MIT AND GPL-3.0-or-later WITH GCC-exception-3.1 AND LGPL-2.1-or-later")
if(NANOTUNE_STATIC_RUNTIME AND LIBNL_ARCHIVE)
    string(APPEND CPACK_RPM_PACKAGE_LICENSE " AND LGPL-2.1-only")
endif()
set(CPACK_RPM_NANOTUNE_USER_FILELIST "%config(noreplace) /etc/nanotune/host.toml")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /lib /usr/lib/systemd /usr/lib/systemd/system /usr/share/dbus-1 /usr/share/dbus-1/interfaces
    /usr/share/dbus-1/system-services /usr/share/dbus-1/system.d /usr/share/polkit-1 /usr/share/polkit-1/actions
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man7 /usr/share/man/man8
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh
    /usr/share/zsh/vendor-completions /usr/share/fish /usr/share/fish/vendor_completions.d /usr/lib/cmake
    /usr/libexec /usr/lib/sysusers.d /usr/lib/tmpfiles.d)

# What Debian wants to see of each package.
foreach(package IN LISTS CPACK_COMPONENTS_ALL)
    install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package} EXCLUDE_FROM_ALL)
    install(FILES ${PROJECT_BINARY_DIR}/packaging/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package} EXCLUDE_FROM_ALL)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/packaging/host.toml DESTINATION /etc/nanotune
    COMPONENT nanotune EXCLUDE_FROM_ALL)
install(DIRECTORY DESTINATION /etc/nanotune/profiles COMPONENT nanotune EXCLUDE_FROM_ALL)

find_program(GZIP gzip REQUIRED)
set(changelog ${PROJECT_SOURCE_DIR}/packaging/debian/changelog)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${changelog})
file(STRINGS ${changelog} newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^nanotune \\(${version}\\) ")
    message(FATAL_ERROR "packaging/debian/changelog begins with \"${newest}\", and this is ${version}")
endif()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/packaging)
execute_process(COMMAND ${GZIP} -9 --no-name --stdout ${changelog}
    OUTPUT_FILE ${PROJECT_BINARY_DIR}/packaging/changelog.Debian.gz COMMAND_ERROR_IS_FATAL ANY)

include(CPack)
