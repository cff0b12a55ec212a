#ifndef WEBMON_SOURCE_POLL_ENGINE_H
#define WEBMON_SOURCE_POLL_ENGINE_H
/*
 * One poller: a thread's worth of targets with all that it takes to probe them. engine_run() is the
 * thread; what stands under "any thread" may be called from others, everything else belongs to the
 * thread that runs it.
 *
 * A turn: start what is due, let libcurl work, take in what is done, end what is out of time, wait
 * for the next thing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct plan;

/* Returns new; plan->targets is copied. NULL: errno says why. */
struct engine *engine_new(const struct plan *plan);
void engine_free(struct engine *engine); /* after engine_run() has returned */

void engine_run(struct engine *engine);

/* ---- any thread ---- */

/* place: of the target among plan->targets, or SIZE_MAX: all. */
void engine_check_now(struct engine *engine, size_t place);
/* As engine_check_now, for another target's sake: not where a server asked to be left alone. */
void engine_look(struct engine *engine, size_t place);
void engine_acknowledge(struct engine *engine, size_t place, const char *note);
void engine_pause(struct engine *engine, size_t place, bool paused);
void engine_stop(struct engine *engine);

#endif
