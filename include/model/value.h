#ifndef WEBMON_MODEL_VALUE_H
#define WEBMON_MODEL_VALUE_H
/*
 * One option's value: from text into its field, checked, and back to text. Main thread.
 */
#include "model/expand.h"
#include "model/option.h"

/*
 * Sets the option's field in base (struct program, target ... by its scope) from what is written,
 * whose lines are joined as the type wants. before: how often this section gave the option already;
 * 0: a list starts anew. False after a message of the form "interval must be a duration between
 * 100ms and 7d, such as 5s; got 'fast'".
 */
bool value_set(struct place *place, const struct option *option, void *base, const char *written,
	       size_t before);

/* How many texts the value has to be shown as: 1, or the items of a list given line by line; 0:
 * none is set. */
size_t value_count(const struct option *option, const void *base);

/* One of them as it would be written, cleaned; what is secret by its type as •••. */
void value_write(char *out, size_t capacity, const struct option *option, const void *base,
		 size_t item);

#endif
