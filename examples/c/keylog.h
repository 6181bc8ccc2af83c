/* keylog.h - the secrets of runs, written down for Wireshark and lake explain. */
#ifndef KEYLOG_H
#define KEYLOG_H

#include <lake.h>

/* Appends the secrets of runs with this config to a file, which others cannot read if it is new;
 * name NULL: to the one that LAKEKEYLOGFILE names, if any. Who has them reads, and forges, all that
 * they protect. Ends the program if the file cannot be written. */
void keylog_to(lake_config *config, const char *name);

#endif
