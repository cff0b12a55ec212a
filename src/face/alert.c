/*
 * The thread of the alerts: it follows the journal by number, feeds the rule of each alert, and
 * hands what a rule has gathered to the ways out. It never does anything that could wait: that is
 * the channels' business.
 *
 * With a history file, what was told and what could not be delivered yet stands in a file beside
 * it, so that a restart neither repeats nor forgets.
 */
#include "face/alert.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "face/alert_hook.h"
#include "face/alert_memory.h"

#define EVENT_BATCH   64
#define REST_MS	      200 /* between two looks at a busy store */
#define SAVE_US	      1000000
#define SAVE_AGAIN_US 5000000 /* where it could not be written */
#define MEMORY_MAX    (256 << 20)
#define TEST_POST_MS  10000

struct alerts {
	const struct config *config;
	struct store *store;
	struct log *log;
	pthread_t thread;
	int store_fd, control_fd;
	struct alert_member *members;
	size_t member_count;

	pthread_mutex_t lock;
	bool stop;
	char trouble[200]; /* of the memory's file */

	/* the thread's own */
	char *path; /* of the memory; NULL: none */
	uint64_t next_event;
	uint64_t letters; /* written so far */
	uint64_t saved;	  /* changes as they were when last saved */
	int64_t save_us;  /* not before */
	char run[24];	  /* this run's name in the letters' numbers */
	struct event events[EVENT_BATCH];
	struct alert_batch batch;
};

/* ---- following ---- */

static void take_events(struct alerts *alerts)
{
	uint64_t lost = 0, missing;
	size_t count;

	while ((count = store_events(alerts->store, alerts->next_event, alerts->events, EVENT_BATCH,
				     &missing)) > 0) {
		lost += missing;
		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < alerts->member_count; k++)
				alert_rule_take(alerts->members[k].rule, &alerts->events[i]);
		alerts->next_event = alerts->events[count - 1].number + 1;
	}
	for (size_t k = 0; k < alerts->member_count && lost > 0; k++)
		alert_rule_resume(alerts->members[k].rule, RESUME_MISSED);
}

static bool has_room(const struct alert_member *member)
{
	for (unsigned way = 0; way < CHANNEL_WAYS; way++)
		if (member->channels[way] && !alert_channel_has_room(member->channels[way]))
			return false;
	return true;
}

static void send_batch(struct alerts *alerts, struct alert_member *member)
{
	char id[64];

	alert_rule_flush(member->rule, &alerts->batch);
	/* what the file still says to wait would be told again */
	alerts->save_us = 0;
	text_format(id, sizeof id, "%s-%llu", alerts->run, (unsigned long long)++alerts->letters);
	for (unsigned way = 0; way < CHANNEL_WAYS; way++)
		if (member->channels[way])
			alert_channel_push(member->channels[way],
					   alert_letter_new(alerts->config, member->alert,
							    &alerts->batch, id));
}

/* at_once: whatever was gathered goes out now. */
static void send_what_is_due(struct alerts *alerts, bool at_once)
{
	for (size_t i = 0; i < alerts->member_count; i++) {
		struct alert_member *member = &alerts->members[i];

		alert_rule_tick(member->rule);
		while (alert_rule_is_due(member->rule, at_once) && has_room(member))
			send_batch(alerts, member);
	}
}

/* ---- memory ---- */

static uint64_t all_changes(const struct alerts *alerts)
{
	uint64_t changes = 0;

	for (size_t i = 0; i < alerts->member_count; i++) {
		changes += alert_rule_changes(alerts->members[i].rule);
		for (unsigned way = 0; way < CHANNEL_WAYS; way++)
			if (alerts->members[i].channels[way])
				changes += alert_channel_changes(alerts->members[i].channels[way]);
	}
	return changes;
}

static void save(struct alerts *alerts)
{
	uint64_t changes = all_changes(alerts);
	char why[200] = "";
	char *text;

	if (!alerts->path || changes == alerts->saved)
		return;
	text = alert_memory_write(alerts->members, alerts->member_count);
	bool well = file_put(alerts->path, text, strlen(text), 0600);
	if (!well)
		text_format(why, sizeof why, "alerts: what was told cannot be kept: %s",
			    strerror(errno));
	free(text);
	if (well)
		alerts->saved = changes;
	alerts->save_us = clock_mono_us() + (well ? SAVE_US : SAVE_AGAIN_US);
	pthread_mutex_lock(&alerts->lock);
	text_copy(alerts->trouble, sizeof alerts->trouble, why);
	pthread_mutex_unlock(&alerts->lock);
}

/* What stands and is not in the file, as of an alert that is new, is told too. */
static void load(struct alerts *alerts)
{
	size_t size;
	char *text = alerts->path ? file_read(alerts->path, MEMORY_MAX, &size) : NULL;

	if (text && !alert_memory_read(text, alerts->members, alerts->member_count) && alerts->log)
		log_note(alerts->log,
			 "alerts: the file of what was told is damaged and was not read");
	free(text);
	for (size_t i = 0; i < alerts->member_count; i++)
		alert_rule_resume(alerts->members[i].rule, RESUME_START);
	alerts->saved = all_changes(alerts);
}

/* ---- the thread ---- */

/* When there is something to do though nothing happens. */
static int64_t next_us(const struct alerts *alerts)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < alerts->member_count; i++) {
		int64_t own = alert_rule_next_us(alerts->members[i].rule);

		next = own < next ? own : next;
	}
	if (alerts->path && all_changes(alerts) != alerts->saved && alerts->save_us < next)
		next = alerts->save_us;
	return next;
}

static void wait_for_news(struct alerts *alerts)
{
	struct pollfd fds[2] = {
		{.fd = alerts->control_fd, .events = POLLIN},
		{.fd = alerts->store_fd, .events = POLLIN},
	};
	int64_t next = next_us(alerts), wait_ms = -1;
	eventfd_t count;

	/* a store in which much happens is looked at now and then, not each time */
	poll(fds, 1, REST_MS);
	if (next != INT64_MAX) {
		wait_ms = (next - clock_mono_us() + 999) / 1000;
		wait_ms = wait_ms < 0 ? 0 : wait_ms > 60000 ? 60000 : wait_ms;
	}
	poll(fds, 2, (int)wait_ms);
	store_woken(alerts->store, alerts->store_fd);
	eventfd_read(alerts->control_fd, &count);
}

static bool is_stopping(struct alerts *alerts)
{
	pthread_mutex_lock(&alerts->lock);
	bool stop = alerts->stop;
	pthread_mutex_unlock(&alerts->lock);
	return stop;
}

static void *run(void *arg)
{
	struct alerts *alerts = arg;
	bool stop;

	do {
		stop = is_stopping(alerts);
		take_events(alerts);
		send_what_is_due(alerts, stop);
		if (clock_mono_us() >= alerts->save_us || stop)
			save(alerts);
		if (!stop)
			wait_for_news(alerts);
	} while (!stop);
	return NULL;
}

/* ---- beginning and end ---- */

static bool open_member(struct alerts *alerts, struct alert_member *member)
{
	const char *const addresses[CHANNEL_WAYS] = {
		[CHANNEL_WEBHOOK] = member->alert->webhook,
		[CHANNEL_COMMAND] = member->alert->command,
	};

	member->rule = alert_rule_new(alerts->config, alerts->store, member->alert);
	for (unsigned way = 0; way < CHANNEL_WAYS; way++) {
		if (!addresses[way])
			continue;
		member->channels[way] =
			alert_channel_new(member->alert, (enum channel_way)way, alerts->log);
		if (!member->channels[way])
			return false;
	}
	return true;
}

static bool open_members(struct alerts *alerts)
{
	const struct config *config = alerts->config;

	alerts->members = x_calloc(config->alert_count + 1, sizeof *alerts->members);
	for (size_t i = 0; i < config->alert_count; i++) {
		alerts->members[alerts->member_count++].alert = &config->alerts[i];
		if (!open_member(alerts, &alerts->members[i]))
			return false;
	}
	return true;
}

static struct alert_channel *channel_at(const struct alerts *alerts, size_t place)
{
	return alerts->members[place / CHANNEL_WAYS].channels[place % CHANNEL_WAYS];
}

/* All at once: several receivers that hang cost the time of one, and the others nothing. */
static void end_channels(struct alerts *alerts, int64_t grace_ms)
{
	int64_t until_us = clock_mono_us() + grace_ms * 1000;
	size_t count = alerts->member_count * CHANNEL_WAYS;

	for (size_t i = 0; i < count && grace_ms > 0; i++)
		if (channel_at(alerts, i))
			alert_channel_hurry(channel_at(alerts, i));
	for (size_t i = 0; i < count; i++) {
		int64_t left_ms = (until_us - clock_mono_us()) / 1000;

		if (channel_at(alerts, i))
			alert_channel_halt(channel_at(alerts, i), left_ms > 0 ? left_ms : 0);
	}
	for (size_t i = 0; i < count; i++)
		if (channel_at(alerts, i))
			alert_channel_end(channel_at(alerts, i));
}

static void alerts_free(struct alerts *alerts, bool tell)
{
	for (size_t i = 0; i < alerts->member_count; i++) {
		for (unsigned way = 0; way < CHANNEL_WAYS; way++)
			if (alerts->members[i].channels[way])
				alert_channel_free(alerts->members[i].channels[way], tell);
		alert_rule_free(alerts->members[i].rule);
	}
	if (alerts->control_fd >= 0)
		close(alerts->control_fd);
	pthread_mutex_destroy(&alerts->lock);
	alert_batch_clear(&alerts->batch);
	free(alerts->members);
	free(alerts->path);
	free(alerts);
}

static struct alerts *alerts_new(const struct config *config, struct store *store, struct log *log)
{
	struct alerts *alerts = x_calloc(1, sizeof *alerts);

	alerts->config = config;
	alerts->store = store;
	alerts->log = log;
	alerts->next_event = store_event_head(store);
	alerts->store_fd = store_watch(store);
	alerts->control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&alerts->lock, NULL);
	if (config->program.history)
		alerts->path = x_asprintf("%s.alerts", config->program.history);
	text_format(alerts->run, sizeof alerts->run, "%llx-%x", (unsigned long long)clock_wall_ms(),
		    (unsigned)getpid());
	return alerts;
}

/* After a reload the verdicts are of now: what is open is told by alerts that are new. */
static void go_on(struct alerts *alerts, const char *memory)
{
	alert_memory_read(memory, alerts->members, alerts->member_count);
	for (size_t i = 0; i < alerts->member_count; i++)
		alert_rule_resume(alerts->members[i].rule, RESUME_NOW);
}

struct alerts *alerts_start(const struct config *config, struct store *store, struct log *log,
			    const char *memory, char why[200])
{
	struct alerts *alerts = alerts_new(config, store, log);

	bool opened = alerts->store_fd >= 0 && alerts->control_fd >= 0 && open_members(alerts);
	int failed = opened ? 0 : errno ? errno : EMFILE;

	hook_init();
	if (opened && memory)
		go_on(alerts, memory);
	else if (opened)
		load(alerts);
	if (opened)
		failed = thread_start(&alerts->thread, "webmon-alert", run, alerts);
	if (!failed)
		return alerts;
	text_format(why, 200, "cannot start the alerts: %s", strerror(failed));
	end_channels(alerts, 0);
	alerts_free(alerts, false);
	return NULL;
}

void alerts_trouble(const struct alerts *alerts, char out[200])
{
	pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&alerts->lock;

	pthread_mutex_lock(lock);
	text_copy(out, sizeof alerts->trouble, alerts->trouble);
	pthread_mutex_unlock(lock);
	for (size_t i = 0; i < alerts->member_count; i++)
		for (unsigned way = 0; way < CHANNEL_WAYS && out[0] == '\0'; way++)
			if (alerts->members[i].channels[way])
				alert_channel_trouble(alerts->members[i].channels[way], out);
}

char *alerts_stop(struct alerts *alerts, int64_t grace_ms)
{
	char *memory;

	pthread_mutex_lock(&alerts->lock);
	alerts->stop = true;
	pthread_mutex_unlock(&alerts->lock);
	eventfd_write(alerts->control_fd, 1);
	pthread_join(alerts->thread, NULL);
	end_channels(alerts, grace_ms);
	save(alerts);
	memory = alert_memory_write(alerts->members, alerts->member_count);
	alerts_free(alerts, grace_ms > 0);
	return memory;
}

/* ---- a test ---- */

static bool test_way(const struct alert_config *alert, enum channel_way way,
		     const struct alert_letter *letter, FILE *out)
{
	struct hook_call call = {letter, alert->limit_ms, -1};
	struct hook_result result;

	if (way == CHANNEL_WEBHOOK) {
		call.limit_ms = TEST_POST_MS;
		hook_post(alert->webhook, &call, &result);
	} else {
		hook_run(alert->command, &call, &result);
	}
	fprintf(out, "alert %s: %s: %s%s\n", alert->name, channel_way_name[way],
		result.outcome == HOOK_DONE ? "the test was taken" : "the test failed: ",
		result.why);
	return result.outcome == HOOK_DONE;
}

bool alert_test(const struct config *config, const struct alert_config *alert, FILE *out)
{
	int64_t now_ms = clock_wall_ms();
	struct alert_entry entry = {.word = ALERT_TEST,
				    .kind = ALERT_TEST,
				    .target = UINT32_MAX,
				    .at_ms = now_ms,
				    .since_ms = now_ms};
	const struct alert_batch batch = {.count = 1, .entries = &entry};
	bool well = true;

	hook_init();
	text_format(entry.detail, sizeof entry.detail,
		    "this is a test of the alert %s; nothing is wrong", alert->name);
	struct alert_letter *letter = alert_letter_new(config, alert, &batch, "test");
	if (alert->webhook)
		well = test_way(alert, CHANNEL_WEBHOOK, letter, out);
	if (alert->command)
		well = test_way(alert, CHANNEL_COMMAND, letter, out) && well;
	alert_letter_free(letter);
	return well;
}
