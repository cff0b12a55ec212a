/*
 * Who waits for something new in a store, and how they are woken: readers in this process by their
 * writers, once for as much as comes until they look; readers of somebody else's by the clock.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/inside.h"
#include "store/store.h"

enum {
	LIFE_MS = 1000, /* between two signs of life */
	LOOK_MS = 200,	/* between two looks at somebody else's store */
};

/* A reader of another process's store is told by the clock: that costs the writer nothing. */
static int open_clock(void)
{
	const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
	const struct itimerspec each = {.it_interval = look, .it_value = look};
	int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (descriptor >= 0)
		timerfd_settime(descriptor, 0, &each, NULL);
	return descriptor;
}

static size_t watcher_count(const struct store *store)
{
	return atomic_load_explicit(&store->watcher_count, memory_order_acquire);
}

int store_watch(struct store *store)
{
	size_t count = watcher_count(store);
	int descriptor;

	if (count == WATCHERS) {
		errno = ENOSPC;
		return -1;
	}
	descriptor = store->own ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : open_clock();
	if (descriptor < 0)
		return -1;
	store->watchers[count].descriptor = descriptor;
	/* Release: who sees the count sees the descriptor. */
	atomic_store_explicit(&store->watcher_count, count + 1, memory_order_release);
	return descriptor;
}

void store_unwatch(struct store *store)
{
	for (size_t i = 0; i < watcher_count(store); i++)
		close(store->watchers[i].descriptor);
	atomic_store_explicit(&store->watcher_count, 0, memory_order_release);
}

void store_woken(struct store *store, int descriptor)
{
	uint64_t drained;

	/* First drained, then said: the other way round a wake in between would be lost with its
	 * count. */
	(void)!read(descriptor, &drained, sizeof drained);
	for (size_t i = 0; i < watcher_count(store); i++) {
		struct watcher *watcher = &store->watchers[i];
		/* Acquire and release: a wake that found `told` still set has its data seen from
		 * here on. */
		if (watcher->descriptor == descriptor)
			atomic_exchange_explicit(&watcher->told, false, memory_order_acq_rel);
	}
}

static void show_life(struct store *store)
{
	struct block_life *life = block_to(store->own, ROW_LIFE, 0);
	int64_t now_ms = clock_wall_ms();
	/* Relaxed: a second sign of life from another poller does no harm. */
	int64_t shown_ms = atomic_load_explicit(&store->life_ms, memory_order_relaxed);

	if (now_ms >= shown_ms && now_ms - shown_ms < LIFE_MS)
		return;
	atomic_store_explicit(&store->life_ms, now_ms, memory_order_relaxed);
	atomic_store_explicit(&life->last_ms, now_ms, memory_order_relaxed);
}

void store_wake(struct store *store)
{
	const uint64_t one = 1;

	if (store->file.path)
		show_life(store);
	for (size_t i = 0; i < watcher_count(store); i++) {
		struct watcher *watcher = &store->watchers[i];
		/* Release: what was written before is seen by the reader that clears it. */
		if (!atomic_exchange_explicit(&watcher->told, true, memory_order_acq_rel))
			(void)!write(watcher->descriptor, &one, sizeof one);
	}
}
