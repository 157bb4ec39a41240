# modhost_add_plugin(<name> SOURCES <file>... [MANIFEST plugin.toml]
#                    [LIBRARIES <target>...] [INCLUDES <folder>...] [FOLDER <folder>])
#
# Builds one modhost plugin. <name> is the last part of the id in plugin.toml: the plugin
# 'org.lab-a.scl' is modhost_add_plugin(scl ...), its library is scl.so, and both the build tree and
# `cmake --install` put it with its plugin.toml into lib/modhost/plugins/scl/. The target is called
# modhost_plugin_<name>. Where testing is enabled, the test plugin_check_<name> runs
# `modhost plugin check` on it; a modhost-check.toml beside the manifest tells it how, with files that
# it needs in a folder check/. FOLDER is for
# plugins of tests: built into <folder>/<name>, not installed, not tested.
#
# The flags below are part of the contract and not left to prose: a plugin exports two symbols, has
# no undefined ones, is never unmapped, and finds libraries of its own only beside itself.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/modhost_build_definitions.cmake)

function(modhost_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "" "MANIFEST;FOLDER" "SOURCES;LIBRARIES;INCLUDES")
  if(plugin_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "modhost_add_plugin(${name}): unknown arguments: "
                        "${plugin_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT plugin_SOURCES)
    message(FATAL_ERROR "modhost_add_plugin(${name}): SOURCES is empty; name at least one file")
  endif()
  if(NOT plugin_MANIFEST)
    set(plugin_MANIFEST plugin.toml)
  endif()
  get_filename_component(manifest ${plugin_MANIFEST} ABSOLUTE)
  _modhost_check_manifest_id(${name} ${manifest})

  set(target modhost_plugin_${name})
  set(folder lib/modhost/plugins/${name})
  set(output ${CMAKE_BINARY_DIR}/${folder})
  if(plugin_FOLDER)
    set(output ${plugin_FOLDER}/${name})
  endif()
  _modhost_plugin_data(${name} ${manifest} data)
  add_library(${target} MODULE ${plugin_SOURCES} ${data})
  target_link_libraries(${target} PRIVATE modhost::sdk ${plugin_LIBRARIES})
  target_include_directories(${target} PRIVATE ${plugin_INCLUDES})
  _modhost_plugin_flags(${target})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} SUFFIX .so
    LIBRARY_OUTPUT_DIRECTORY ${output})
  configure_file(${manifest} ${output}/plugin.toml COPYONLY)
  get_filename_component(source ${manifest} DIRECTORY)
  if(EXISTS ${source}/modhost-check.toml)
    configure_file(${source}/modhost-check.toml ${output}/modhost-check.toml COPYONLY)
  endif()
  file(GLOB check_data CONFIGURE_DEPENDS ${source}/check/*)
  if(check_data)
    file(COPY ${check_data} DESTINATION ${output}/check)
  endif()
  if(NOT plugin_FOLDER)
    install(TARGETS ${target} LIBRARY DESTINATION ${folder})
    install(FILES ${manifest} DESTINATION ${folder} RENAME plugin.toml)
    install(FILES ${source}/modhost-check.toml DESTINATION ${folder} OPTIONAL)
    if(check_data)
      install(DIRECTORY ${source}/check DESTINATION ${folder})
    endif()
    _modhost_plugin_test(${name} ${output})
  endif()
endfunction()

# With the modhost of the same build, or of the package.
function(_modhost_plugin_test name folder)
  if(TARGET modhost)
    set(program $<TARGET_FILE:modhost>)
  else()
    set(program ${MODHOST_EXECUTABLE})
  endif()
  add_test(NAME plugin_check_${name} COMMAND ${program} plugin check ${folder})
  set_tests_properties(plugin_check_${name} PROPERTIES TIMEOUT 900 LABELS plugin)
endfunction()

# The library is found by the id of its manifest, so the two must agree.
function(_modhost_check_manifest_id name manifest)
  if(NOT EXISTS ${manifest})
    message(FATAL_ERROR "modhost_add_plugin(${name}): there is no manifest '${manifest}'")
  endif()
  file(STRINGS ${manifest} lines REGEX "^[ \t]*id[ \t]*=")
  if(NOT lines MATCHES "=[ \t]*[\"']([^\"']+)[\"']")
    message(FATAL_ERROR "modhost_add_plugin(${name}): '${manifest}' has no line 'id = \"...\"'")
  endif()
  string(REGEX REPLACE "^.*\\." "" last "${CMAKE_MATCH_1}")
  if(NOT last STREQUAL name)
    message(FATAL_ERROR "modhost_add_plugin(${name}): the id '${CMAKE_MATCH_1}' in '${manifest}' "
                        "ends in '${last}'; the two must be equal")
  endif()
endfunction()

# A source file with what the host reads before it runs anything.
function(_modhost_plugin_data name manifest variable)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
  file(READ ${manifest} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," MODHOST_MANIFEST_BYTES "${bytes}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/modhost_plugin_${name}_data.cpp)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin_data.cpp.in ${source} @ONLY)
  modhost_build_definitions(${source})
  set(${variable} ${source} PARENT_SCOPE)
endfunction()

function(_modhost_plugin_flags target)
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin_exports.map)
  target_compile_features(${target} PRIVATE cxx_std_17)
  target_link_options(${target} PRIVATE
    LINKER:--version-script=${exports} LINKER:-z,defs LINKER:-z,nodelete)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON
    DEFINE_SYMBOL ""  # a definition of its own would keep it from the shared precompiled header
    LINK_DEPENDS ${exports}
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN"
    INSTALL_RPATH_USE_LINK_PATH OFF)
  if(TARGET modhost_warnings)
    target_link_libraries(${target} PRIVATE modhost_warnings)
  endif()
  if(TARGET modhost_pch)
    target_precompile_headers(${target} REUSE_FROM modhost_pch)
  endif()
endfunction()
