/*
 * Groups of targets in one load situation. Circles stand in an array, found through a hash table;
 * all of it is made anew each time, for the few moments in which somebody is loaded. Pure.
 */
#include "model/correlate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define GROUP_MIN 2
#define OWN_MIN	  3

/* Three in five. */
static bool are_enough(uint32_t some, uint32_t of)
{
	return (uint64_t)some * 5 >= (uint64_t)of * 3;
}

/* Half as many: what has begun lasts until there are fewer. */
static bool are_still_enough(uint32_t some, uint32_t of)
{
	return some > 0 && (uint64_t)some * 10 >= (uint64_t)of * 3;
}

void correlation_init(struct correlation *correlation, size_t count)
{
	*correlation = (struct correlation){.count = count, .room = 2 * COMMONS * count + 1};
	correlation->fellows = x_calloc(count + 1, sizeof *correlation->fellows);
	correlation->fates = x_calloc(count + 1, sizeof *correlation->fates);
	correlation->circles = x_calloc(COMMONS * count + 1, sizeof *correlation->circles);
	correlation->table = x_calloc(correlation->room, sizeof *correlation->table);
}

void correlation_fini(struct correlation *correlation)
{
	free(correlation->fellows);
	free(correlation->fates);
	free(correlation->circles);
	free(correlation->table);
}

static bool is_loaded(const struct fellow *fellow)
{
	return fellow->counts && fellow->level >= LOAD_ELEVATED;
}

bool correlation_is_needed(const struct correlation *correlation)
{
	for (size_t i = 0; i < correlation->count; i++)
		if (is_loaded(&correlation->fellows[i]))
			return true;
	return false;
}

/* The place of the circle in the table, or the free one where it would stand. */
static uint32_t *place_of(struct correlation *c, enum common by, uint64_t key)
{
	size_t at = (size_t)(key * COMMONS + by) % c->room;

	while (c->table[at]) {
		const struct circle *circle = &c->circles[c->table[at] - 1];

		if (circle->by == by && circle->key == key)
			break;
		at = (at + 1) % c->room;
	}
	return &c->table[at];
}

static uint32_t circle_of(struct correlation *c, enum common by, uint64_t key)
{
	return *place_of(c, by, key) - 1;
}

static void join(struct correlation *c, enum common by, const struct fellow *fellow)
{
	uint32_t *place = place_of(c, by, fellow->keys[by]);
	struct circle *circle;

	if (!*place) {
		c->circles[c->circle_count] = (struct circle){.by = by, .key = fellow->keys[by]};
		*place = (uint32_t)++c->circle_count;
	}
	circle = &c->circles[*place - 1];
	circle->size++;
	circle->loaded += is_loaded(fellow) && !fellow->apart;
}

void correlate_begin(struct correlation *c)
{
	memset(c->table, 0, c->room * sizeof *c->table);
	c->circle_count = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct fellow *fellow = &c->fellows[i];

		for (unsigned by = 0; by < COMMONS && fellow->counts; by++)
			if (fellow->keys[by])
				join(c, (enum common)by, fellow);
	}
}

struct circle *correlate_reopen(struct correlation *c, enum common by, uint64_t key)
{
	uint32_t index = circle_of(c, by, key);

	if (index == UINT32_MAX)
		return NULL;
	c->circles[index].open = true;
	return &c->circles[index];
}

/* ---- this host ---- */

struct census {
	uint32_t count, named, loaded;
	uint32_t causes[LOAD_CLIENT + 1];
	uint64_t address; /* of the first slow connect */
	bool several;	  /* another one has another address */
};

static void take_census(const struct correlation *c, struct census *census)
{
	*census = (struct census){0};
	for (size_t i = 0; i < c->count; i++) {
		const struct fellow *fellow = &c->fellows[i];
		uint64_t address = fellow->keys[COMMON_ADDRESS];

		census->count += fellow->counts;
		census->named += fellow->counts && fellow->named;
		if (!is_loaded(fellow))
			continue;
		census->loaded++;
		census->causes[fellow->cause]++;
		if (fellow->cause != LOAD_NETWORK)
			continue;
		census->several |= census->address && address != census->address;
		census->address = census->address ? census->address : address;
	}
}

static bool are_most(const struct correlation *c, enum own_trouble own, uint32_t slow, uint32_t of)
{
	if (c->own == own && are_still_enough(slow, of))
		return true;
	return slow >= OWN_MIN && are_enough(slow, of);
}

static void find_own_trouble(struct correlation *c)
{
	struct census census;
	uint32_t late, network, dns;

	take_census(c, &census);
	late = census.causes[LOAD_CLIENT];
	network = census.causes[LOAD_NETWORK];
	dns = census.causes[LOAD_DNS];
	c->own_of = census.count;
	if (late > 0 && 2 * late >= census.loaded) {
		c->own = OWN_LATE;
		c->own_loaded = late;
	} else if (are_most(c, OWN_NETWORK, network, census.count) &&
		   (census.several || c->own == OWN_NETWORK)) {
		c->own = OWN_NETWORK;
		c->own_loaded = network;
	} else if (are_most(c, OWN_RESOLVER, dns, census.named)) {
		c->own = OWN_RESOLVER;
		c->own_loaded = dns;
		c->own_of = census.named;
	} else {
		c->own = OWN_NONE;
	}
}

/* Late probes spoil every measure, a slow network or resolver only its own. */
static bool is_ours(const struct correlation *c, const struct fellow *fellow)
{
	static const enum load_cause causes[] = {
		[OWN_NETWORK] = LOAD_NETWORK,
		[OWN_RESOLVER] = LOAD_DNS,
	};

	if (c->own == OWN_NONE)
		return false;
	return c->own == OWN_LATE || fellow->cause == causes[c->own];
}

/* ---- groups ---- */

static bool is_group(const struct circle *circle)
{
	return circle->open ||
	       (circle->loaded >= GROUP_MIN && are_enough(circle->loaded, circle->size));
}

static struct fate choose(struct correlation *c, const struct fellow *fellow)
{
	struct fate fate = {BELONGS_NOWHERE, 0};
	uint32_t most = 0;

	for (unsigned by = 0; by < COMMONS; by++) {
		uint32_t index = fellow->keys[by] ? circle_of(c, (enum common)by, fellow->keys[by])
						  : UINT32_MAX;
		const struct circle *circle;

		if (index == UINT32_MAX)
			continue;
		circle = &c->circles[index];
		if (fellow->apart && !circle->open)
			continue;
		if (circle->loaded > 1 && fate.belonging == BELONGS_NOWHERE)
			fate.belonging = BELONGS_PERHAPS;
		if (!is_group(circle) || circle->loaded + circle->open <= most)
			continue;
		most = circle->loaded + circle->open;
		fate = (struct fate){BELONGS_TO_CIRCLE, index};
	}
	return fate;
}

static void count_in(struct circle *circle, const struct fellow *fellow)
{
	circle->members++;
	circle->causes[fellow->cause]++;
	if (fellow->level > circle->worst)
		circle->worst = fellow->level;
	if (fellow->ratio > 0) {
		circle->log_ratios += logf(fellow->ratio);
		circle->ratios++;
	}
}

void correlate_settle(struct correlation *c)
{
	find_own_trouble(c);
	for (size_t i = 0; i < c->count; i++) {
		const struct fellow *fellow = &c->fellows[i];

		c->fates[i] = (struct fate){BELONGS_NOWHERE, 0};
		if (!is_loaded(fellow))
			continue;
		if (is_ours(c, fellow))
			c->fates[i].belonging = BELONGS_TO_US;
		else
			c->fates[i] = choose(c, fellow);
		if (c->fates[i].belonging == BELONGS_TO_CIRCLE)
			count_in(&c->circles[c->fates[i].circle], fellow);
	}
	/* Whose fellows have all gone to other groups is none. */
	for (size_t i = 0; i < c->count; i++) {
		struct fate *fate = &c->fates[i];
		const struct circle *circle = &c->circles[fate->circle];

		if (fate->belonging == BELONGS_TO_CIRCLE && !circle->open &&
		    circle->members < GROUP_MIN)
			fate->belonging = BELONGS_NOWHERE;
	}
}

void correlate_word(char *out, size_t capacity, const struct circle *circle)
{
	static const char *const words[] = {
		[LOAD_NONE] = "load",	[LOAD_SERVER] = "server",    [LOAD_NETWORK] = "connect",
		[LOAD_DNS] = "look-up", [LOAD_CLIENT] = "this host",
	};
	float ratio = circle->ratios ? expf(circle->log_ratios / (float)circle->ratios) : 0;
	int tenths = (int)lroundf(ratio * 10);
	unsigned cause = LOAD_NONE;
	size_t used;

	for (unsigned i = 0; i <= LOAD_CLIENT; i++)
		if (circle->causes[i] > circle->causes[cause])
			cause = i;
	used = text_copy(out, capacity, words[cause]);
	if (tenths >= 100)
		used += text_format(out + used, capacity - used, " %d×", tenths / 10);
	else if (tenths > 10)
		used += text_format(out + used, capacity - used, " %d.%d×", tenths / 10,
				    tenths % 10);
	if (circle->worst == LOAD_SATURATED)
		text_copy(out + used, capacity - used, ", saturated");
}
