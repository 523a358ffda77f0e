# nanotune_add_plugin(NAME source...): one plugin, built as NAME.so against the SDK alone.
# The same function serves plugins in this tree and, by find_package(nanotune), those outside it.
function(nanotune_add_plugin name)
    add_library(nanotune-plugin-${name} MODULE ${ARGN})
    set_target_properties(nanotune-plugin-${name} PROPERTIES
        PREFIX "" OUTPUT_NAME ${name}
        CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_link_libraries(nanotune-plugin-${name} PRIVATE nanotune::sdk)
    if(TARGET nanotune-options)
        target_link_libraries(nanotune-plugin-${name} PRIVATE nanotune-options)
        set_target_properties(nanotune-plugin-${name} PROPERTIES
            LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
    endif()
    install(TARGETS nanotune-plugin-${name}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/nanotune/plugins)
endfunction()
