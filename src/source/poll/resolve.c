/*
 * The resolver: a table of names, two queues of look-ups (quick and slow ones) and detached
 * threads.
 *
 * One mutex guards everything; it is never held during getaddrinfo(). A thread holds a reference,
 * so that the resolver outlives its owner where a look-up hangs: the last one out frees.
 */
#include "source/poll/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "model/sample.h"
#include "source/poll/freshness.h"
#include "source/poll/nameserver.h"

#define KEEP_BAD_US   500000
#define SLOW_US	      1000000
#define IDLE_S	      20
#define BUCKETS	      1024
#define ENTRIES_SWEEP 4096 /* redirects may bring ever new names: from here on stale ones go */
#define STACK_SIZE    (512u << 10)

struct name_entry {
	struct name_entry *next_in_bucket, *next_in_queue;
	struct lookup *waiting;
	struct answer answer;
	int64_t until_us;   /* the answer is good until then */
	int64_t started_us; /* of the look-up that is running */
	enum family family;
	bool queued, running, slow;
	struct freshness freshness;
	char name[];
};

struct entry_queue {
	struct name_entry *head, **tail;
	size_t count;
};

struct resolver_client {
	struct resolver *resolver;
	struct lookup *arrived;
	int wake;
};

struct resolver {
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct name_entry *buckets[BUCKETS];
	size_t entry_count;
	struct entry_queue quick, slow;
	size_t threads, threads_max, idle, slow_running;
	struct nameservers *servers;
	struct freshness_share share;
	size_t references;
	bool closed;
};

static void queue_init(struct entry_queue *queue)
{
	queue->head = NULL;
	queue->tail = &queue->head;
	queue->count = 0;
}

static void queue_push(struct entry_queue *queue, struct name_entry *entry)
{
	entry->next_in_queue = NULL;
	entry->queued = true;
	*queue->tail = entry;
	queue->tail = &entry->next_in_queue;
	queue->count++;
}

static struct name_entry *queue_pop(struct entry_queue *queue)
{
	struct name_entry *entry = queue->head;

	if (!entry)
		return NULL;
	queue->head = entry->next_in_queue;
	if (!queue->head)
		queue->tail = &queue->head;
	entry->queued = false;
	queue->count--;
	return entry;
}

static void list_push(struct lookup **list, struct lookup *lookup)
{
	lookup->next = *list;
	lookup->link = list;
	if (*list)
		(*list)->link = &lookup->next;
	*list = lookup;
}

static void list_remove(struct lookup *lookup)
{
	*lookup->link = lookup->next;
	if (lookup->next)
		lookup->next->link = lookup->link;
	lookup->next = NULL;
	lookup->link = NULL;
}

/* Called with the mutex held, which is released. */
static void resolver_drop(struct resolver *resolver)
{
	bool last = --resolver->references == 0;

	pthread_mutex_unlock(&resolver->mutex);
	if (!last)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct name_entry *entry = resolver->buckets[i];

		while (entry) {
			struct name_entry *next = entry->next_in_bucket;

			free(entry);
			entry = next;
		}
	}
	pthread_cond_destroy(&resolver->work);
	nameservers_free(resolver->servers);
	pthread_mutex_destroy(&resolver->mutex);
	free(resolver);
}

/* ---- the name servers ---- */

/* Tells since when something has been looked up. With the mutex held. */
static void tell_busy(struct resolver *resolver)
{
	int64_t oldest_us = INT64_MAX;

	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct name_entry *entry = resolver->buckets[i]; entry;
		     entry = entry->next_in_bucket)
			if (entry->running && entry->started_us < oldest_us)
				oldest_us = entry->started_us;
	nameservers_busy(resolver->servers, oldest_us == INT64_MAX ? 0 : oldest_us);
}

/* ---- threads ---- */

/* Hands the answer to one who waited. Its own time counts where it joined a look-up under way. */
static void deliver(struct lookup *lookup, const struct answer *answer)
{
	int64_t waited = clock_mono_us() - lookup->asked_us;

	lookup->answer = *answer;
	if (answer->took_us > waited)
		lookup->answer.took_us = waited > 0 ? waited : 1;
	list_push(&lookup->client->arrived, lookup);
}

static void wake(const struct resolver_client *client)
{
	uint64_t one = 1;

	/* A full counter is a client that is awake anyway. */
	if (write(client->wake, &one, sizeof one) < 0)
		return;
}

static void finish(struct resolver *resolver, struct name_entry *entry, const struct answer *answer)
{
	int64_t now_us = clock_mono_us();

	entry->answer = *answer;
	entry->slow = answer->took_us > SLOW_US;
	entry->until_us = now_us + KEEP_BAD_US;
	if (!answer->error)
		entry->until_us = now_us + freshness_keep_us(&entry->freshness, &resolver->share,
							     answer->took_us, now_us);
	while (entry->waiting) {
		struct lookup *lookup = entry->waiting;

		list_remove(lookup);
		deliver(lookup, answer);
		wake(lookup->client);
	}
}

/* The next entry to be looked up, NULL: none that may be. */
static struct name_entry *next_entry(struct resolver *resolver)
{
	struct name_entry *entry;

	while ((entry = queue_pop(&resolver->quick)))
		if (entry->waiting)
			return entry;
	while (resolver->slow_running < (resolver->threads_max + 1) / 2 &&
	       (entry = queue_pop(&resolver->slow)))
		if (entry->waiting)
			return entry;
	return NULL;
}

/* With the mutex held, released meanwhile. */
static void work_on(struct resolver *resolver, struct name_entry *entry)
{
	bool slow = entry->slow;
	struct answer answer;

	entry->running = true;
	entry->started_us = clock_mono_us();
	resolver->slow_running += slow;
	tell_busy(resolver);
	pthread_mutex_unlock(&resolver->mutex);
	answer_look_up(&answer, entry->name, entry->family);
	if (answer.error == EAI_AGAIN || answer.error == EAI_FAIL) {
		nameservers_look(resolver->servers);
		answer.cut_off = nameservers_were_gone(resolver->servers, entry->started_us);
	}
	pthread_mutex_lock(&resolver->mutex);
	resolver->slow_running -= slow;
	entry->running = false;
	tell_busy(resolver);
	if (!resolver->closed)
		finish(resolver, entry, &answer);
}

/* False: idle for so long that the thread should end. */
static bool wait_for_work(struct resolver *resolver)
{
	struct timespec until;
	int result;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDLE_S;
	resolver->idle++;
	result = pthread_cond_timedwait(&resolver->work, &resolver->mutex, &until);
	resolver->idle--;
	return result != ETIMEDOUT;
}

static void *resolver_thread(void *argument)
{
	struct resolver *resolver = argument;
	struct name_entry *entry;

	pthread_setname_np(pthread_self(), "webmon-dns");
	pthread_mutex_lock(&resolver->mutex);
	while (!resolver->closed) {
		entry = next_entry(resolver);
		if (entry)
			work_on(resolver, entry);
		else if (!wait_for_work(resolver))
			break;
	}
	resolver->threads--;
	resolver_drop(resolver);
	return NULL;
}

/*
 * One more thread, which holds a reference, where all are busy and there may be more. An idle one
 * that was called and has not woken yet is busy with what stands in the queue. False: there is none
 * at all.
 */
static bool hire(struct resolver *resolver)
{
	if (resolver->idle > resolver->quick.count + resolver->slow.count ||
	    resolver->threads >= resolver->threads_max)
		return true;
	if (thread_start_detached(STACK_SIZE, resolver_thread, resolver) == 0) {
		resolver->threads++;
		resolver->references++;
	}
	return resolver->threads > 0;
}

/* ---- the table ---- */

static struct name_entry **bucket_of(struct resolver *resolver, const char *name,
				     enum family family)
{
	return &resolver->buckets[(text_hash(name) + (uint64_t)family) % BUCKETS];
}

static void sweep(struct resolver *resolver, int64_t now_us)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct name_entry **link = &resolver->buckets[i];

		while (*link) {
			struct name_entry *entry = *link;

			if (entry->waiting || entry->queued || entry->running ||
			    entry->until_us > now_us) {
				link = &entry->next_in_bucket;
				continue;
			}
			*link = entry->next_in_bucket;
			free(entry);
			resolver->entry_count--;
		}
	}
}

static struct name_entry *find_entry(struct resolver *resolver, const char *name,
				     enum family family)
{
	struct name_entry **bucket = bucket_of(resolver, name, family);
	struct name_entry *entry;
	size_t size = strlen(name) + 1;

	for (entry = *bucket; entry; entry = entry->next_in_bucket)
		if (entry->family == family && strcmp(entry->name, name) == 0)
			return entry;
	if (resolver->entry_count >= ENTRIES_SWEEP && resolver->entry_count % 256 == 0)
		sweep(resolver, clock_mono_us());
	entry = x_calloc(1, sizeof *entry + size);
	freshness_init(&entry->freshness);
	memcpy(entry->name, name, size);
	entry->family = family;
	entry->next_in_bucket = *bucket;
	*bucket = entry;
	resolver->entry_count++;
	return entry;
}

/* ---- public ---- */

struct resolver *resolver_new(size_t threads_max)
{
	struct resolver *resolver = x_calloc(1, sizeof *resolver);
	pthread_condattr_t attributes;

	pthread_mutex_init(&resolver->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&resolver->work, &attributes);
	resolver->servers = nameservers_new();
	pthread_condattr_destroy(&attributes);
	queue_init(&resolver->quick);
	queue_init(&resolver->slow);
	resolver->threads_max = threads_max;
	resolver->references = 1;
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	pthread_mutex_lock(&resolver->mutex);
	resolver->closed = true;
	pthread_cond_broadcast(&resolver->work);
	resolver_drop(resolver);
}

struct resolver_client *resolver_attach(struct resolver *resolver, int wake_descriptor)
{
	struct resolver_client *client = x_calloc(1, sizeof *client);

	client->resolver = resolver;
	client->wake = wake_descriptor;
	return client;
}

void resolver_detach(struct resolver_client *client)
{
	free(client);
}

bool resolver_ask(struct resolver_client *client, struct lookup *lookup, const char *name,
		  enum family family)
{
	struct resolver *resolver = client->resolver;
	struct name_entry *entry;
	bool at_once = true;

	lookup->client = client;
	lookup->asked_us = clock_mono_us();
	pthread_mutex_lock(&resolver->mutex);
	entry = find_entry(resolver, name, family);
	if (!lookup->fresh && !entry->running && !entry->queued &&
	    entry->until_us > lookup->asked_us) {
		lookup->answer = entry->answer;
		lookup->answer.took_us = ABSENT_US;
	} else if (!hire(resolver)) {
		lookup->answer = (struct answer){
			.error = EAI_SYSTEM, .os_error = EAGAIN, .took_us = ABSENT_US};
	} else {
		at_once = false;
		list_push(&entry->waiting, lookup);
		if (!entry->running && !entry->queued)
			queue_push(entry->slow ? &resolver->slow : &resolver->quick, entry);
		pthread_cond_signal(&resolver->work);
	}
	pthread_mutex_unlock(&resolver->mutex);
	if (at_once)
		lookup->client = NULL;
	return at_once;
}

void resolver_cancel(struct lookup *lookup)
{
	if (!lookup->client)
		return;
	pthread_mutex_lock(&lookup->client->resolver->mutex);
	if (lookup->link)
		list_remove(lookup);
	pthread_mutex_unlock(&lookup->client->resolver->mutex);
	lookup->client = NULL;
}

struct lookup *resolver_collect(struct resolver_client *client)
{
	struct lookup *lookup;

	pthread_mutex_lock(&client->resolver->mutex);
	lookup = client->arrived;
	if (lookup)
		list_remove(lookup);
	pthread_mutex_unlock(&client->resolver->mutex);
	if (lookup)
		lookup->client = NULL;
	return lookup;
}

bool resolver_is_cut_off(struct resolver_client *client, int64_t asked_us)
{
	return nameservers_were_gone(client->resolver->servers, asked_us);
}
