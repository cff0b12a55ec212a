#ifndef WEBMON_APP_LISTS_H
#define WEBMON_APP_LISTS_H
/*
 * What the command line can list: keys, classes and themes, each out of the table that rules them.
 * Main thread.
 */
#include <stdio.h>

void list_keys(FILE *out);
void list_classes(FILE *out);
void list_themes(FILE *out);

#endif
