package main

// #include "shim.h"
import "C"

import _ "github.com/liblake/lake/capi/start"

// This tells the linker of the C variable that capi/start names; start_linux.c has it.
var _ = &C.lakec_arguments
