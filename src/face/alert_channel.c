/*
 * The thread of one way out. It takes the oldest letter, delivers it, and only then the next: so
 * the receiver reads them in order. `lock` guards the queue and what others may ask.
 *
 * Between tries it waits longer each time. A letter is given up only when the receiver has refused
 * it several times for itself, or after a day.
 */
#include "face/alert_channel.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "face/alert_hook.h"

#define POST_LIMIT_MS  10000
#define BACKOFF_MIN_MS 1000
#define BACKOFF_MAX_MS 60000
#define AGE_MAX_MS     (24 * 60 * 60 * 1000LL)
#define REFUSALS_MAX   3  /* of a letter by a receiver that answers */
#define TOLD_EVERY     10 /* tries between two lines of the log */

const char *const channel_way_name[CHANNEL_WAYS] = {
	[CHANNEL_WEBHOOK] = "webhook", [CHANNEL_COMMAND] = "command"};

struct alert_channel {
	char *alert, *address;
	enum channel_way way;
	int64_t limit_ms;
	struct log *log;
	pthread_t thread;
	int control_fd; /* something changed */
	int stop_fd;	/* give up what is under way */
	int ended_fd;	/* the thread has */

	pthread_mutex_t lock;
	struct alert_letter *first, **last;
	size_t count, bytes;
	uint64_t changes;
	bool ending;
	char why[160]; /* of the newest failure; "" where all is well */

	/* the thread's own */
	int64_t retry_us;
};

static void tell(struct alert_channel *channel, const char *what, const char *why)
{
	char words[1400];

	text_format(words, sizeof words, "alert %s: %s: %s%s%s", channel->alert,
		    channel_way_name[channel->way], what, why[0] != '\0' ? ": " : "", why);
	if (channel->log)
		log_note(channel->log, words);
}

static size_t size_of(const struct alert_letter *letter)
{
	return strlen(letter->json) + strlen(letter->body);
}

static void drop_first(struct alert_channel *channel)
{
	struct alert_letter *letter;

	pthread_mutex_lock(&channel->lock);
	letter = channel->first;
	channel->first = letter->next;
	if (!channel->first)
		channel->last = &channel->first;
	channel->count--;
	channel->bytes -= size_of(letter);
	channel->changes++;
	pthread_mutex_unlock(&channel->lock);
	alert_letter_free(letter);
}

static void set_why(struct alert_channel *channel, const char *why)
{
	pthread_mutex_lock(&channel->lock);
	text_copy(channel->why, sizeof channel->why, why);
	pthread_mutex_unlock(&channel->lock);
}

static void call(struct alert_channel *channel, const struct alert_letter *letter,
		 struct hook_result *result)
{
	struct hook_call how = {letter, channel->limit_ms, channel->stop_fd};

	if (channel->way == CHANNEL_WEBHOOK)
		hook_post(channel->address, &how, result);
	else
		hook_run(channel->address, &how, result);
}

/* Whether the letter is to be kept for another try. */
static bool is_worth_another(const struct alert_channel *channel, const struct alert_letter *letter,
			     const struct hook_result *result)
{
	if (clock_wall_ms() - letter->written_ms > AGE_MAX_MS)
		return false;
	if (result->outcome == HOOK_LATER)
		return true;
	/* a program that failed may have done half of its work, which is not for us to repeat */
	return channel->way == CHANNEL_WEBHOOK && letter->tries < REFUSALS_MAX;
}

static int64_t backoff_ms(unsigned tries, int64_t asked_ms)
{
	int64_t wait_ms = tries < 7 ? (int64_t)BACKOFF_MIN_MS << (tries - 1) : BACKOFF_MAX_MS;

	if (wait_ms > BACKOFF_MAX_MS)
		wait_ms = BACKOFF_MAX_MS;
	return asked_ms > wait_ms ? asked_ms : wait_ms;
}

static void take_failure(struct alert_channel *channel, struct alert_letter *letter,
			 const struct hook_result *result)
{
	letter->tries++;
	set_why(channel, result->why);
	if (!is_worth_another(channel, letter, result)) {
		tell(channel, "a message was given up", result->why);
		drop_first(channel);
		return;
	}
	if (letter->tries % TOLD_EVERY == 1)
		tell(channel, "a message waits for another try", result->why);
	channel->retry_us = clock_mono_us() + backoff_ms(letter->tries, result->after_ms) * 1000;
}

/* Returns whether the receiver took it. */
static bool deliver(struct alert_channel *channel, struct alert_letter *letter)
{
	struct hook_result result;

	call(channel, letter, &result);
	if (result.outcome != HOOK_DONE) {
		take_failure(channel, letter, &result);
		return false;
	}
	if (letter->tries > 0)
		tell(channel, "a message that had to wait was delivered", "");
	set_why(channel, "");
	drop_first(channel);
	return true;
}

static void wait_for_news(const struct alert_channel *channel, int64_t until_us)
{
	struct pollfd control = {.fd = channel->control_fd, .events = POLLIN};
	int64_t wait_ms = -1;
	eventfd_t count;

	if (until_us != INT64_MAX) {
		wait_ms = (until_us - clock_mono_us() + 999) / 1000;
		wait_ms = wait_ms > 0 ? wait_ms : 0;
	}
	poll(&control, 1, (int)wait_ms);
	eventfd_read(channel->control_fd, &count);
}

/* The time for what is under way is over: what has not begun does not begin. */
static bool is_stopped(const struct alert_channel *channel)
{
	struct pollfd stop = {.fd = channel->stop_fd, .events = POLLIN};

	return poll(&stop, 1, 0) > 0;
}

static void *run(void *arg)
{
	struct alert_channel *channel = arg;

	for (;;) {
		pthread_mutex_lock(&channel->lock);
		struct alert_letter *letter = channel->first;
		bool ending = channel->ending;
		pthread_mutex_unlock(&channel->lock);

		if (is_stopped(channel) || (!letter && ending))
			break;
		if (!letter)
			wait_for_news(channel, INT64_MAX);
		else if (!ending && clock_mono_us() < channel->retry_us)
			wait_for_news(channel, channel->retry_us);
		else if (!deliver(channel, letter) && ending)
			break;
	}
	eventfd_write(channel->ended_fd, 1);
	return NULL;
}

struct alert_channel *alert_channel_new(const struct alert_config *alert, enum channel_way way,
					struct log *log)
{
	struct alert_channel *channel = x_calloc(1, sizeof *channel);
	int failed;

	channel->alert = x_strdup(alert->name);
	channel->address = x_strdup(way == CHANNEL_WEBHOOK ? alert->webhook : alert->command);
	channel->way = way;
	channel->limit_ms = way == CHANNEL_WEBHOOK ? POST_LIMIT_MS : alert->limit_ms;
	channel->log = log;
	channel->last = &channel->first;
	channel->control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	channel->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	channel->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&channel->lock, NULL);
	failed = channel->control_fd < 0 || channel->stop_fd < 0 || channel->ended_fd < 0
			 ? EMFILE
			 : thread_start(&channel->thread, "webmon-channel", run, channel);
	if (!failed)
		return channel;
	alert_channel_free(channel, false);
	errno = failed;
	return NULL;
}

bool alert_channel_has_room(struct alert_channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	bool room = channel->count < CHANNEL_QUEUE && channel->bytes < CHANNEL_BYTES;
	pthread_mutex_unlock(&channel->lock);
	return room;
}

void alert_channel_push(struct alert_channel *channel, struct alert_letter *letter)
{
	pthread_mutex_lock(&channel->lock);
	*channel->last = letter;
	channel->last = &letter->next;
	channel->count++;
	channel->bytes += size_of(letter);
	channel->changes++;
	pthread_mutex_unlock(&channel->lock);
	eventfd_write(channel->control_fd, 1);
}

uint64_t alert_channel_changes(struct alert_channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	uint64_t changes = channel->changes;
	pthread_mutex_unlock(&channel->lock);
	return changes;
}

void alert_channel_each(struct alert_channel *channel,
			void (*see)(void *user, const struct alert_letter *letter), void *user)
{
	pthread_mutex_lock(&channel->lock);
	for (const struct alert_letter *letter = channel->first; letter; letter = letter->next)
		see(user, letter);
	pthread_mutex_unlock(&channel->lock);
}

void alert_channel_trouble(struct alert_channel *channel, char out[200])
{
	out[0] = '\0';
	pthread_mutex_lock(&channel->lock);
	if (channel->why[0] != '\0' && channel->count > 0)
		text_format(out, 200, "alert %s: %s: %s, %zu message%s wait%s", channel->alert,
			    channel_way_name[channel->way], channel->why, channel->count,
			    channel->count == 1 ? "" : "s", channel->count == 1 ? "s" : "");
	else if (channel->why[0] != '\0')
		text_format(out, 200, "alert %s: %s: %s", channel->alert,
			    channel_way_name[channel->way], channel->why);
	pthread_mutex_unlock(&channel->lock);
}

void alert_channel_hurry(struct alert_channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	channel->ending = true;
	pthread_mutex_unlock(&channel->lock);
	eventfd_write(channel->control_fd, 1);
}

void alert_channel_halt(struct alert_channel *channel, int64_t grace_ms)
{
	struct pollfd ended = {.fd = channel->ended_fd, .events = POLLIN};

	if (grace_ms <= 0)
		eventfd_write(channel->stop_fd, 1);
	alert_channel_hurry(channel);
	if (poll(&ended, 1, (int)grace_ms) <= 0)
		eventfd_write(channel->stop_fd, 1);
}

void alert_channel_end(struct alert_channel *channel)
{
	pthread_join(channel->thread, NULL);
}

void alert_channel_free(struct alert_channel *channel, bool notes)
{
	char words[80];

	if (notes && channel->count > 0) {
		text_format(words, sizeof words,
			    "%zu message%s could not be delivered before the end", channel->count,
			    channel->count == 1 ? "" : "s");
		tell(channel, words, channel->why);
	}
	while (channel->first) {
		struct alert_letter *letter = channel->first;
		channel->first = letter->next;
		alert_letter_free(letter);
	}
	if (channel->control_fd >= 0)
		close(channel->control_fd);
	if (channel->stop_fd >= 0)
		close(channel->stop_fd);
	if (channel->ended_fd >= 0)
		close(channel->ended_fd);
	pthread_mutex_destroy(&channel->lock);
	free(channel->alert);
	if (channel->address) {
		explicit_bzero(channel->address, strlen(channel->address));
		free(channel->address);
	}
	free(channel);
}
