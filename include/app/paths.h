#ifndef WEBMON_APP_PATHS_H
#define WEBMON_APP_PATHS_H
/*
 * Whether the files that webmon is to write can be there: log, history, metrics_file. Main thread.
 */
#include "model/config.h"

/* What would keep webmon from starting is a mistake; what another user or a later moment may allow
 * is a warning. */
void paths_check(const struct config *config, struct errors *errors);

#endif
