#ifndef WEBMON_SOURCE_PROMETHEUS_ASK_H
#define WEBMON_SOURCE_PROMETHEUS_ASK_H
/*
 * HTTP to the engine: one request at a time, within limits of time and size, and a wait that other
 * threads can end. One thread, but for ask_wake().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"

struct ask;

/* config is borrowed. interrupt: a descriptor that ends a request where it becomes readable; -1:
 * none. Returns new. */
struct ask *ask_new(const struct source_config *config, int interrupt);
void ask_free(struct ask *ask);

/* One of the address' query: "query", "up". */
struct ask_parameter {
	const char *name, *value;
};

/* Gets the reply's body as it comes; false: no more of it. */
typedef bool ask_take(void *user, const char *data, size_t size);

struct ask_request {
	const char *path; /* "query": behind /api/v1/ */
	const struct ask_parameter *parameters;
	size_t      parameter_count;
	int64_t     timeout_ms;
	ask_take   *take;
	void       *user;
};

#define ASK_WHY 160

/* The reply's HTTP status, or 0 with why (clean, without secrets) where there is none or take()
 * said no. */
int ask_get(struct ask *ask, const struct ask_request *request, char why[ASK_WHY]);

/* Waits; returns early where ask_wake() was called, also before. */
void ask_wait(struct ask *ask, int64_t ms);

/* Any thread. stop: the request under way is given up, and all later ones. */
void ask_wake(struct ask *ask, bool stop);
bool ask_is_stopped(struct ask *ask);

/* Words from outside, clean and without the secrets that went there. */
void ask_words(const struct ask *ask, char *out, size_t capacity, const char *words);

/* "http://prometheus:9090", without what is secret. Borrowed. */
const char *ask_shown(const struct ask *ask);

#endif
