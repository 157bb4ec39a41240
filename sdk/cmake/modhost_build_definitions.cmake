# modhost_build_definitions(<source file>): hands the file the parts of the build fingerprint
# (modhost/build_info.h) that the preprocessor cannot know. They are properties of one source file,
# so a new commit or flavour recompiles that file and nothing else.
function(modhost_build_definitions source)
  set(flavour cpu)
  if(TARGET torch_cuda OR "${TORCH_LIBRARIES}" MATCHES "torch_cuda")
    set(flavour cuda)
  endif()
  if(CMAKE_BUILD_TYPE)
    set(build_type ${CMAKE_BUILD_TYPE})
  else()
    set(build_type none)
  endif()
  _modhost_source_text(origin)
  _modhost_headers_text(headers)
  set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
    "MODHOST_TORCH_FLAVOUR=\"${flavour}\"" "MODHOST_BUILD_TYPE=\"${build_type}\""
    "MODHOST_SOURCE=\"${origin}\"" "MODHOST_SDK_HEADERS=\"${headers}\"")
  # The definitions above would make a shared precompiled header unusable.
  set_property(SOURCE ${source} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# A digest of the SDK's headers without their comments and blanks: between two releases they change
# without a new number of the ABI, and a plugin that was not built again must be told from one that was.
function(_modhost_headers_text variable)
  get_property(known GLOBAL PROPERTY MODHOST_SDK_HEADERS_TEXT)
  if(known)
    set(${variable} ${known} PARENT_SCOPE)
    return()
  endif()
  set(folder ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../include)  # of the sources
  get_target_property(packaged modhost::sdk IMPORTED)
  if(packaged)
    get_target_property(folder modhost::sdk INTERFACE_INCLUDE_DIRECTORIES)
    list(GET folder 0 folder)
  endif()
  file(GLOB headers CONFIGURE_DEPENDS ${folder}/modhost/*.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  set(digests "")
  foreach(header IN LISTS headers)
    file(READ ${header} text)
    string(REGEX REPLACE "//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "[ \t\r\n]+" "" text "${text}")
    string(SHA256 digest "${text}")
    string(APPEND digests "${digest}")
  endforeach()
  string(SHA256 digest "${digests}")
  string(SUBSTRING ${digest} 0 12 digest)
  set_property(GLOBAL PROPERTY MODHOST_SDK_HEADERS_TEXT ${digest})
  set(${variable} ${digest} PARENT_SCOPE)
endfunction()

# "url@commit", "url@commit+dirty", "local@commit" or "unknown", as far as git can tell.
function(_modhost_source_text variable)
  set(${variable} unknown PARENT_SCOPE)
  find_program(MODHOST_GIT git)
  mark_as_advanced(MODHOST_GIT)
  if(NOT MODHOST_GIT)
    return()
  endif()
  set(git ${MODHOST_GIT} -C ${CMAKE_CURRENT_SOURCE_DIR})
  execute_process(COMMAND ${git} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    return()
  endif()
  execute_process(COMMAND ${git} config --get remote.origin.url
    OUTPUT_VARIABLE url OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT url)
    set(url local)
  endif()
  string(REGEX REPLACE "//[^/@]*@" "//" url "${url}")  # no user names or tokens
  string(REGEX REPLACE "[^A-Za-z0-9:/._@~+-]" "_" url "${url}")
  if(url MATCHES "^(/|file:)")
    set(url local)  # a path says nothing elsewhere
  endif()
  execute_process(COMMAND ${git} status --porcelain --untracked-files=no -- .
    OUTPUT_VARIABLE changes ERROR_QUIET)
  if(changes)
    string(APPEND commit "+dirty")
  endif()
  set(${variable} "${url}@${commit}" PARENT_SCOPE)
endfunction()
