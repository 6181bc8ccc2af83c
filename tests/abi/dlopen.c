/* The library, loaded by hand: every public name is there, nothing else is, and
 * unloading is harmless. Arguments: liblake.so, symbols.txt. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "check.h"
#include "lake.h"

static void *library;

static void every_name(const char *list)
{
    char name[128];
    int n = 0;
    FILE *file = fopen(list, "r");
    CHECK(file != NULL);
    while (fscanf(file, "%127s", name) == 1) {
        n++;
        if (dlsym(library, name) == NULL) FAIL("%s is not there", name);
        if (dlvsym(library, name, "LAKE_1.0") != dlsym(library, name)) FAIL("%s is not of version LAKE_1.0", name);
        if (dlvsym(library, name, "LAKE_0.1") != NULL) FAIL("%s is of a version that never was", name);
    }
    fclose(file);
    CHECK(n > 90);
}

static void nothing_else(void)
{
    static const char *const names[] = {"lake_status", "lake_test_set_ephemeral", "lakego_session_new",
                                        "lakec_forked", "_cgo_panic", "crosscall2", "_cgo_topofstack", "main"};
    for (size_t i = 0; i < COUNT(names); i++) {
        void *found = dlsym(library, names[i]);
        if (found) FAIL("%s can be seen", names[i]);
    }
}

static void call_it(void)
{
    lake_status (*config_new)(lake_config **) = (lake_status(*)(lake_config **))dlsym(library, "lake_config_new");
    lake_status (*config_free)(lake_config *) = (lake_status(*)(lake_config *))dlsym(library, "lake_config_free");
    size_t (*live)(void) = (size_t(*)(void))dlsym(library, "lake_live_handles");
    lake_config *config;
    CHECK(config_new(&config) == LAKE_OK);
    CHECK(live() == 1);
    /* dlclose does not unload: a Go runtime cannot be. */
    CHECK(dlclose(library) == 0);
    CHECK(live() == 1);
    CHECK(config_free(config) == LAKE_OK);
    CHECK(config_free(config) == LAKE_ERR_HANDLE);
}

int main(int argc, char **argv)
{
    CHECK(argc >= 3);
    CHECK(dlsym(RTLD_DEFAULT, "lake_version") == NULL); /* it is not linked */
    for (int i = 0; i < 3; i++) {
        library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) FAIL("%s", dlerror());
        every_name(argv[2]);
        nothing_else();
        call_it();
    }
    CHECK(dlsym(RTLD_DEFAULT, "lake_version") == NULL); /* RTLD_LOCAL */
    return 0;
}
