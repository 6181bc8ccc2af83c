/* The smallest user of an installed liblake. */
#include <lake.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("liblake %s\n", lake_version());
    return strcmp(lake_version(), LAKE_VERSION) == 0 ? 0 : 1;
}
