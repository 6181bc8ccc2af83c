/* The table of calls, over which handles.c and fork.c go, leaves nothing out of
 * symbols.txt. Arguments: liblake.so, symbols.txt. */
#include "calls.h"
#include "check.h"

static int in_table(const char *name)
{
    int n = 0;
    for (size_t i = 0; i < calls_count; i++) n += strcmp(name, calls[i].name) == 0;
    for (size_t i = 0; i < plain_functions_count; i++) n += strcmp(name, plain_functions[i]) == 0;
    return n;
}

int main(int argc, char **argv)
{
    char name[128];
    size_t n = 0;
    CHECK(argc >= 3);
    FILE *file = fopen(argv[2], "r");
    CHECK(file != NULL);
    for (; fscanf(file, "%127s", name) == 1; n++)
        if (in_table(name) != 1) FAIL("%s is %d times in common/calls.c", name, in_table(name));
    fclose(file);
    CHECK_INT(calls_count + plain_functions_count, n);
    return 0;
}
