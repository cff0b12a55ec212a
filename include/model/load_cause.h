#ifndef WEBMON_MODEL_LOAD_CAUSE_H
#define WEBMON_MODEL_LOAD_CAUSE_H
/*
 * What is named as the cause of a load situation. For model/load and its words alone.
 */
#include "model/load_state.h"

#define LOAD_RESENT_SHARE 0.05f /* lost SYNs: one in the last seven samples */

/* Of an alarm that is not this host's own doing. */
enum load_cause load_cause_of(const struct load *load);

#endif
