/*
 * A thread that checks. One mutex over two lists of probes, those to be checked and those that have
 * been; what a probe holds is its poller's before it is given away and after it was collected, and
 * this thread's between.
 */
#include "source/poll/checker.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "source/poll/check.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/watch.h"

struct queue {
	struct probe *head, **tail;
};

struct checker {
	pthread_mutex_t mutex; /* guards all that follows */
	pthread_cond_t work;
	struct queue waiting, done;
	bool closed;
	/* the poller's alone */
	pthread_t thread;
	bool started;
	int wake;
};

static void queue_push(struct queue *queue, struct probe *probe)
{
	probe->next = NULL;
	*queue->tail = probe;
	queue->tail = &probe->next;
}

static struct probe *queue_pop(struct queue *queue)
{
	struct probe *probe = queue->head;

	if (!probe)
		return NULL;
	queue->head = probe->next;
	if (!queue->head)
		queue->tail = &queue->head;
	return probe;
}

static void tell(const struct checker *checker)
{
	uint64_t one = 1;

	/* A full counter is a poller that is awake anyway. */
	if (write(checker->wake, &one, sizeof one) < 0)
		return;
}

static void check(struct probe *probe)
{
	struct checked *checked = &probe->checked;

	checked->cls = checks_run(probe->watch->checks, &probe->reply,
				  probe->peer_known ? &probe->peer : NULL, checked->detail);
	checked->done = true;
}

static void *run(void *argument)
{
	struct checker *checker = argument;

	pthread_mutex_lock(&checker->mutex);
	while (!checker->closed) {
		struct probe *probe = queue_pop(&checker->waiting);

		if (!probe) {
			pthread_cond_wait(&checker->work, &checker->mutex);
			continue;
		}
		pthread_mutex_unlock(&checker->mutex);
		check(probe);
		pthread_mutex_lock(&checker->mutex);
		queue_push(&checker->done, probe);
		tell(checker);
	}
	pthread_mutex_unlock(&checker->mutex);
	return NULL;
}

/* ---- public ---- */

struct checker *checker_new(int wake)
{
	struct checker *checker = x_calloc(1, sizeof *checker);

	pthread_mutex_init(&checker->mutex, NULL);
	pthread_cond_init(&checker->work, NULL);
	checker->waiting.tail = &checker->waiting.head;
	checker->done.tail = &checker->done.head;
	checker->wake = wake;
	return checker;
}

void checker_free(struct checker *checker)
{
	if (!checker)
		return;
	pthread_mutex_lock(&checker->mutex);
	checker->closed = true;
	pthread_cond_signal(&checker->work);
	pthread_mutex_unlock(&checker->mutex);
	if (checker->started)
		pthread_join(checker->thread, NULL);
	pthread_cond_destroy(&checker->work);
	pthread_mutex_destroy(&checker->mutex);
	free(checker);
}

bool checker_is_for(const struct probe *probe)
{
	return probe->outcome.cls == CLASS_OK && !probe->profile->connect_only &&
	       checks_are_long(probe->watch->checks, &probe->reply);
}

bool checker_give(struct checker *checker, struct probe *probe)
{
	if (!checker->started && thread_start(&checker->thread, "webmon-check", run, checker) != 0)
		return false;
	checker->started = true;
	pthread_mutex_lock(&checker->mutex);
	queue_push(&checker->waiting, probe);
	pthread_cond_signal(&checker->work);
	pthread_mutex_unlock(&checker->mutex);
	return true;
}

struct probe *checker_collect(struct checker *checker)
{
	if (!checker->started)
		return NULL;
	pthread_mutex_lock(&checker->mutex);
	struct probe *probe = queue_pop(&checker->done);
	pthread_mutex_unlock(&checker->mutex);
	return probe;
}
