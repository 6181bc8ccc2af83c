#include "textflag.h"

TEXT lakec_start(SB),NOSPLIT|NOFRAME,$0
	MOVL	$0, DI
	LEAQ	lakec_arguments(SB), SI
	JMP	_rt0_amd64_linux_lib(SB)
