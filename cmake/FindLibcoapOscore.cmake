# The imported target libcoap::oscore: a libcoap (4.3.2 or later) that has OSCORE.
#
# The system's own is taken if it has OSCORE (Debian 13). If not (Debian 12), the
# one of Debian 13 is fetched into the build folder and linked statically.

set(LibcoapOscore_FOUND TRUE) # all that can fail below stops with a sentence
if(TARGET libcoap::oscore)
  return()
endif()

find_package(PkgConfig REQUIRED)
set(_oscore_test "${CMAKE_CURRENT_LIST_DIR}/oscore_supported.c")

# Runs a program that asks the library: headers and version do not tell.
function(_libcoap_has_oscore result source)
  try_run(ran compiled "${CMAKE_BINARY_DIR}/CMakeFiles/oscore" SOURCES ${source} ${ARGN})
  if(compiled AND ran EQUAL 0)
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

foreach(_name libcoap-3-openssl libcoap-3)
  string(MAKE_C_IDENTIFIER "${_name}" _id)
  pkg_check_modules(${_id} QUIET IMPORTED_TARGET GLOBAL "${_name}>=4.3.2")
  if(${_id}_FOUND)
    _libcoap_has_oscore(_works "${_oscore_test}" LINK_LIBRARIES PkgConfig::${_id})
    if(_works)
      add_library(libcoap::oscore ALIAS PkgConfig::${_id})
      message(STATUS "libcoap with OSCORE: the system's ${_name} ${${_id}_VERSION}")
      return()
    endif()
  endif()
endforeach()

pkg_check_modules(LAKE_OPENSSL QUIET IMPORTED_TARGET GLOBAL openssl)
if(NOT LAKE_OPENSSL_FOUND)
  message(FATAL_ERROR "libcoap needs OpenSSL's headers: run 'make deps', or install libssl-dev.")
endif()

set(_dir "${CMAKE_BINARY_DIR}/libcoap")
if(NOT EXISTS "${_dir}/stamp")
  message(STATUS "libcoap with OSCORE: fetching Debian 13's")
endif()
execute_process(COMMAND "${CMAKE_CURRENT_LIST_DIR}/libcoap.sh" "${_dir}"
  RESULT_VARIABLE _failed ERROR_VARIABLE _error)
if(_failed)
  message(FATAL_ERROR "${_error}"
    "No libcoap with OSCORE: install libcoap 4.3.2 or later built with OSCORE, "
    "or configure with -DLAKE_BUILD_EXAMPLES=OFF.")
endif()

file(GLOB _archive "${_dir}/root/usr/lib/*/libcoap-3-openssl.a")
add_library(libcoap_isoc23 STATIC "${CMAKE_CURRENT_LIST_DIR}/isoc23.c")

# The shim is not built yet while CMake configures: its source is tried.
if(NOT LAKE_LIBCOAP_TRIED STREQUAL _archive)
  _libcoap_has_oscore(_works "${_oscore_test};${CMAKE_CURRENT_LIST_DIR}/isoc23.c"
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${_dir}/root/usr/include"
    LINK_LIBRARIES "${_archive}" PkgConfig::LAKE_OPENSSL)
  if(NOT _works)
    message(FATAL_ERROR "The libcoap in ${_dir} does not work here: delete that folder and configure again.")
  endif()
  set(LAKE_LIBCOAP_TRIED "${_archive}" CACHE INTERNAL "The libcoap archive that was tried and has OSCORE")
endif()

add_library(libcoap::oscore STATIC IMPORTED GLOBAL)
set_target_properties(libcoap::oscore PROPERTIES
  IMPORTED_LOCATION "${_archive}"
  INTERFACE_INCLUDE_DIRECTORIES "${_dir}/root/usr/include"
  INTERFACE_LINK_LIBRARIES "libcoap_isoc23;PkgConfig::LAKE_OPENSSL")
message(STATUS "libcoap with OSCORE: ${_archive}")
