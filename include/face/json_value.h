#ifndef WEBMON_FACE_JSON_VALUE_H
#define WEBMON_FACE_JSON_VALUE_H
/*
 * webmon's values as JSON: what was not measured is null, never 0 and never NaN. Each returns a
 * new reference, NULL only where there is no memory (which jansson's setters take and refuse).
 * Any thread.
 */
#include <stdint.h>

struct json_t;

struct json_t *json_from_text(const char *text);	 /* invalid UTF-8 becomes U+FFFD */
struct json_t *json_from_text_or_null(const char *text); /* "" is null */
struct json_t *json_from_time(int64_t wall_ms);		 /* "2026-11-22T14:29:53.120Z"; 0 is null */
struct json_t *json_from_second(int64_t wall_ms);	 /* "2026-11-22T14:29:53Z"; 0 is null */
struct json_t *json_from_ms(int64_t us);	       /* milliseconds; negative (absent) is null */
struct json_t *json_from_ratio(double ratio);	       /* negative or not finite is null */
struct json_t *json_from_count_or_null(int64_t count); /* 0 is null */

/*
 * Significant digits that hold every value above as it was meant, "84.412" and not
 * "84.412000000000006".
 */
#define VALUE_DIGITS 12

#endif
