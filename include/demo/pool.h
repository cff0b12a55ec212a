#ifndef WEBMON_DEMO_POOL_H
#define WEBMON_DEMO_POOL_H
/*
 * A bounded pool of workers behind a bounded queue, like that of an application server, and the
 * crowd that uses it: an open-loop generator, which sends at its own rate whether or not it is
 * answered. What the probes see of it is real queueing.
 */
#include <stdbool.h>
#include <stdint.h>

struct pool;

struct pool_options {
	uint64_t seed;
	unsigned workers;
	unsigned queue_limit;		     /* jobs waiting at most; more are turned away */
	int64_t service_us;		     /* mean work of a job of the crowd */
	int64_t (*now_us)(void *user);	     /* the demo's own time */
	void (*done)(void *user, void *job); /* from a worker's thread, no lock held */
	void *user;
};

/* Returns new, or NULL where threads cannot be had (errno). */
struct pool *pool_start(const struct pool_options *options);

/*
 * Takes in a job of so much work; false where the queue is full. job is borrowed until done() and
 * not NULL. Any thread.
 */
bool pool_submit(struct pool *pool, void *job, int64_t service_us);

/* Ends the threads at once and frees; jobs not done by then get no done(). */
void pool_stop(struct pool *pool);

#endif
