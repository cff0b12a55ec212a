/*
 * The one place that decides how a value of webmon looks in JSON; snapshot and log share it.
 */
#include "face/json_value.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

struct json_t *json_from_text(const char *text)
{
	json_t *value = json_string(text);
	size_t size;
	char *clean;

	if (value != NULL)
		return value;
	/* the store's texts are clean; a file name of the command line may be anything */
	size = strlen(text) * 4 + 1;
	clean = x_malloc(size);
	text_clean(clean, size, text, strlen(text), TEXT_BLOCK);
	value = json_string(clean);
	free(clean);
	return value;
}

struct json_t *json_from_text_or_null(const char *text)
{
	return text[0] != '\0' ? json_from_text(text) : json_null();
}

struct json_t *json_from_time(int64_t wall_ms)
{
	char text[FORMAT_MAX];

	if (wall_ms == 0)
		return json_null();
	format_stamp(text, wall_ms, STAMP_ISO, true, wall_ms);
	return json_string(text);
}

struct json_t *json_from_second(int64_t wall_ms)
{
	char text[FORMAT_MAX];
	char *fraction;

	if (wall_ms == 0)
		return json_null();
	format_stamp(text, wall_ms, STAMP_ISO, true, wall_ms);
	fraction = strchr(text, '.');
	if (fraction != NULL)
		memcpy(fraction, "Z", 2);
	return json_string(text);
}

struct json_t *json_from_ms(int64_t us)
{
	return us < 0 ? json_null() : json_real((double)us / 1000);
}

struct json_t *json_from_ratio(double ratio)
{
	if (!isfinite(ratio) || ratio < 0)
		return json_null();
	return json_real(round(ratio * 1e6) / 1e6);
}

struct json_t *json_from_count_or_null(int64_t count)
{
	return count == 0 ? json_null() : json_integer(count);
}
