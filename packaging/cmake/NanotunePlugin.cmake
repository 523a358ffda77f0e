# nanotune_add_plugin(NAME source...): one plugin, built as NAME.so against the SDK alone.
# The same function serves plugins in this tree and, by find_package(nanotune), those outside it.
include(GNUInstallDirs)

# nanotune_seal(TARGET): writes into a plugin, once it is linked, the sum by which nanotune sees whether the
# file is still what was built. It may be stripped afterwards.
function(nanotune_seal target)
    add_custom_command(TARGET ${target} POST_BUILD COMMAND nanotune::seal $<TARGET_FILE:${target}> VERBATIM)
endfunction()

function(nanotune_add_plugin name)
    set(target nanotune-plugin-${name})
    add_library(${target} MODULE ${ARGN})
    set_target_properties(${target} PROPERTIES
        PREFIX "" OUTPUT_NAME ${name}
        CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
        BUILD_WITH_INSTALL_RPATH ON
        INSTALL_RPATH "$ORIGIN/../..")
    target_link_libraries(${target} PRIVATE nanotune::sdk)
    nanotune_seal(${target})
    # A plugin stays until the program ends, so nobody pays for taking it apart.
    target_link_options(${target} PRIVATE -Wl,-z,nodelete)
    if(TARGET nanotune-options)
        target_link_libraries(${target} PRIVATE nanotune-options nanotune-runtime)
        set_target_properties(${target} PROPERTIES
            LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
        set_property(GLOBAL APPEND PROPERTY nanotune_plugins ${target})
    endif()
    install(TARGETS ${target}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/nanotune/plugins)
endfunction()
