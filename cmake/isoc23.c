/* Debian 13's libcoap was compiled against glibc 2.38 or later, where strtol is
 * called __isoc23_strtol (it also reads binary, "0b1"). Older systems only have
 * the plain one, which does all libcoap needs. */
#include <stdlib.h>

long __isoc23_strtol(const char *text, char **end, int base);

long __isoc23_strtol(const char *text, char **end, int base)
{
    return strtol(text, end, base);
}
