#include "textflag.h"

TEXT lakec_start(SB),NOSPLIT|NOFRAME,$0
	MOVW	$lakec_arguments(SB), R1
	MOVW	$0, R0
	B	_rt0_arm_linux_lib(SB)
