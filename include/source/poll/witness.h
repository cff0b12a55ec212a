#ifndef WEBMON_SOURCE_POLL_WITNESS_H
#define WEBMON_SOURCE_POLL_WITNESS_H
/*
 * Witnesses: addresses beside the targets that are connected to (TCP, no request) when it is in
 * doubt whether our own network stands. Threads of their own, one a witness, which nobody waits
 * for: a name look-up may hang. Any thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct witnesses;

/* NULL: there are none. */
struct witnesses *witnesses_new(const struct text_list *urls);
void witnesses_free(struct witnesses *witnesses);

/* Asks all of them, unless they are being asked. */
void witnesses_ask(struct witnesses *witnesses);

struct witnesses_answer {
	int64_t asked_us; /* when the newest answer that is known was asked for; 0: never */
	bool stands;	  /* one of them was connected to */
};

/* What is known: "stands" at the first that was reached, else once all have failed or 3 s
 * are over. */
struct witnesses_answer witnesses_answer(struct witnesses *witnesses);

#endif
