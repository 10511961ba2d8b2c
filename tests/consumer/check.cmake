# Installs Linum into WORK/prefix, then configures, builds and runs the consumer project, with an
# empty cache: what it needs, it must find in the installed tree.
#   cmake -D BUILD=build -D WORK=folder -D SOURCE=tests/consumer -D CXX=g++ -P check.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command}\nfailed (${status}):\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${WORK}/build)

set(ENV{LINUM_CACHE} ${WORK}/cache)
unset(ENV{LINUM_PJRT_PLUGIN})
run(${WORK}/build/consumer)
message("${out}")
foreach(expected "plugin ${WORK}/prefix/" "loss fell")
  string(FIND "${out}" "${expected}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the consumer did not print '${expected}'")
  endif()
endforeach()
file(REMOVE_RECURSE ${WORK})
