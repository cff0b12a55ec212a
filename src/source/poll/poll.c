/*
 * The polling worker as the program sees it: starts one engine a thread, shares the targets out,
 * passes commands on.
 */
#include "source/poll/poll.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "source/poll/around.h"
#include "source/poll/crowd.h"
#include "source/poll/engine.h"
#include "source/poll/network.h"
#include "source/poll/plan.h"
#include "source/poll/request.h"
#include "source/poll/resolve.h"
#include "source/poll/stamp.h"
#include "source/poll/trust.h"

#define POLLERS_MAX	 64 /* as many parts as the store has for them */
#define RESOLVER_THREADS 32
#define WHY_MAX		 200
/* Descriptors for all but probes, and of them at most so many in a table. */
#define DESCRIPTORS_KEPT 64
#define DESCRIPTORS_MAX	 (1u << 20)
#define SHARE		 150 /* targets a multi handle, which takes two descriptors */

struct poller {
	struct engine *engine;
	pthread_t thread;
	bool started;
};

struct poll {
	struct trust *trust;
	struct profiles *profiles;
	struct resolver *resolver;
	struct kin *kin;
	struct network *network;
	struct store *store;
	struct crowd *crowd;
	struct poller *pollers;
	size_t poller_count;
	uint32_t *poller_of, *place_of; /* by target */
	int keeper;
	pthread_mutex_t mutex; /* guards running */
	size_t running;	       /* pollers with rounds to go */
	bool limited;	       /* there are rounds to go at all */
};

/* As many descriptors as this process may have. */
static size_t raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1024;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur < DESCRIPTORS_MAX ? (size_t)limit.rlim_cur : DESCRIPTORS_MAX;
}

static void on_finished(void *user)
{
	struct poll *poll = user;

	pthread_mutex_lock(&poll->mutex);
	poll->running--;
	pthread_mutex_unlock(&poll->mutex);
	store_wake(poll->store);
}

static void on_look(void *user, uint32_t target)
{
	struct poll *poll = user;

	engine_look(poll->pollers[poll->poller_of[target]].engine, poll->place_of[target]);
}

/* Targets of one host go to one poller, so that the limit per host is one. */
static void share_out(struct poll *poll, const struct config *config, size_t *counts)
{
	for (size_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];
		const char *key = config->program.per_host > 0 ? target->host : target->name;
		uint32_t owner = (uint32_t)(text_hash(key) % poll->poller_count);

		poll->poller_of[i] = owner;
		poll->place_of[i] = (uint32_t)counts[owner]++;
	}
}

/* What all pollers together may have in flight, given the descriptors. */
static size_t concurrency_of(const struct config *config, size_t descriptors)
{
	size_t wished = config->program.concurrency > 0 ? (size_t)config->program.concurrency : 1;
	size_t kept = DESCRIPTORS_KEPT + 2 * (config->target_count / SHARE + 1);
	size_t room = descriptors > kept ? descriptors - kept : 1;

	return wished < room ? wished : room;
}

static bool make_engine(struct poll *poll, struct plan *plan, size_t number, size_t count)
{
	uint32_t *targets = x_calloc(count + 1, sizeof *targets);

	for (uint32_t i = 0; i < plan->config->target_count; i++)
		if (poll->poller_of[i] == number)
			targets[poll->place_of[i]] = i;
	plan->targets = targets;
	plan->count = count;
	plan->number = (unsigned)number;
	poll->pollers[number].engine = engine_new(plan);
	free(targets);
	return poll->pollers[number].engine != NULL;
}

static bool make_engines(struct poll *poll, struct plan *plan)
{
	size_t counts[POLLERS_MAX] = {0};
	size_t all = concurrency_of(plan->config, plan->descriptors);

	share_out(poll, plan->config, counts);
	plan->concurrency = (uint32_t)(all / poll->poller_count > 0 ? all / poll->poller_count : 1);
	plan->per_host =
		plan->config->program.per_host > 0 ? (uint32_t)plan->config->program.per_host : 0;
	for (size_t i = 0; i < poll->poller_count; i++) {
		poll->running += plan->rounds > 0 && counts[i] > 0;
		if (!make_engine(poll, plan, i, counts[i]))
			return false;
	}
	return true;
}

static void *poller_thread(void *argument)
{
	engine_run(argument);
	return NULL;
}

static bool start_threads(struct poll *poll)
{
	int error = 0;

	for (size_t i = 0; i < poll->poller_count && !error; i++) {
		struct poller *poller = &poll->pollers[i];

		error = thread_start(&poller->thread, "webmon-poll", poller_thread, poller->engine);
		poller->started = error == 0;
	}
	errno = error;
	return error == 0;
}

bool poll_is_able(const struct config *config, struct errors *errors)
{
	const curl_version_info_data *curl;
	size_t fatal = errors->fatal;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_version_info(CURLVERSION_NOW);
	for (size_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];

		if (target->http == WISH_HTTP_3 && !(curl->features & CURL_VERSION_HTTP3))
			error_add(errors, target->file, target->line,
				  "%s: http = 3: this machine's libcurl (%s) knows no HTTP/3; 2 "
				  "and 1.1 are left",
				  target->name, curl->version);
	}
	return errors->fatal == fatal;
}

struct poll *poll_start(const struct config *config, struct store *store,
			const struct poll_options *options, char why[WHY_MAX])
{
	struct poll *poll = x_calloc(1, sizeof *poll);
	size_t pollers = config->program.pollers > 0 ? (size_t)config->program.pollers : 1;
	struct plan plan = {.config = config,
			    .store = store,
			    .rounds = options->rounds,
			    .spread = options->spread,
			    .finished = on_finished,
			    .look = on_look,
			    .user = poll,
			    .descriptors = raise_descriptors()};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	pthread_mutex_init(&poll->mutex, NULL);
	poll->store = store;
	poll->limited = options->rounds > 0;
	poll->poller_count = pollers < POLLERS_MAX ? pollers : POLLERS_MAX;
	poll->pollers = x_calloc(poll->poller_count, sizeof *poll->pollers);
	poll->poller_of = x_calloc(config->target_count + 1, sizeof *poll->poller_of);
	poll->place_of = x_calloc(config->target_count + 1, sizeof *poll->place_of);
	poll->keeper = stamp_keeper_open();
	poll->trust = trust_new();
	poll->profiles = profiles_new(config->targets, config->target_count, poll->trust);
	poll->resolver = resolver_new(RESOLVER_THREADS);
	poll->kin = kin_new(config);
	poll->network = network_new(config, store, on_look, poll);
	plan.kin = poll->kin;
	plan.network = poll->network;
	poll->crowd = crowd_new(config, store);
	plan.resolver = poll->resolver;
	plan.crowd = poll->crowd;
	plan.profiles = poll->profiles;
	if (make_engines(poll, &plan) && start_threads(poll))
		return poll;
	text_format(why, WHY_MAX, "cannot start polling: %s", strerror(errno));
	poll_stop(poll);
	return NULL;
}

static void pass_on(struct engine *engine, enum poll_verb verb, size_t place)
{
	if (verb == POLL_CHECK_NOW)
		engine_check_now(engine, place);
	else
		engine_pause(engine, place, verb == POLL_PAUSE);
}

void poll_command(struct poll *poll, enum poll_verb verb, size_t target)
{
	if (target != POLL_ALL) {
		pass_on(poll->pollers[poll->poller_of[target]].engine, verb,
			poll->place_of[target]);
		return;
	}
	for (size_t i = 0; i < poll->poller_count; i++)
		pass_on(poll->pollers[i].engine, verb, SIZE_MAX);
}

void poll_acknowledge(struct poll *poll, size_t target, const char *note)
{
	engine_acknowledge(poll->pollers[poll->poller_of[target]].engine, poll->place_of[target],
			   note);
}

bool poll_done(const struct poll *poll)
{
	struct poll *locked = (struct poll *)(uintptr_t)poll;
	bool done;

	pthread_mutex_lock(&locked->mutex);
	done = locked->limited && locked->running == 0;
	pthread_mutex_unlock(&locked->mutex);
	return done;
}

void poll_stop(struct poll *poll)
{
	if (!poll)
		return;
	for (size_t i = 0; i < poll->poller_count; i++)
		if (poll->pollers[i].started)
			engine_stop(poll->pollers[i].engine);
	/* All of them first: each may still ask another one for a look. */
	for (size_t i = 0; i < poll->poller_count; i++)
		if (poll->pollers[i].started)
			pthread_join(poll->pollers[i].thread, NULL);
	for (size_t i = 0; i < poll->poller_count; i++)
		if (poll->pollers[i].engine)
			engine_free(poll->pollers[i].engine);
	crowd_free(poll->crowd);
	resolver_free(poll->resolver);
	network_free(poll->network);
	kin_free(poll->kin);
	profiles_free(poll->profiles);
	trust_free(poll->trust);
	if (poll->keeper >= 0)
		close(poll->keeper);
	pthread_mutex_destroy(&poll->mutex);
	free(poll->pollers);
	free(poll->poller_of);
	free(poll->place_of);
	free(poll);
}
