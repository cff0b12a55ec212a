#ifndef WEBMON_BASE_ZONE_H
#define WEBMON_BASE_ZONE_H
/*
 * Time zones by name, from the system's own database, for several zones at once in several threads:
 * which the C library's TZ, a variable of the whole process, cannot do. Reads TZif files (RFC 8536)
 * and the rule in their footer, which holds after the last change that is listed.
 *
 * A zone is read once and kept for the life of the process. Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

/* What a clock on the wall there shows. */
struct civil {
	int64_t day;     /* since 1970-01-01 */
	int     weekday; /* 0: Sunday */
	int     minute;  /* of the day */
};

/* "Asia/Seoul", "UTC"; NULL or "": where this machine stands (TZ, /etc/localtime). NULL: there is
 * no such zone. */
const struct zone *zone_find(const char *name);

/* The zone of the same city or country under its right name ("Asia/Seoul" for "Europe/Seoul").
 * False: none. */
bool zone_nearest(const char *name, char *out, size_t capacity);

/* Seconds east of Greenwich at that moment, in seconds since 1970 UTC. */
int32_t zone_offset_s(const struct zone *zone, int64_t at_s);

struct civil zone_civil(const struct zone *zone, int64_t at_ms);

#endif
