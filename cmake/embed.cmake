# Embeds text files (SQL, Lua) into a target, so that a binary always carries the texts that it was written with.
#
#   rota_embed(TARGET target HEADER name.hpp NAMESPACE ns FILES file...)
#
# generates name.hpp: a sorted constexpr array `kFiles` of {name, text} in that namespace; name is the file's own.
function(rota_embed)
    cmake_parse_arguments(ARG "" "TARGET;HEADER;NAMESPACE" "FILES" ${ARGN})
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/embedded)
    set(output ${directory}/${ARG_HEADER})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_FILES})
    list(SORT ARG_FILES)
    list(LENGTH ARG_FILES count)
    set(entries "")
    foreach(file IN LISTS ARG_FILES)
        get_filename_component(name ${file} NAME)
        file(READ ${file} text)
        # A generator expression in the text is the text's own.
        string(REPLACE "$<" "$<1:$><" text "${text}")
        string(APPEND entries "    EmbeddedFile{\"${name}\", R\"~embed~(${text})~embed~\"},\n")
    endforeach()
    file(GENERATE OUTPUT ${output} CONTENT
"#pragma once
#include <array>
#include <string_view>
namespace ${ARG_NAMESPACE} {
struct EmbeddedFile {
    std::string_view name;
    std::string_view text;
};
inline constexpr std::array<EmbeddedFile, ${count}> kFiles{{
${entries}}};
}  // namespace ${ARG_NAMESPACE}
")
    target_include_directories(${ARG_TARGET} PRIVATE ${directory})
endfunction()
