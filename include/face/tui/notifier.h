#ifndef WEBMON_FACE_TUI_NOTIFIER_H
#define WEBMON_FACE_TUI_NOTIFIER_H
/*
 * What the person at the terminal is told of while looking elsewhere: a target that went down or
 * came under load, and one that came back. Several are told in one sentence, and no two sentences
 * within ten seconds. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

#define NOTIFIER_PAUSE_US 10000000

struct notifier {
	uint64_t since; /* the store's changes as last seen */
	size_t capacity;
	struct incident *changed; /* room to read them into */
	uint64_t *told; /* by id % capacity: of an incident that was told and is not over */
	unsigned down, loaded, back; /* not told yet */
	char names[120];	     /* of these, as far as there is room */
	int64_t next_us;	     /* nothing before */
};

/* What is open already is known. Of a store whose ring of incidents stays as large as it is. */
void notifier_init(struct notifier *notifier, const struct store *store);
void notifier_fini(struct notifier *notifier);

/* Takes in what is new; names of targets by index. */
void notifier_look(struct notifier *notifier, const struct store *store,
		   const struct config *config);

/* A sentence that is due; false where there is none. */
bool notifier_take(struct notifier *notifier, int64_t now_us, char out[200]);

/* Somebody looks: there is nothing left to tell. */
void notifier_drop(struct notifier *notifier);

/* When a sentence that waits may be told; INT64_MAX: none waits. */
int64_t notifier_due_us(const struct notifier *notifier);

#endif
