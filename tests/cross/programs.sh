# programs.sh, to be sourced: the C tests of the ABI that need no OpenSSL, as programs for
# another machine. The caller sets source, build and the arrays cc and run (what starts a
# program, by its path, maybe nothing) and has built liblake.so and second.so in $build.

programs() { # builds and runs all of them
    local common=$source/tests/abi/common test
    local flags=(-Wall -Wextra -Werror "-I$source/include" "-I$source/capi" "-I$common" -pthread)
    for test in environment handshakes log logswitch preemption structs; do
        "${cc[@]}" "${flags[@]}" -o "$build/$test" "$source/tests/abi/$test.c" "$common"/{coap_fixture,fixture}.c \
            "$build/liblake.so" -Wl,-rpath,"$build" || fail "$test.c does not compile"
        ${run[@]+"${run[@]}"} "$build/$test" liblake.so symbols.txt second.so ${run[@]+"${run[@]}" "$build/$test"} || fail "$test failed"
    done
    for test in ${loaders:-dlopen handlers process}; do
        "${cc[@]}" "${flags[@]}" -o "$build/$test" "$source/tests/abi/$test.c" -ldl || fail "$test.c does not compile"
        ${run[@]+"${run[@]}"} "$build/$test" "$build/liblake.so" "$source/capi/abi/symbols.txt" "$build/second.so" || fail "$test failed"
    done
}
