#include "textflag.h"

TEXT lakec_start(SB),NOSPLIT|NOFRAME,$0
	MOV	$lakec_arguments(SB), A1
	MOV	$0, A0
	JMP	_rt0_riscv64_linux_lib(SB)
