/*
 * The pool: workers that take jobs from a ring and spend each job's service time asleep, as one
 * that waits for its database does, so that an overloaded demo costs the machine next to nothing.
 * One mutex guards everything; a worker sleeps on the condition that pool_stop() signals, which
 * is why stopping never waits for work to be done.
 */
#include "demo/pool.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "demo/play.h"

#define LATE_US 1000000 /* the crowd makes up for no more than this (the machine slept) */

struct job {
	void *job; /* NULL: one of the crowd's */
	int64_t service_us;
};

struct pool {
	struct pool_options options;
	pthread_mutex_t lock;
	pthread_cond_t work;   /* a job came, or the end */
	pthread_cond_t ending; /* the end */
	bool stopping;
	struct job *queue; /* ring of options.queue_limit */
	unsigned head, waiting;
	pthread_t *threads; /* the workers, then the generator */
	unsigned thread_count;
};

/* With the lock held: sleeps until then unless the pool ends first. Returns false at the end. */
static bool sleep_until(struct pool *pool, int64_t until_us)
{
	const struct timespec until = {.tv_sec = until_us / 1000000,
				       .tv_nsec = until_us % 1000000 * 1000};

	while (!pool->stopping && clock_mono_us() < until_us)
		pthread_cond_timedwait(&pool->ending, &pool->lock, &until);
	return !pool->stopping;
}

static bool put_job(struct pool *pool, void *job, int64_t service_us)
{
	if (pool->stopping || pool->waiting == pool->options.queue_limit)
		return false;
	pool->queue[(pool->head + pool->waiting++) % pool->options.queue_limit] =
		(struct job){job, service_us};
	pthread_cond_signal(&pool->work);
	return true;
}

static bool take_job(struct pool *pool, struct job *out)
{
	while (pool->waiting == 0 && !pool->stopping)
		pthread_cond_wait(&pool->work, &pool->lock);
	if (pool->stopping)
		return false;
	*out = pool->queue[pool->head];
	pool->head = (pool->head + 1) % pool->options.queue_limit;
	pool->waiting--;
	return true;
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct job job;

	pthread_mutex_lock(&pool->lock);
	while (take_job(pool, &job)) {
		if (!sleep_until(pool, clock_mono_us() + job.service_us))
			break;
		if (job.job == NULL)
			continue;
		pthread_mutex_unlock(&pool->lock);
		pool->options.done(pool->options.user, job.job);
		pthread_mutex_lock(&pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/*
 * The crowd: Poisson arrivals at the play's rate. A full queue turns them away, which they do not
 * mind.
 */
static void *generate(void *arg)
{
	struct pool *pool = arg;
	const struct pool_options *options = &pool->options;
	double capacity = options->workers * 1e6 / (double)options->service_us;
	int64_t next_us = clock_mono_us();

	pthread_mutex_lock(&pool->lock);
	for (uint64_t n = 0; sleep_until(pool, next_us); n++) {
		double rate = play_arrivals(capacity, options->now_us(options->user));

		put_job(pool, NULL, play_service_us(options->seed, 0xc0, n, options->service_us));
		next_us += (int64_t)(-log(play_uniform(options->seed, 0xa1, n)) * 1e6 / rate);
		if (next_us < clock_mono_us() - LATE_US)
			next_us = clock_mono_us();
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void init_sync(struct pool *pool)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->ending, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct pool *pool_start(const struct pool_options *options)
{
	struct pool *pool = x_calloc(1, sizeof *pool);

	pool->options = *options;
	pool->queue = x_calloc(options->queue_limit, sizeof *pool->queue);
	pool->threads = x_calloc(options->workers + 1, sizeof *pool->threads);
	init_sync(pool);
	for (unsigned i = 0; i <= options->workers; i++) {
		bool worker = i < options->workers;
		int failed =
			thread_start(&pool->threads[i], worker ? "webmon-worker" : "webmon-crowd",
				     worker ? work : generate, pool);

		if (failed) {
			pool_stop(pool);
			errno = failed;
			return NULL;
		}
		pool->thread_count++;
	}
	return pool;
}

bool pool_submit(struct pool *pool, void *job, int64_t service_us)
{
	bool taken;

	pthread_mutex_lock(&pool->lock);
	taken = put_job(pool, job, service_us);
	pthread_mutex_unlock(&pool->lock);
	return taken;
}

void pool_stop(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_cond_broadcast(&pool->ending);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_cond_destroy(&pool->work);
	pthread_cond_destroy(&pool->ending);
	pthread_mutex_destroy(&pool->lock);
	free(pool->threads);
	free(pool->queue);
	free(pool);
}
