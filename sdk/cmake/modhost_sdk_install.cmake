# What `cmake --install` puts where, so that find_package(modhost_sdk) works; the build tree has the
# same layout and can be found as well. Included by sdk/CMakeLists.txt after the target modhost_sdk.
include(CMakePackageConfigHelpers)
set(package lib/cmake/modhost_sdk)
set(build_package ${PROJECT_BINARY_DIR}/${package})
set(template_folder share/modhost/template)

set_target_properties(modhost_sdk PROPERTIES EXPORT_NAME sdk)
install(TARGETS modhost_sdk modhost_torch EXPORT modhost_sdkTargets LIBRARY DESTINATION lib)
install(EXPORT modhost_sdkTargets NAMESPACE modhost:: DESTINATION ${package})
export(EXPORT modhost_sdkTargets NAMESPACE modhost:: FILE ${build_package}/modhost_sdkTargets.cmake)
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../include/ DESTINATION include)
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../template/ DESTINATION ${template_folder})
get_filename_component(parent ${PROJECT_BINARY_DIR}/${template_folder} DIRECTORY)
file(MAKE_DIRECTORY ${parent})
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/template ${PROJECT_BINARY_DIR}/${template_folder}
     SYMBOLIC)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/modhost_sdkConfig.cmake.in
  ${build_package}/modhost_sdkConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${build_package}/modhost_sdkConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
set(package_files
  ${CMAKE_CURRENT_LIST_DIR}/modhost_torch.cmake
  ${CMAKE_CURRENT_LIST_DIR}/modhost_add_plugin.cmake
  ${CMAKE_CURRENT_LIST_DIR}/modhost_build_definitions.cmake
  ${CMAKE_CURRENT_LIST_DIR}/plugin_data.cpp.in
  ${CMAKE_CURRENT_LIST_DIR}/plugin_exports.map)
install(FILES ${package_files}
  ${build_package}/modhost_sdkConfig.cmake ${build_package}/modhost_sdkConfigVersion.cmake
  DESTINATION ${package})
foreach(file ${package_files})
  get_filename_component(name ${file} NAME)
  configure_file(${file} ${build_package}/${name} COPYONLY)
endforeach()
