#ifndef WEBMON_MODEL_LOAD_CAUSE_H
#define WEBMON_MODEL_LOAD_CAUSE_H
/*
 * What is named as the cause of a load situation. For model/load and its words alone.
 */
#include "model/load_state.h"

#define LOAD_RESENT_SHARE 0.05f /* lost SYNs: one in the last seven samples */

/* How often each outcome stands in the last sixteen checks. */
void load_count_outcomes(const struct load *load, unsigned counts[OUTCOMES]);

/* Requests to connect get lost, and those that do not take no longer than usual. */
bool load_is_lossy(const struct load *load);

/* Of an alarm that is not this host's own doing. */
enum load_cause load_cause_of(const struct load *load);

#endif
