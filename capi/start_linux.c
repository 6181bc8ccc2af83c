/* What Go's runtime starts with; capi/start says why. */
#include "shim.h"

#include <elf.h>
#include <sys/auxv.h>

/* Go's runtime and golang.org/x/sys/cpu ask for these. */
static const unsigned long facts[] = {AT_PAGESZ, AT_PLATFORM, AT_HWCAP, AT_HWCAP2, AT_SECURE, AT_RANDOM, AT_SYSINFO_EHDR};

/* An empty argv, an empty environment, the pairs of the auxiliary vector, and the
 * two zeros at its end. The runtime keeps the address. */
__attribute__((visibility("hidden"))) unsigned long lakec_arguments[2 + 2 * sizeof facts / sizeof *facts + 2];

/* A constructor with a priority runs before Go's entry, which has none. Did it
 * not, Go would find no pair and read /proc/self/auxv. */
__attribute__((constructor(101))) static void describe_the_machine(void)
{
    unsigned long *pair = lakec_arguments + 2;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        unsigned long value = getauxval(facts[i]);
        if (value == 0)
            continue;
        pair[0] = facts[i];
        pair[1] = value;
        pair += 2;
    }
}
