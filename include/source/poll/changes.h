#ifndef WEBMON_SOURCE_POLL_CHANGES_H
#define WEBMON_SOURCE_POLL_CHANGES_H
/*
 * What is otherwise in a failed answer than in the last good one, as a person would tell it, a line
 * each: status, address, certificate, headers come, gone and changed (those that change each time
 * aside), where the body begins to differ. Pure; out of texts that are clean and redacted already.
 */
#include <stddef.h>

#include "model/verdict.h"

#define CHANGES_MAX 1000

/* certificate: a line about it, "" where it is the same. good->seen may be false: then out
 * is "". */
void changes_write(char *out, size_t capacity, const struct evidence *good,
		   const struct evidence *bad, const char *certificate);

#endif
