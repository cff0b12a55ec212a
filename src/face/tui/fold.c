/*
 * Lines of incidents, folded by what is the same in them.
 */
#include "face/tui/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/tui/incidents.h"
#include "model/fingerprint.h"

void fold_init(struct fold *fold, size_t capacity)
{
	*fold = (struct fold){.capacity = capacity, .slot_count = 16};
	while (fold->slot_count < 2 * capacity)
		fold->slot_count *= 2;
	fold->lines = x_calloc(capacity + 1, sizeof(*fold->lines));
	fold->slots = x_calloc(fold->slot_count, sizeof(*fold->slots));
}

void fold_fini(struct fold *fold)
{
	free(fold->lines);
	free(fold->slots);
	*fold = (struct fold){0};
}

void fold_begin(struct fold *fold, bool folded)
{
	fold->count = 0;
	fold->folded = folded;
	if (folded)
		memset(fold->slots, 0, fold->slot_count * sizeof(*fold->slots));
}

static struct fold_key key_of(const struct incident *incident, const char *words)
{
	struct fold_key key = {.target = incident->target, .kind = incident->kind};

	/* of other kinds the class is the last answer's, which says nothing */
	if (incident->kind == INCIDENT_DOWN)
		key.fingerprint = fingerprint_of(incident->cls, incident->status, words);
	return key;
}

static bool is_same(const struct fold_key *a, const struct fold_key *b)
{
	return a->target == b->target && a->kind == b->kind && a->fingerprint == b->fingerprint;
}

static size_t slot_of(const struct fold *fold, const struct fold_key *key)
{
	uint64_t hash = (key->target ^ (uint64_t)key->kind << 48) * 0x9e3779b97f4a7c15ULL ^
			key->fingerprint * 0xbf58476d1ce4e5b9ULL;
	size_t slot = (size_t)(hash >> 20) & (fold->slot_count - 1);

	while (fold->slots[slot] && !is_same(&fold->lines[fold->slots[slot] - 1].key, key))
		slot = (slot + 1) & (fold->slot_count - 1);
	return slot;
}

static void join(struct fold_line *line, const struct incident *incident, int64_t now_ms)
{
	int64_t active_ms = incident_active_ms(incident);

	line->incidents++;
	line->count += incident->count;
	line->length_ms +=
		(incident->closed_ms ? incident->closed_ms : now_ms) - incident->opened_ms;
	if (incident->opened_ms < line->first_ms)
		line->first_ms = incident->opened_ms;
	if (active_ms > line->last_ms)
		line->last_ms = active_ms;
}

size_t fold_add(struct fold *fold, const struct fold_item *item, int64_t now_ms)
{
	const struct incident *incident = item->incident;
	struct fold_key key = {0};
	size_t slot = 0, line;

	if (fold->folded) {
		key = key_of(incident, item->words);
		slot = slot_of(fold, &key);
	}

	if (fold->folded && fold->slots[slot]) {
		line = fold->slots[slot] - 1;
	} else {
		line = fold->count++;
		fold->lines[line] = (struct fold_line){
			.place = item->place, .first_ms = incident->opened_ms, .key = key};
		if (fold->folded)
			fold->slots[slot] = (uint32_t)line + 1;
	}
	join(&fold->lines[line], incident, now_ms);
	return line;
}
