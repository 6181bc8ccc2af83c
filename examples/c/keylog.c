#include "keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

/* All at once: several programs may have the same file. */
static void append(void *file, const char *text)
{
    if (write(*(const int *)file, text, strlen(text)) < 0)
        perror("The key log");
}

void keylog_to(lake_config *config, const char *name)
{
    static int file;

    if (!name && !(name = getenv("LAKEKEYLOGFILE")))
        return;
    file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        fprintf(stderr, "%s: the key log cannot be written: %s.\n", name, strerror(errno));
        exit(2);
    }
    CHECK(lake_config_set_keylog(config, append, &file, NULL));
}
