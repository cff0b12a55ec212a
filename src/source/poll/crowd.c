/*
 * The crowd of all targets. One lock, held for a pass over the caller's targets and, once a second,
 * over all of them; while nobody is loaded that is a few loads and stores each.
 */
#include "source/poll/crowd.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/config.h"
#include "source/poll/gathering.h"
#include "source/poll/self.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define SETTLE_US 900000 /* all at most this often: pollers tick once a second */
#define HOLD_MS	  10000	 /* so long an onset waits for neighbours of one that is loaded */
#define CALM_MS	  3000	 /* a gathering of which nobody was loaded for so long is over */

/* What a poller has noted of a target, beside its fellow. */
struct note {
	int64_t since_ms;  /* of its load */
	int64_t loaded_ms; /* when that was first seen here; 0: not loaded */
	uint64_t incident; /* its own that is open; 0: none */
	bool acknowledged; /* that, or the one it has part in */
	bool given;	   /* what was last given to it of that */
	char note[80];
	struct load_share share;
};

struct crowd {
	pthread_mutex_t mutex; /* guards all that follows */
	const struct config *config;
	struct store *store;
	struct correlation all;
	struct note *notes;
	struct gathering *gatherings; /* room for two a target */
	size_t gathering_count;
	struct self self;
	enum own_trouble own_told;
	uint32_t own_most;
	char own_words[160];
	bool quiet; /* nobody was loaded the last time either */
	int64_t settled_us, settled_ms;
};

static uint64_t hash_or_none(const char *text)
{
	return text && text[0] ? text_hash(text) | 1 : 0;
}

static uint64_t hash_of_bytes(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	return hash | 1;
}

struct crowd *crowd_new(const struct config *config, struct store *store)
{
	struct crowd *crowd = x_calloc(1, sizeof *crowd);
	size_t count = config->target_count;

	pthread_mutex_init(&crowd->mutex, NULL);
	crowd->config = config;
	crowd->store = store;
	correlation_init(&crowd->all, count);
	crowd->notes = x_calloc(count + 1, sizeof *crowd->notes);
	crowd->gatherings = x_calloc(2 * count + 1, sizeof *crowd->gatherings);
	for (size_t i = 0; i < count; i++) {
		const struct target *target = &config->targets[i];
		uint64_t *keys = crowd->all.fellows[i].keys;

		keys[COMMON_HOST] = hash_or_none(target->host);
		keys[COMMON_PROXY] = hash_or_none(target->proxy);
		if (target->depends.count > 0)
			keys[COMMON_DEPENDS] = hash_or_none(target->depends.items[0]);
	}
	return crowd;
}

void crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	/* Nobody would ever close them. Nothing is told: it is polling that ends, not the load. */
	for (size_t i = 0; i < crowd->gathering_count; i++) {
		crowd->gatherings[i].incident.closed_ms = clock_wall_ms();
		store_put_incident(crowd->store, &crowd->gatherings[i].incident);
	}
	self_end(&crowd->self, crowd->store, clock_wall_ms());
	correlation_fini(&crowd->all);
	pthread_mutex_destroy(&crowd->mutex);
	free(crowd->notes);
	free(crowd->gatherings);
	free(crowd);
}

/* ---- what is known of each ---- */

static void take_note(struct crowd *crowd, const struct watch *watch, int64_t now_ms)
{
	struct fellow *fellow = &crowd->all.fellows[watch->index];
	struct note *note = &crowd->notes[watch->index];
	const struct trouble *own = &watch->judge.troubles[INCIDENT_LOAD];
	const struct load_verdict *load = &watch->verdict.load;

	fellow->level = load->level;
	fellow->cause = load->cause;
	fellow->ratio = load->ratio;
	fellow->counts = watch->number > 0 && !watch->paused && load->level != LOAD_LEARNING;
	fellow->named = !watch->numeric;
	fellow->apart = watch->verdict.state == STATE_DOWN;
	fellow->keys[COMMON_ADDRESS] =
		watch->verdict.ip[0] ? hash_of_bytes(&watch->ip_shown, sizeof watch->ip_shown) : 0;
	fellow->keys[COMMON_CERT] =
		watch->cert.known ? hash_of_bytes(watch->cert.digest, sizeof watch->cert.digest)
				  : 0;
	note->incident = own->open ? own->id : 0;
	note->since_ms = load->since_ms;
	note->acknowledged = own->open ? own->acknowledged : watch->judge.burden.acknowledged;
	text_copy(note->note, sizeof note->note, own->open ? own->note : watch->judge.burden.note);
	if (load->level < LOAD_ELEVATED || !fellow->counts)
		note->loaded_ms = 0;
	else if (note->loaded_ms == 0)
		note->loaded_ms = now_ms;
}

/* ---- groups ---- */

/* The one whose own incident is open speaks for all; else the one with which it began. */
static bool leads(const struct note *note, const struct gathering_lead *lead)
{
	if (lead->target == UINT32_MAX || (note->incident > 0) != (lead->incident > 0))
		return lead->target == UINT32_MAX || note->incident > 0;
	return note->since_ms < lead->since_ms;
}

static struct gathering_lead find_lead(const struct crowd *crowd, uint32_t circle)
{
	struct gathering_lead lead = {.target = UINT32_MAX, .note = ""};

	for (size_t i = 0; i < crowd->all.count; i++) {
		const struct fate *fate = &crowd->all.fates[i];
		const struct note *note = &crowd->notes[i];

		if (fate->belonging == BELONGS_TO_CIRCLE && fate->circle == circle &&
		    leads(note, &lead))
			lead = (struct gathering_lead){(uint32_t)i, note->incident, note->since_ms,
						       note->incident && note->acknowledged,
						       note->note};
	}
	return lead;
}

static void open_new_ones(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->all.count; i++) {
		const struct fate *fate = &crowd->all.fates[i];
		struct circle *circle = &crowd->all.circles[fate->circle];
		struct gathering_lead lead;

		if (fate->belonging != BELONGS_TO_CIRCLE || circle->tag)
			continue;
		lead = find_lead(crowd, fate->circle);
		gathering_open(&crowd->gatherings[crowd->gathering_count++], circle, &lead);
		circle->tag = (uint32_t)crowd->gathering_count;
	}
}

/* A person has told one of them that the incident is known: it is that of all. */
static void hear_acknowledgements(struct crowd *crowd, int64_t now_ms)
{
	for (size_t i = 0; i < crowd->all.count; i++) {
		const struct fate *fate = &crowd->all.fates[i];
		const struct note *note = &crowd->notes[i];

		if (fate->belonging == BELONGS_TO_CIRCLE && !note->incident &&
		    note->share.teller == LOAD_TOLD_ELSEWHERE && note->acknowledged != note->given)
			gathering_acknowledge(
				&crowd->gatherings[crowd->all.circles[fate->circle].tag - 1],
				note->acknowledged, note->note, crowd->store, now_ms);
	}
}

static void update_gatherings(struct crowd *crowd, int64_t now_ms)
{
	for (size_t i = 0; i < crowd->all.circle_count; i++) {
		const struct circle *circle = &crowd->all.circles[i];

		if (circle->tag && circle->members > 0)
			gathering_update(&crowd->gatherings[circle->tag - 1], circle, crowd->config,
					 crowd->store, now_ms);
	}
}

/* Those of which nobody was loaded since then. */
static void close_unseen(struct crowd *crowd, int64_t since_ms, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < crowd->gathering_count; i++) {
		struct gathering *gathering = &crowd->gatherings[i];

		if (gathering->seen_ms < since_ms)
			gathering_close(gathering, crowd->store, now_ms);
		else
			crowd->gatherings[kept++] = *gathering;
	}
	crowd->gathering_count = kept;
}

/*
 * A target is in one gathering at a time, but may leave one each second for another (a name server
 * that turns its list round) while those before wait for their end. With one for each at most,
 * there is room for what opens next: each has two members.
 */
static void make_room(struct crowd *crowd, int64_t now_ms)
{
	if (crowd->gathering_count > crowd->all.count)
		close_unseen(crowd, crowd->settled_ms, now_ms);
	crowd->settled_ms = now_ms;
}

/* ---- this host ---- */

static void word_own_trouble(struct crowd *crowd)
{
	static const char *const words[] = {
		[OWN_LATE] = "this host is short of CPU: probes start late, %u of %u targets",
		[OWN_NETWORK] = "network of this host: %u of %u targets slow in connect",
		[OWN_RESOLVER] = "resolver of this host: %u of %u targets slow in the look-up",
	};
	const struct correlation *all = &crowd->all;

	/* Not with each target more: whoever follows the events would be told each second. */
	if (all->own == crowd->own_told && all->own_loaded <= 2 * crowd->own_most)
		return;
	crowd->own_told = all->own;
	crowd->own_most = all->own_loaded;
	text_format(crowd->own_words, sizeof crowd->own_words, words[all->own], all->own_loaded,
		    all->own_of);
}

static void tell_own_trouble(struct crowd *crowd, int64_t now_ms)
{
	if (crowd->all.own != OWN_NONE) {
		word_own_trouble(crowd);
		self_note(&crowd->self, crowd->store, crowd->own_words, now_ms);
	} else if (self_tick(&crowd->self, crowd->store, now_ms)) {
		crowd->own_told = OWN_NONE;
	}
}

/* ---- who tells ---- */

static struct load_share share_of(const struct crowd *crowd, size_t index, int64_t now_ms)
{
	const struct fate *fate = &crowd->all.fates[index];
	const struct note *note = &crowd->notes[index];
	const struct gathering *gathering;
	struct load_share share = {.teller =
					   crowd->all.count > 1 ? LOAD_TOLD_LATER : LOAD_TOLD_HERE};

	if (note->loaded_ms == 0)
		return share;
	switch (fate->belonging) {
	case BELONGS_NOWHERE:
		share.teller = LOAD_TOLD_HERE;
		break;
	case BELONGS_PERHAPS:
		if (note->incident || now_ms - note->loaded_ms >= HOLD_MS)
			share.teller = LOAD_TOLD_HERE;
		break;
	case BELONGS_TO_CIRCLE:
		gathering = &crowd->gatherings[crowd->all.circles[fate->circle].tag - 1];
		share.teller = LOAD_TOLD_ELSEWHERE;
		share.incident = gathering->incident.id;
		share.takes_over = note->incident == share.incident;
		share.acknowledged = gathering->incident.acknowledged;
		text_copy(share.note, sizeof share.note, gathering->incident.note);
		text_copy(share.words, sizeof share.words, gathering->words);
		break;
	case BELONGS_TO_US:
		share.teller = LOAD_TOLD_ELSEWHERE;
		share.incident = crowd->self.incident.id;
		text_copy(share.words, sizeof share.words, crowd->own_words);
		break;
	}
	return share;
}

/* Over all targets. */
static void settle(struct crowd *crowd, int64_t now_ms)
{
	bool needed = correlation_is_needed(&crowd->all) || crowd->gathering_count > 0 ||
		      crowd->self.incident.id > 0;

	if (!needed && crowd->quiet)
		return;
	crowd->quiet = !needed;
	make_room(crowd, now_ms);
	correlate_begin(&crowd->all);
	for (size_t i = 0; i < crowd->gathering_count; i++) {
		const struct gathering *gathering = &crowd->gatherings[i];
		struct circle *circle =
			correlate_reopen(&crowd->all, gathering->by, gathering->key);

		if (circle)
			circle->tag = (uint32_t)i + 1;
	}
	correlate_settle(&crowd->all);
	open_new_ones(crowd);
	update_gatherings(crowd, now_ms);
	hear_acknowledgements(crowd, now_ms);
	tell_own_trouble(crowd, now_ms);
	for (size_t i = 0; i < crowd->all.count; i++)
		crowd->notes[i].share = share_of(crowd, i, now_ms);
	close_unseen(crowd, now_ms - CALM_MS, now_ms);
}

static void apply(struct crowd *crowd, struct watch *watch, int64_t now_ms)
{
	struct note *note = &crowd->notes[watch->index];
	const struct load_share *share = &note->share;
	const struct burden *burden = &watch->judge.burden;
	struct judgement judgement = {0};

	if (share->teller == burden->teller &&
	    (share->teller != LOAD_TOLD_ELSEWHERE ||
	     (share->incident == burden->incident && share->acknowledged == note->given)))
		return;
	note->given = share->acknowledged;
	judge_share(&watch->judge, share, now_ms, &watch->verdict, &judgement);
	store_put_judgement(crowd->store, watch->index, &watch->judge, &watch->verdict, &judgement);
}

void crowd_clock_set(struct crowd *crowd, int64_t by_ms)
{
	pthread_mutex_lock(&crowd->mutex);
	for (size_t i = 0; i < crowd->all.count; i++)
		clock_move(&crowd->notes[i].loaded_ms, by_ms);
	for (size_t i = 0; i < crowd->gathering_count; i++) {
		struct gathering *gathering = &crowd->gatherings[i];

		gathering->seen_ms += by_ms;
		gathering->incident.opened_ms += by_ms;
		gathering->incident.last_ms += by_ms;
	}
	crowd->settled_ms += by_ms;
	self_clock_set(&crowd->self, by_ms);
	pthread_mutex_unlock(&crowd->mutex);
}

void crowd_tick(struct crowd *crowd, struct watch *watches, size_t count, int64_t now_us)
{
	int64_t now_ms = clock_wall_ms();

	pthread_mutex_lock(&crowd->mutex);
	for (size_t i = 0; i < count; i++)
		take_note(crowd, &watches[i], now_ms);
	if (now_us - crowd->settled_us >= SETTLE_US) {
		crowd->settled_us = now_us;
		settle(crowd, now_ms);
	}
	for (size_t i = 0; i < count; i++)
		apply(crowd, &watches[i], now_ms);
	pthread_mutex_unlock(&crowd->mutex);
}
