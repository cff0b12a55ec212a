#ifndef WEBMON_DEMO_DEMO_H
#define WEBMON_DEMO_DEMO_H
/*
 * The built-in demo: a small web application on a loopback port whose endpoints live and
 * misbehave on purpose, served by libmicrohttpd from threads of its own. Deterministic in what
 * happens when, given the seed.
 */
#include <stdbool.h>
#include <stdint.h>

struct demo;

/* port 0: any free one. Returns new, or NULL with why (clean). */
struct demo *demo_start(uint16_t port, uint64_t seed, char why[200]);
uint16_t demo_port(const struct demo *demo);

/* Moves the demo's own time on, for those who cannot wait for a trouble to come. Any thread. */
void demo_skip(struct demo *demo, int64_t ms);

/* At once, whatever requests hang; frees. */
void demo_stop(struct demo *demo);

/* The configuration text that watches it (an ini file): returns new. */
char *demo_config(const struct demo *demo);

#endif
