/*
 * The gate before the probes of one poller: concurrency and the limit of each host.
 */
#include "source/poll/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct gate_queue empty_queue = {GATE_NONE, GATE_NONE};

static void queue_push(struct gate *gate, struct gate_queue *queue, uint32_t id)
{
	gate->next[id] = GATE_NONE;
	if (queue->head == GATE_NONE)
		queue->head = id;
	else
		gate->next[queue->tail] = id;
	queue->tail = id;
}

static uint32_t queue_pop(struct gate *gate, struct gate_queue *queue)
{
	uint32_t id = queue->head;

	if (id != GATE_NONE)
		queue->head = gate->next[id];
	return id;
}

void gate_init(struct gate *gate, size_t count, const uint32_t *hosts)
{
	size_t room = count ? count : 1;

	*gate = (struct gate){.limit = 1, .ready = empty_queue};
	gate->next = x_calloc(room, sizeof *gate->next);
	gate->host_of = x_calloc(room, sizeof *gate->host_of);
	gate->hosts = x_calloc(room, sizeof *gate->hosts);
	if (count)
		memcpy(gate->host_of, hosts, count * sizeof *hosts);
	for (size_t i = 0; i < count; i++)
		gate->hosts[i].waiting = empty_queue;
}

void gate_fini(struct gate *gate)
{
	free(gate->next);
	free(gate->host_of);
	free(gate->hosts);
	*gate = (struct gate){0};
}

void gate_ask(struct gate *gate, uint32_t id)
{
	struct gate_host *host = &gate->hosts[gate->host_of[id]];

	if (gate->per_host && host->claimed >= gate->per_host) {
		queue_push(gate, &host->waiting, id);
		return;
	}
	host->claimed++;
	queue_push(gate, &gate->ready, id);
}

bool gate_take(struct gate *gate, uint32_t *id)
{
	if (gate->in_flight >= gate->limit)
		return false;
	*id = queue_pop(gate, &gate->ready);
	if (*id == GATE_NONE)
		return false;
	gate->in_flight++;
	return true;
}

void gate_done(struct gate *gate, uint32_t id)
{
	struct gate_host *host = &gate->hosts[gate->host_of[id]];
	uint32_t next = queue_pop(gate, &host->waiting);

	gate->in_flight--;
	host->claimed--;
	if (next != GATE_NONE) {
		host->claimed++;
		queue_push(gate, &gate->ready, next);
	}
}
