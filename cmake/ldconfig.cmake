# Part of the installation: programs find liblake.so only if the loader looks into its
# folder, and has done so since.
if(NOT "$ENV{DESTDIR}" STREQUAL "")
  return() # a packager's; whoever installs the package runs ldconfig
endif()
cmake_path(ABSOLUTE_PATH LAKE_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)
find_program(_ldconfig ldconfig PATHS /sbin /usr/sbin NO_CACHE)
if(NOT _ldconfig)
  return()
endif()

execute_process(COMMAND "${_ldconfig}" -v -N -X OUTPUT_VARIABLE _folders ERROR_QUIET) # changes nothing
string(FIND "\n${_folders}" "\n${LAKE_LIBDIR}:" _at)
if(_at LESS 0)
  message(STATUS "The loader does not look into ${LAKE_LIBDIR}: set LD_LIBRARY_PATH=${LAKE_LIBDIR} for programs "
    "with liblake, or name that folder in a file in /etc/ld.so.conf.d and run ldconfig.")
  return()
endif()
execute_process(COMMAND "${_ldconfig}" RESULT_VARIABLE _failed OUTPUT_QUIET ERROR_QUIET)
if(_failed)
  message(STATUS "Run ldconfig as root: before that, programs do not find liblake.so.")
else()
  message(STATUS "The loader has been told of ${LAKE_LIBDIR} (ldconfig).")
endif()
