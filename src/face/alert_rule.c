/*
 * The rule of one alert: a cell for each target and kind of trouble says whether it is open and
 * whether it was told.
 *
 * The one idea: "told" is to follow "open". Where an event may be told at once, it is; where
 * something holds it back, the tick finds the two unequal later and tells then, if they still are.
 */
#include "face/alert_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#define TICK_US	  1000000
#define OWN_MOST  32
#define SURE_GOOD 5 /* good answers in a row that end what an earlier run told as slow */

/* Kinds of trouble: what opens one, what ends it, and how both are called. */
/* clang-format off */
static const struct subject {
	enum event_kind opens, ends;
	enum alert_word word, end_word;
} subjects[] = {
	{EVENT_DOWN,     EVENT_UP,           ALERT_DOWN,     ALERT_UP},
	{EVENT_SLOW,     EVENT_FAST,         ALERT_SLOW,     ALERT_UP},
	{EVENT_LOAD,     EVENT_CALM,         ALERT_LOAD,     ALERT_CALM},
	{EVENT_CERT,     EVENT_CERT_RENEWED, ALERT_CERT,     ALERT_CERT},
	{EVENT_BURN,     EVENT_BURN_OVER,    ALERT_BURN,     ALERT_BURN},
	{EVENT_FLAPPING, EVENT_STEADY,       ALERT_FLAPPING, ALERT_FLAPPING},
	{EVENT_SELF,     EVENT_SELF_OVER,    ALERT_SELF,     ALERT_SELF},
};
/* clang-format on */

enum { SUBJECTS = sizeof subjects / sizeof subjects[0], PAUSE_ENDS = 3 /* of the first ones */ };

struct cell {
	bool open, told;
	bool restored; /* told by an earlier run, not seen by this one yet */
	bool unsure;   /* open in an earlier run, whose checks ended at ... */
	uint64_t checks;
	int64_t opened_ms;
	int64_t told_us;
};

struct alert_rule {
	const struct config *config;
	const struct store *store;
	const struct alert_config *alert;
	struct cell *cells; /* SUBJECTS of each target, and of the program behind them */
	/* what is open there: a target has one trouble of a kind at a time, the program several */
	struct own {
		uint64_t incident;
		size_t subject;
	} own[OWN_MOST];
	size_t own_count;
	size_t busy; /* cells that are open or told */
	uint64_t changes;
	int64_t ticked_us, first_us, flushed_us;
	bool has_flushed;
	bool rest; /* the batch is what a message did not hold */
	struct alert_batch batch;
};

/* ---- cells ---- */

static struct cell *cell_at(const struct alert_rule *rule, uint32_t target, size_t subject)
{
	size_t place = target < rule->config->target_count ? target : rule->config->target_count;

	return &rule->cells[place * SUBJECTS + subject];
}

static void set(struct alert_rule *rule, struct cell *cell, bool open, bool told)
{
	rule->busy -= cell->open || cell->told;
	rule->changes += cell->told != told;
	cell->open = open;
	cell->told = told;
	rule->busy += open || told;
}

static bool wants(const struct alert_rule *rule, enum alert_word word)
{
	return rule->alert->on >> word & 1;
}

/* The target's verdict; all zero for the program's own troubles. */
static struct verdict verdict_of(const struct alert_rule *rule, uint32_t target)
{
	struct verdict verdict = {.state = STATE_NEW};

	if (target < rule->config->target_count)
		store_verdict(rule->store, target, &verdict);
	return verdict;
}

static bool is_flapping(const struct alert_rule *rule, uint32_t target,
			const struct verdict *verdict)
{
	for (size_t i = 0; i < SUBJECTS; i++)
		if (subjects[i].word == ALERT_FLAPPING && cell_at(rule, target, i)->open)
			return true;
	return verdict->flapping;
}

/* What changes with each turn of a target that flaps. */
static bool changes_often(size_t subject)
{
	return subject < PAUSE_ENDS;
}

static bool is_silenced(const struct alert_rule *rule, uint32_t target, size_t subject,
			const struct verdict *verdict)
{
	return verdict->maintenance || verdict->acknowledged ||
	       (changes_often(subject) && is_flapping(rule, target, verdict));
}

/* ---- entries ---- */

static struct alert_entry *add_entry(struct alert_rule *rule)
{
	if (rule->batch.count == 0)
		rule->first_us = clock_mono_us();
	rule->changes++;
	return alert_batch_add(&rule->batch, rule->config->target_count);
}

static void say_event(struct alert_rule *rule, size_t subject, const struct event *event,
		      const struct cell *cell)
{
	struct alert_entry *entry = add_entry(rule);

	*entry = (struct alert_entry){
		.word = cell->open ? subjects[subject].word : subjects[subject].end_word,
		.kind = subjects[subject].word,
		.over = !cell->open,
		.target = event->target,
		.at_ms = event->at_ms,
		.since_ms = cell->open ? cell->opened_ms : event->at_ms,
		.length_ms = event->length_ms,
		.cls = event->cls,
		.state = event->state,
		.previous = event->previous,
		.status = event->status,
	};
	text_copy(entry->detail, sizeof entry->detail, event->detail);
}

/* What was held back, or is repeated: the verdict's words, since the event's are gone. */
static struct alert_entry *say_verdict(struct alert_rule *rule, size_t subject, uint32_t target,
				       const struct verdict *verdict)
{
	bool over = !cell_at(rule, target, subject)->open;
	enum alert_word word = over ? subjects[subject].end_word : subjects[subject].word;
	struct alert_entry *entry = add_entry(rule);
	int64_t now_ms = clock_wall_ms();

	*entry = (struct alert_entry){
		.word = word,
		.kind = subjects[subject].word,
		.over = over,
		.target = target,
		.at_ms = now_ms,
		.since_ms = verdict->since_ms ? verdict->since_ms : now_ms,
		.cls = verdict->cls,
		.state = verdict->state,
		.previous = verdict->state,
		.status = verdict->status,
	};
	text_copy(entry->detail, sizeof entry->detail,
		  word == ALERT_LOAD ? verdict->load.evidence : verdict->detail);
	return entry;
}

/* ---- events ---- */

static void take_beginning(struct alert_rule *rule, size_t subject, const struct event *event)
{
	struct cell *cell = cell_at(rule, event->target, subject);
	struct verdict verdict = verdict_of(rule, event->target);

	/* a state begins with its first check, the event with the one that made it sure */
	cell->opened_ms = verdict.state == event->state && verdict.since_ms > 0 &&
					  event->state != event->previous
				  ? verdict.since_ms
				  : event->at_ms;
	cell->restored = cell->unsure = false;
	set(rule, cell, true, cell->told);
	if (cell->told || !wants(rule, subjects[subject].word) ||
	    is_silenced(rule, event->target, subject, &verdict))
		return;
	set(rule, cell, true, true);
	cell->told_us = clock_mono_us();
	say_event(rule, subject, event, cell);
}

static void take_end(struct alert_rule *rule, size_t subject, const struct event *event)
{
	struct cell *cell = cell_at(rule, event->target, subject);
	struct verdict verdict = verdict_of(rule, event->target);
	bool held =
		cell->told && changes_often(subject) && is_flapping(rule, event->target, &verdict);
	bool tells = cell->told && !held && wants(rule, subjects[subject].end_word);

	cell->restored = cell->unsure = false;
	set(rule, cell, false, held);
	if (tells)
		say_event(rule, subject, event, cell);
}

static void take_pause(struct alert_rule *rule, uint32_t target)
{
	for (size_t i = 0; i < PAUSE_ENDS; i++)
		set(rule, cell_at(rule, target, i), false, false);
}

static void own_begins(struct alert_rule *rule, size_t subject, uint64_t incident)
{
	for (size_t i = 0; i < rule->own_count; i++)
		if (rule->own[i].incident == incident)
			return;
	if (rule->own_count < OWN_MOST)
		rule->own[rule->own_count++] = (struct own){incident, subject};
}

/* Whether it was the last of its kind. */
static bool own_ends(struct alert_rule *rule, size_t subject, uint64_t incident)
{
	size_t kept = 0, others = 0;

	for (size_t i = 0; i < rule->own_count; i++) {
		if (rule->own[i].incident == incident)
			continue;
		others += rule->own[i].subject == subject;
		rule->own[kept++] = rule->own[i];
	}
	rule->own_count = kept;
	return others == 0;
}

static void take(struct alert_rule *rule, size_t subject, const struct event *event)
{
	bool is_own = event->target >= rule->config->target_count;

	if (event->kind == subjects[subject].opens) {
		if (is_own)
			own_begins(rule, subject, event->incident);
		take_beginning(rule, subject, event);
	} else if (event->kind == subjects[subject].ends) {
		if (!is_own || own_ends(rule, subject, event->incident))
			take_end(rule, subject, event);
	}
}

void alert_rule_take(struct alert_rule *rule, const struct event *event)
{
	if (event->kind == EVENT_PAUSED)
		take_pause(rule, event->target);
	for (size_t i = 0; i < SUBJECTS; i++)
		take(rule, i, event);
}

/* ---- without events ---- */

static bool says_open(enum alert_word word, const struct verdict *verdict)
{
	const bool open[ALERT_WORDS] = {
		[ALERT_DOWN] = verdict->state == STATE_DOWN,
		[ALERT_SLOW] = verdict->state == STATE_SLOW,
		[ALERT_LOAD] = verdict->load.level >= LOAD_ELEVATED,
		[ALERT_CERT] = verdict->warnings & WARN_TLS_EXPIRING,
		[ALERT_BURN] = verdict->budget.burning,
		[ALERT_FLAPPING] = verdict->flapping,
	};

	return open[word];
}

void alert_rule_resume(struct alert_rule *rule, enum alert_resume how)
{
	for (uint32_t target = 0; target < rule->config->target_count; target++) {
		struct verdict verdict = verdict_of(rule, target);

		for (size_t i = 0; i < SUBJECTS; i++) {
			struct cell *cell = cell_at(rule, target, i);
			bool open = says_open(subjects[i].word, &verdict);

			if (cell->restored || open == cell->open || (!open && how != RESUME_MISSED))
				continue;
			cell->opened_ms = verdict.since_ms;
			cell->unsure = how == RESUME_START;
			cell->checks = verdict.sample_count;
			set(rule, cell, open, cell->told);
		}
	}
}

/* ---- what was held back, and what lasts ---- */

/* Whether what an earlier run told is surely no more: this run saw no end of it, as it saw no
 * beginning. */
static bool is_past(enum alert_word word, const struct target *target,
		    const struct verdict *verdict)
{
	bool judged = verdict->state == STATE_UP || verdict->state == STATE_SLOW;

	/* what is down for good neither flaps any more, nor need it burn */
	if (word == ALERT_FLAPPING)
		return (judged || verdict->state == STATE_DOWN) && !verdict->flapping;
	if (word == ALERT_BURN)
		return (verdict->budget.known && !verdict->budget.burning) ||
		       target->slo_window_ms == 0;
	if (!judged || verdict->failed_in_row > 0)
		return false;
	if (word == ALERT_SLOW)
		return verdict->state == STATE_UP && verdict->good_in_row >= SURE_GOOD;
	if (word == ALERT_LOAD)
		return verdict->load.level == LOAD_CALM;
	if (word == ALERT_CERT)
		return !(verdict->warnings & WARN_TLS_EXPIRING);
	return true;
}

static void look_after(struct alert_rule *rule, uint32_t target, size_t subject)
{
	const struct subject *kind = &subjects[subject];
	struct cell *cell = cell_at(rule, target, subject);
	struct verdict verdict = verdict_of(rule, target);
	int64_t now_us = clock_mono_us();
	bool silenced = is_silenced(rule, target, subject, &verdict);

	if (cell->unsure && verdict.sample_count == cell->checks)
		return;
	if (cell->unsure) {
		cell->unsure = false;
		set(rule, cell, says_open(kind->word, &verdict), cell->told);
	}
	if (cell->restored && is_past(kind->word, &rule->config->targets[target], &verdict)) {
		cell->restored = false;
		set(rule, cell, false, true);
	}
	if (cell->open && !cell->told && !silenced && wants(rule, kind->word)) {
		set(rule, cell, true, true);
		cell->told_us = now_us;
		say_verdict(rule, subject, target, &verdict)->since_ms = cell->opened_ms;
	} else if (cell->open && cell->told && !silenced && rule->alert->repeat_ms > 0 &&
		   now_us - cell->told_us >= rule->alert->repeat_ms * 1000) {
		cell->told_us = now_us;
		say_verdict(rule, subject, target, &verdict)->repeated = true;
	} else if (!cell->open && cell->told &&
		   !(changes_often(subject) && is_flapping(rule, target, &verdict))) {
		set(rule, cell, false, false);
		if (wants(rule, kind->end_word))
			say_verdict(rule, subject, target, &verdict);
	}
}

void alert_rule_tick(struct alert_rule *rule)
{
	size_t count = rule->config->target_count;

	rule->ticked_us = clock_mono_us();
	if (rule->busy == 0)
		return;
	for (size_t i = 0; i < (count + 1) * SUBJECTS; i++) {
		uint32_t target = i / SUBJECTS < count ? (uint32_t)(i / SUBJECTS) : UINT32_MAX;

		if (rule->cells[i].open || rule->cells[i].told)
			look_after(rule, target, i % SUBJECTS);
	}
}

/* ---- batches ---- */

static int64_t due_us(const struct alert_rule *rule)
{
	int64_t due = rule->first_us + rule->alert->gather_ms * 1000;
	int64_t free = rule->flushed_us + rule->alert->gap_ms * 1000;

	return rule->has_flushed && free > due ? free : due;
}

bool alert_rule_is_due(const struct alert_rule *rule, bool at_once)
{
	return rule->batch.count > 0 && (at_once || rule->rest || clock_mono_us() >= due_us(rule));
}

int64_t alert_rule_next_us(const struct alert_rule *rule)
{
	int64_t next = rule->busy > 0 ? rule->ticked_us + TICK_US : INT64_MAX;

	return rule->batch.count > 0 && due_us(rule) < next ? due_us(rule) : next;
}

void alert_rule_flush(struct alert_rule *rule, struct alert_batch *batch)
{
	alert_batch_take(&rule->batch, batch, rule->config->target_count);
	rule->rest = rule->batch.count > 0;
	rule->flushed_us = clock_mono_us();
	rule->has_flushed = true;
}

/* ---- over restarts ---- */

void alert_rule_each_told(const struct alert_rule *rule, alert_told *tell, void *user)
{
	int64_t now_ms = clock_wall_ms(), now_us = clock_mono_us();

	for (size_t i = 0; i < rule->config->target_count * SUBJECTS; i++)
		if (rule->cells[i].told)
			tell(user, rule->config->targets[i / SUBJECTS].name,
			     subjects[i % SUBJECTS].word,
			     now_ms - (now_us - rule->cells[i].told_us) / 1000);
}

/* The target of that name; the count of targets where there is none. */
static size_t find_target(const struct alert_rule *rule, const char *name)
{
	size_t index = 0;

	while (index < rule->config->target_count &&
	       strcmp(rule->config->targets[index].name, name) != 0)
		index++;
	return index;
}

void alert_rule_restore(struct alert_rule *rule, const char *target, enum alert_word word,
			int64_t told_ms)
{
	size_t subject = 0, index = find_target(rule, target);

	while (subject < SUBJECTS && subjects[subject].word != word)
		subject++;
	if (subject == SUBJECTS || index == rule->config->target_count)
		return;
	struct cell *cell = cell_at(rule, (uint32_t)index, subject);
	cell->restored = true;
	cell->opened_ms = told_ms;
	cell->told_us = clock_mono_us() - (clock_wall_ms() - told_ms) * 1000;
	set(rule, cell, true, true);
}

void alert_rule_each_waiting(const struct alert_rule *rule, alert_waiting *see, void *user)
{
	const struct config *config = rule->config;

	for (size_t i = 0; i < rule->batch.count; i++) {
		const struct alert_entry *entry = &rule->batch.entries[i];
		bool has_target = entry->target < config->target_count;

		see(user, has_target ? config->targets[entry->target].name : "", entry);
	}
}

void alert_rule_restore_waiting(struct alert_rule *rule, const char *target,
				const struct alert_entry *entry)
{
	size_t index = find_target(rule, target);
	struct alert_entry *own;

	if (target[0] != '\0' && index == rule->config->target_count)
		return;
	own = add_entry(rule);
	*own = *entry;
	own->target = target[0] != '\0' ? (uint32_t)index : UINT32_MAX;
}

uint64_t alert_rule_changes(const struct alert_rule *rule)
{
	return rule->changes;
}

struct alert_rule *alert_rule_new(const struct config *config, const struct store *store,
				  const struct alert_config *alert)
{
	struct alert_rule *rule = x_calloc(1, sizeof *rule);

	rule->config = config;
	rule->store = store;
	rule->alert = alert;
	rule->cells = x_calloc((config->target_count + 1) * SUBJECTS, sizeof *rule->cells);
	return rule;
}

void alert_rule_free(struct alert_rule *rule)
{
	if (!rule)
		return;
	alert_batch_clear(&rule->batch);
	free(rule->cells);
	free(rule);
}
