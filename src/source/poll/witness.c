/*
 * Witnesses. A round of questions has a number; each thread answers the newest one and sleeps. The
 * threads are detached and hold a reference, since a look-up cannot be called off.
 */
#include "source/poll/witness.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "model/url.h"

#define WITNESSES_MAX 16
#define CONNECT_MS    2000
#define ROUND_US      3000000
#define STACK_SIZE    (256u << 10)

struct witness {
	struct witnesses *all;
	char *host;
	char port[8];
	uint64_t answered; /* the newest round it has answered */
};

struct witnesses {
	pthread_mutex_t mutex;
	pthread_cond_t asked;
	size_t count, references;
	bool closed;
	uint64_t round; /* the newest one asked */
	int64_t asked_us;
	struct witnesses_answer answer;
	struct witness items[WITNESSES_MAX];
};

static void release(struct witnesses *witnesses) /* with the mutex held */
{
	bool last = --witnesses->references == 0;

	pthread_mutex_unlock(&witnesses->mutex);
	if (!last)
		return;
	for (size_t i = 0; i < witnesses->count; i++)
		free(witnesses->items[i].host);
	pthread_cond_destroy(&witnesses->asked);
	pthread_mutex_destroy(&witnesses->mutex);
	free(witnesses);
}

/* ---- one question ---- */

static bool connects_to(const struct addrinfo *one)
{
	int error = 0, fd = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof error;
	bool done;

	if (fd < 0)
		return false;
	done = connect(fd, one->ai_addr, one->ai_addrlen) == 0;
	if (!done && errno == EINPROGRESS) {
		struct pollfd wait = {.fd = fd, .events = POLLOUT};
		done = poll(&wait, 1, CONNECT_MS) == 1 &&
		       getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
	}
	close(fd);
	return done;
}

static bool is_reached(const struct witness *witness)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
	bool reached = false;

	if (getaddrinfo(witness->host, witness->port, &hints, &list) != 0)
		return false;
	for (struct addrinfo *one = list; one && !reached; one = one->ai_next)
		reached = connects_to(one);
	freeaddrinfo(list);
	return reached;
}

/* ---- rounds; with the mutex held ---- */

static void settle(struct witnesses *witnesses, bool stands)
{
	if (witnesses->answer.asked_us < witnesses->asked_us || stands)
		witnesses->answer = (struct witnesses_answer){witnesses->asked_us, stands};
}

static bool is_over(const struct witnesses *witnesses)
{
	for (size_t i = 0; i < witnesses->count; i++)
		if (witnesses->items[i].answered < witnesses->round)
			return clock_mono_us() - witnesses->asked_us > ROUND_US;
	return true;
}

static void *witness_thread(void *argument)
{
	struct witness *witness = argument;
	struct witnesses *all = witness->all;

	pthread_setname_np(pthread_self(), "webmon-witness");
	pthread_mutex_lock(&all->mutex);
	while (!all->closed) {
		uint64_t round = all->round;

		if (witness->answered == round) {
			pthread_cond_wait(&all->asked, &all->mutex);
			continue;
		}
		pthread_mutex_unlock(&all->mutex);
		bool reached = is_reached(witness);
		pthread_mutex_lock(&all->mutex);
		witness->answered = round;
		if (reached && round == all->round)
			settle(all, true);
	}
	release(all);
	return NULL;
}

/* ---- public ---- */

static void add(struct witnesses *witnesses, const char *text)
{
	struct witness *witness = &witnesses->items[witnesses->count];
	struct arena *arena = arena_new();
	struct url url;

	if (witnesses->count < WITNESSES_MAX && url_read(arena, text, &url) == NULL) {
		witness->all = witnesses;
		witness->host = x_strdup(url.host);
		snprintf(witness->port, sizeof witness->port, "%u", url.port);
		witnesses->count++;
	}
	arena_free(arena);
}

static void hire(struct witness *witness)
{
	/* Without a thread it is one that never answers. */
	if (thread_start_detached(STACK_SIZE, witness_thread, witness) == 0)
		witness->all->references++;
}

struct witnesses *witnesses_new(const struct text_list *urls)
{
	struct witnesses *witnesses;

	if (urls->count == 0)
		return NULL;
	witnesses = x_calloc(1, sizeof *witnesses);
	pthread_mutex_init(&witnesses->mutex, NULL);
	pthread_cond_init(&witnesses->asked, NULL);
	witnesses->references = 1;
	for (size_t i = 0; i < urls->count; i++)
		add(witnesses, urls->items[i]);
	pthread_mutex_lock(&witnesses->mutex);
	if (witnesses->count == 0) { /* nobody to ask: no witness against anybody */
		release(witnesses);
		return NULL;
	}
	for (size_t i = 0; i < witnesses->count; i++)
		hire(&witnesses->items[i]);
	pthread_mutex_unlock(&witnesses->mutex);
	return witnesses;
}

void witnesses_free(struct witnesses *witnesses)
{
	if (!witnesses)
		return;
	pthread_mutex_lock(&witnesses->mutex);
	witnesses->closed = true;
	pthread_cond_broadcast(&witnesses->asked);
	release(witnesses);
}

void witnesses_ask(struct witnesses *witnesses)
{
	pthread_mutex_lock(&witnesses->mutex);
	if (witnesses->round == 0 || is_over(witnesses)) {
		witnesses->round++;
		witnesses->asked_us = clock_mono_us();
		pthread_cond_broadcast(&witnesses->asked);
	}
	pthread_mutex_unlock(&witnesses->mutex);
}

struct witnesses_answer witnesses_answer(struct witnesses *witnesses)
{
	struct witnesses_answer answer;

	pthread_mutex_lock(&witnesses->mutex);
	if (witnesses->round > 0 && is_over(witnesses))
		settle(witnesses, false);
	answer = witnesses->answer;
	pthread_mutex_unlock(&witnesses->mutex);
	return answer;
}
