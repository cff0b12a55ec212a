#ifndef WEBMON_SOURCE_POLL_GATE_H
#define WEBMON_SOURCE_POLL_GATE_H
/*
 * Who may start now: at most `limit` probes in flight, at most `per_host` to one host, in the order
 * in which they asked. A host at its limit never holds up the others: its targets wait in a queue
 * of their own and join the common one when one of them is done. O(1) a step. Not for several
 * threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_NONE UINT32_MAX

struct gate_queue {
	uint32_t head, tail; /* GATE_NONE: empty */
};

struct gate_host {
	uint32_t claimed; /* in flight or in the common queue */
	struct gate_queue waiting;
};

struct gate {
	uint32_t limit, per_host; /* per_host 0: no limit */
	uint32_t in_flight;
	uint32_t *next;	   /* of id: the one behind it */
	uint32_t *host_of; /* of id */
	struct gate_host *hosts;
	struct gate_queue ready;
};

/* hosts: of each of count ids the number of its host, below count; copied. */
void gate_init(struct gate *gate, size_t count, const uint32_t *hosts);
void gate_fini(struct gate *gate);

/* Queues id, which must not be queued or in flight. */
void gate_ask(struct gate *gate, uint32_t id);
/* Takes the next one that may start; it then counts as in flight. False: nobody may. */
bool gate_take(struct gate *gate, uint32_t *id);
/* A taken one has ended. */
void gate_done(struct gate *gate, uint32_t id);

#endif
