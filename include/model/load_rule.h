#ifndef WEBMON_MODEL_LOAD_RULE_H
#define WEBMON_MODEL_LOAD_RULE_H
/*
 * How readily the load detector speaks: one row of constants for each word of the configuration.
 */
#include "model/load_state.h"

/* By the configuration's word, "on" "low" "high"; NULL for "off" and for what is unknown. */
const struct load_rule *load_rule_by_name(const char *name);

/* What the word means, in one sentence: "server or look-up time 2.0 times ...". */
void load_rule_explain(char *out, size_t capacity, const char *name);

#endif
