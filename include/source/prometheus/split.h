#ifndef WEBMON_SOURCE_PROMETHEUS_SPLIT_H
#define WEBMON_SOURCE_PROMETHEUS_SPLIT_H
/*
 * A reply of the API, cut as it comes into what it holds of series and the rest: memory is that of
 * one series, however many there are.
 *
 *   {"status":"success","data":{"resultType":"matrix","result":[ {series}, {series}, ... ]}}
 *
 * Each object of an array in an object of the outermost object is a series; all else is the head.
 * That it is JSON at all is not checked here but by whoever reads the pieces.
 */
#include <stdbool.h>
#include <stddef.h>

#define SPLIT_SERIES_MAX (4u << 20)   /* bytes of one series */
#define SPLIT_HEAD_MAX	 (64u << 10)
#define SPLIT_REPLY_MAX	 (128u << 20) /* of all */

/* One series' text; false: no more of them. */
typedef bool split_take(void *user, const char *text, size_t size);

struct split_text {
	char *bytes;
	size_t size, room;
};

struct split {
	split_take *take;
	void *user;
	struct split_text head, series;
	size_t total;
	int depth;
	char open[3]; /* the outermost brackets */
	bool in_string, escaped;
	bool any; /* a series has come: commas beside it belong to none */
};

void split_init(struct split *split, split_take *take, void *user);
void split_fini(struct split *split);

/* False: over a limit, or take() said no. */
bool split_feed(struct split *split, const char *data, size_t size);

#endif
