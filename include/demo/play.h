#ifndef WEBMON_DEMO_PLAY_H
#define WEBMON_DEMO_PLAY_H
/*
 * The play that the demo's endpoints perform: what each of them does at a given moment. A pure
 * function of the seed and the time since the demo began, so that the same seed gives the same
 * day whoever asks and however often. Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trouble {
	TROUBLE_NONE,
	TROUBLE_SLOW,	  /* answers, but late */
	TROUBLE_ERROR,	  /* 500 with a stack trace */
	TROUBLE_BUSY,	  /* 503 with Retry-After */
	TROUBLE_HANG,	  /* accepts and says nothing for a long time */
	TROUBLE_CUT,	  /* ends in the middle of the body */
	TROUBLE_DEGRADED, /* 200, but the JSON says that something is wrong */
	TROUBLE_EMPTY,	  /* closes without a byte */
	TROUBLE_DRIP,	  /* the body comes in drips */
	TROUBLE_COUNT
};

enum page {
	PAGE_HTML,
	PAGE_JSON,
	PAGE_HEALTH,
	PAGE_IMAGE,
	PAGE_NOTHING,
	PAGE_MOVED,
	PAGE_GONE,
	PAGE_COUNT
};

struct endpoint {
	const char *path;
	const char *name, *group; /* of the target that watches it; NULL: not watched */
	enum page page;
	unsigned typical_us; /* usual time to answer */
	double spread;	     /* of its logarithm: 0.1 steady, 0.6 jittery */
	bool pooled;	     /* served by the worker pool, whose queue adds to the time */
	unsigned interval_s; /* how often it is watched */
	unsigned slow_ms;    /* the target's limit; 0: none */
	const char *options; /* more lines of the target's section */
};

extern const struct endpoint endpoint_table[];
extern const size_t endpoint_count;

/* A trouble that comes back: at first_s, then about every every_s seconds (the seed shifts it). */
struct spell {
	const char *path;
	enum trouble trouble;
	unsigned first_s, length_s, every_s;
};

extern const struct spell spell_table[];
extern const size_t spell_count;

/* By path, NULL where there is none. */
const struct endpoint *endpoint_by_path(const char *path);

struct scene {
	enum trouble trouble;
	unsigned act;	  /* how many spells went before: two troubles need not look alike */
	int64_t delay_us; /* until the answer begins; of pooled endpoints: work to be done */
	uint64_t noise;	  /* for whatever else should vary */
};

struct scene play_scene(const struct endpoint *endpoint, uint64_t seed, int64_t elapsed_us);

/*
 * Requests a second that the shop's other customers send to the pool of a capacity of `capacity`
 * a second.
 */
double play_arrivals(double capacity, int64_t elapsed_us);

/* The n-th draw of a stream: evenly spread over (0, 1), and a service time with the given mean. */
double play_uniform(uint64_t seed, uint64_t stream, uint64_t n);
int64_t play_service_us(uint64_t seed, uint64_t stream, uint64_t n, int64_t mean_us);

#endif
