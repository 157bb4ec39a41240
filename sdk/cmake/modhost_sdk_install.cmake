# What `cmake --install` puts where, so that find_package(modhost_sdk) works: included by
# sdk/CMakeLists.txt after the target modhost_sdk.
include(CMakePackageConfigHelpers)
set(package lib/cmake/modhost_sdk)
set(template_folder share/modhost/template)

set_target_properties(modhost_sdk PROPERTIES EXPORT_NAME sdk)
install(TARGETS modhost_sdk modhost_torch EXPORT modhost_sdkTargets LIBRARY DESTINATION lib)
install(EXPORT modhost_sdkTargets NAMESPACE modhost:: DESTINATION ${package})
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../include/ DESTINATION include)
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/../template)
  install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../template/ DESTINATION ${template_folder})
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/modhost_sdkConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/modhost_sdkConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/modhost_sdkConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/modhost_sdkConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/modhost_sdkConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/modhost_torch.cmake
  ${CMAKE_CURRENT_LIST_DIR}/modhost_add_plugin.cmake
  ${CMAKE_CURRENT_LIST_DIR}/modhost_build_definitions.cmake
  ${CMAKE_CURRENT_LIST_DIR}/plugin_data.cpp.in
  ${CMAKE_CURRENT_LIST_DIR}/plugin_exports.map
  DESTINATION ${package})
