#include "textflag.h"

TEXT lakec_start(SB),NOSPLIT|NOFRAME,$0
	MOVD	$0, R0
	MOVD	$lakec_arguments(SB), R1
	B	_rt0_arm64_linux_lib(SB)
