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
  set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
    "MODHOST_TORCH_FLAVOUR=\"${flavour}\"" "MODHOST_BUILD_TYPE=\"${build_type}\""
    "MODHOST_SOURCE=\"${origin}\"")
  # The definitions above would make a shared precompiled header unusable.
  set_property(SOURCE ${source} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
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
