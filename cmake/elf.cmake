# liblake.so and liblake.a, their targets, and how they are installed.

set(LAKE_CONFIG "${CMAKE_CURRENT_SOURCE_DIR}/cmake/elf-config.cmake.in")
set(LAKE_SONAME "liblake.so.${PROJECT_VERSION_MAJOR}")
set(LAKE_SHARED "${CMAKE_CURRENT_BINARY_DIR}/liblake.so.${PROJECT_VERSION}")
set(LAKE_STATIC "${CMAKE_CURRENT_BINARY_DIR}/liblake.a")
set(LAKE_MAP "${CMAKE_CURRENT_SOURCE_DIR}/capi/abi/lake.map")

# GNU ld puts code and data on pages of their own unless told; the linker of Zig knows neither.
include(CheckLinkerFlag)
check_linker_flag(C "-Wl,-z,noseparate-code" LAKE_NOSEPARATE_CODE)
set(_pages "$<$<BOOL:${LAKE_NOSEPARATE_CODE}>:,-z,noseparate-code>")

# Linker flags go through -extldflags: from CGO_LDFLAGS they would arrive twice.
# Go writes a header beside its output: it goes away with the folder.
set(_out "${CMAKE_CURRENT_BINARY_DIR}/go-shared")
add_custom_command(OUTPUT "${LAKE_SHARED}"
  COMMAND ${LAKE_GO_BUILD} -buildmode=c-shared
    "-ldflags=${LAKE_GO_LINK} \"-extldflags=-Wl,-soname,${LAKE_SONAME} -Wl,-z,now${_pages} '-Wl,--version-script=${LAKE_MAP}'\""
    -o "${_out}/liblake.so" ./capi
  COMMAND "${CMAKE_COMMAND}" -E rename "${_out}/liblake.so" "${LAKE_SHARED}"
  COMMAND "${CMAKE_COMMAND}" -E rm -r "${_out}"
  COMMAND "${CMAKE_COMMAND}" -E create_symlink "liblake.so.${PROJECT_VERSION}" "${CMAKE_CURRENT_BINARY_DIR}/${LAKE_SONAME}"
  COMMAND "${CMAKE_COMMAND}" -E create_symlink "${LAKE_SONAME}" "${CMAKE_CURRENT_BINARY_DIR}/liblake.so"
  DEPENDS ${LAKE_SOURCES} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "Building liblake.so.${PROJECT_VERSION}" VERBATIM)

# Go's archive shows its runtime's names to every program that links it. Merged
# into one object (-d gives the common symbols their place, so that they can be
# hidden too), everything but lake_* is made local.
set(_out "${CMAKE_CURRENT_BINARY_DIR}/go-static")
add_custom_command(OUTPUT "${LAKE_STATIC}"
  COMMAND ${LAKE_GO_BUILD} -buildmode=c-archive "-ldflags=${LAKE_GO_LINK}" -o "${_out}/go.a" ./capi
  COMMAND "${CMAKE_LINKER}" -r -d -o "${_out}/lake.o" --whole-archive "${_out}/go.a"
  COMMAND "${CMAKE_OBJCOPY}" --wildcard "--keep-global-symbol=lake_*" "${_out}/lake.o"
  COMMAND "${CMAKE_COMMAND}" -E rm -f "${LAKE_STATIC}"
  COMMAND "${CMAKE_AR}" rcsD "${LAKE_STATIC}" "${_out}/lake.o"
  COMMAND "${CMAKE_COMMAND}" -E rm -r "${_out}"
  DEPENDS ${LAKE_SOURCES} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "Building liblake.a" VERBATIM)

add_custom_target(lake_shared ALL DEPENDS "${LAKE_SHARED}")
add_custom_target(lake_static ALL DEPENDS "${LAKE_STATIC}")

# The same names that find_package(lake) gives.
add_library(lake::lake SHARED IMPORTED GLOBAL)
set_target_properties(lake::lake PROPERTIES IMPORTED_LOCATION "${LAKE_SHARED}" IMPORTED_SONAME "${LAKE_SONAME}")
add_dependencies(lake::lake lake_shared)
add_library(lake::static STATIC IMPORTED GLOBAL)
set_target_properties(lake::static PROPERTIES IMPORTED_LOCATION "${LAKE_STATIC}")
target_link_libraries(lake::static INTERFACE Threads::Threads)
add_dependencies(lake::static lake_static)
foreach(_target lake::lake lake::static)
  target_include_directories(${_target} INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include")
endforeach()

install(PROGRAMS "${LAKE_SHARED}" TYPE LIB)
install(FILES "${LAKE_STATIC}"
  "${CMAKE_CURRENT_BINARY_DIR}/${LAKE_SONAME}" "${CMAKE_CURRENT_BINARY_DIR}/liblake.so" TYPE LIB)
install(CODE "set(LAKE_LIBDIR \"${CMAKE_INSTALL_LIBDIR}\")")
install(SCRIPT cmake/ldconfig.cmake)
