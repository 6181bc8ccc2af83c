#include "textflag.h"

TEXT lakec_start(SB),NOSPLIT,$8
	MOVL	$lakec_arguments(SB), AX
	MOVL	$0, 0(SP)
	MOVL	AX, 4(SP)
	CALL	_rt0_386_linux_lib(SB)
	RET
