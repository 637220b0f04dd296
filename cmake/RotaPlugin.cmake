# rota_add_plugin(NAME SOURCE...): NAME.so, a shared library that exports rota_plugin_entry and nothing else.
#
# The map beside the hidden visibility is for templates of the standard library, which are visible even so, and would be
# shared between plugins that different compilers built.
function(rota_add_plugin name)
    add_library(${name} MODULE ${ARGN})
    set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${ROTA_PLUGIN_MAP})
    target_link_options(${name} PRIVATE -Wl,--version-script=${ROTA_PLUGIN_MAP})
    target_link_libraries(${name} PRIVATE Rota::Plugin)
endfunction()
