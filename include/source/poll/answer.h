#ifndef WEBMON_SOURCE_POLL_ANSWER_H
#define WEBMON_SOURCE_POLL_ANSWER_H
/*
 * What the system's resolver says of a name. Thread-safe; blocks as long as the resolver likes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/poll/address.h"

#define ANSWER_ADDRESSES 8

enum family { FAMILY_ANY, FAMILY_4, FAMILY_6 };

struct answer {
	int error;	 /* 0, or a code of getaddrinfo() */
	int os_error;	 /* errno with EAI_SYSTEM */
	bool cut_off;	 /* no name server is there: our own trouble, not the name's */
	int64_t took_us; /* of the look-up itself, >= 1; ABSENT_US where answered out of the cache
			  */
	size_t count;
	struct address addresses[ANSWER_ADDRESSES]; /* in the system's order of preference */
};

/* Asks. cut_off is left for others to find out. */
void answer_look_up(struct answer *answer, const char *name, enum family family);

/* What went wrong in a few words: "no such name". */
const char *answer_words(const struct answer *answer);

#endif
