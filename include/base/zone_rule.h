#ifndef WEBMON_BASE_ZONE_RULE_H
#define WEBMON_BASE_ZONE_RULE_H
/*
 * The rule of a time zone in one line, as POSIX has it for TZ: "CET-1CEST,M3.5.0,M10.5.0/3". For
 * base/zone alone. Pure; any thread.
 */
#include <stdbool.h>
#include <stdint.h>

/* A day of the year: "M3.5.0" (month, week, weekday), "J60" (1 to 365, no 29th of February) or "59"
 * (0 to 365). */
struct zone_day {
	char    form; /* 'M', 'J' or '0' */
	int     month, week, weekday, number;
	int32_t at_s; /* local time of that day, may be below 0 or above a day */
};

struct zone_rule {
	int32_t         standard_s, summer_s; /* east of Greenwich */
	bool            has_summer;
	struct zone_day begin, end; /* of summer time */
};

/* text ends with a newline or NUL. False: it is no such rule. */
bool zone_rule_read(struct zone_rule *rule, const char *text);

int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t at_s);

#endif
