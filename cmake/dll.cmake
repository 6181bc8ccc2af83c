# lake.dll for Windows and the import library lake.lib, its target, and how they are
# installed. There is no archive: a program would have Go's names in it.

set(LAKE_CONFIG "${CMAKE_CURRENT_SOURCE_DIR}/cmake/dll-config.cmake.in")
set(LAKE_SHARED "${CMAKE_CURRENT_BINARY_DIR}/lake.dll")
set(LAKE_IMPORT "${CMAKE_CURRENT_BINARY_DIR}/lake.lib")

# What the header has is exported, no more.
set(_def "${CMAKE_CURRENT_BINARY_DIR}/lake.def")
file(STRINGS capi/abi/symbols.txt _names)
list(JOIN _names "\n" _text)
file(CONFIGURE OUTPUT "${_def}" CONTENT "LIBRARY lake.dll\nEXPORTS\n${_text}\n" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS capi/abi/symbols.txt)

# Not -E: Windows has neither auxiliary vector nor environment for capi/start, so Go is
# entered its own way. -Wl,-s: lld would name a file of symbols that nobody gets, with a
# number in it that is another each time.
string(REPLACE "-E=lakec_start " "" _link "${LAKE_GO_LINK}")
set(_out "${CMAKE_CURRENT_BINARY_DIR}/go-shared")
add_custom_command(OUTPUT "${LAKE_SHARED}" "${LAKE_IMPORT}"
  COMMAND ${LAKE_GO_BUILD} -buildmode=c-shared "-ldflags=${_link} \"-extldflags='${_def}' -Wl,-s\"" -o "${_out}/lake.dll" ./capi
  COMMAND "${CMAKE_COMMAND}" -E rename "${_out}/lake.dll" "${LAKE_SHARED}"
  COMMAND "${CMAKE_COMMAND}" -E rm -r "${_out}"
  COMMAND "${CMAKE_DLLTOOL}" -m i386:x86-64 -D lake.dll -d "${_def}" -l "${LAKE_IMPORT}"
  DEPENDS ${LAKE_SOURCES} "${_def}" WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "Building lake.dll" VERBATIM)
add_custom_target(lake_shared ALL DEPENDS "${LAKE_SHARED}" "${LAKE_IMPORT}")

# The same name that find_package(lake) gives.
add_library(lake::lake SHARED IMPORTED GLOBAL)
set_target_properties(lake::lake PROPERTIES IMPORTED_LOCATION "${LAKE_SHARED}" IMPORTED_IMPLIB "${LAKE_IMPORT}")
target_include_directories(lake::lake INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/include")
add_dependencies(lake::lake lake_shared)

install(PROGRAMS "${LAKE_SHARED}" TYPE BIN)
install(FILES "${LAKE_IMPORT}" TYPE LIB)
