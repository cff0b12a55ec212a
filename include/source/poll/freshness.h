#ifndef WEBMON_SOURCE_POLL_FRESHNESS_H
#define WEBMON_SOURCE_POLL_FRESHNESS_H
/*
 * How long the answer to a name's look-up is good for: 30 s as a rule, but less than a second while
 * it is being learnt how long the name takes, and since it took unusually long. Else a slow
 * resolver would be seen every 30 s only, and its end as late. A pure rule; for
 * source/poll/resolve.
 */
#include <stdint.h>

/* Of one name. */
struct freshness {
	unsigned watched; /* so many more look-ups follow soon one after the other */
	int64_t usual_us; /* 0: none yet */
};

/* Of all names: so many a second, so as not to be a burden to any resolver. */
struct freshness_share {
	int64_t second_us;
	unsigned watched;
};

void freshness_init(struct freshness *freshness);

/* A good answer has come after took_us: how long it is good for. */
int64_t freshness_keep_us(struct freshness *freshness, struct freshness_share *share,
			  int64_t took_us, int64_t now_us);

#endif
