/*
 * Retry-After. Pure but for libcurl's reading of dates; any thread.
 */
#include "source/poll/retry_after.h"

#include <curl/curl.h>
#include <string.h>

#include "source/poll/reply.h"

#define LIMITED_MAX_S	  3600 /* of a 429 */
#define UNAVAILABLE_MAX_S 300  /* of a 503 */
#define VALUE_MAX	  64

/* The header's value, cut; false where there is none. */
static bool value_of(const struct reply *reply, const char *name, char out[VALUE_MAX])
{
	size_t size;
	const char *value = reply_find(reply, name, &size);

	if (!value || size == 0 || size >= VALUE_MAX)
		return false;
	memcpy(out, value, size);
	out[size] = '\0';
	return true;
}

static bool is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* Digits alone, so many that they say "for ever" included. */
static int64_t number_of(const char *text)
{
	int64_t number = 0;

	for (; *text && number < LIMITED_MAX_S; text++)
		number = number * 10 + (*text - '0');
	return number;
}

static int64_t seconds_until(const struct reply *reply, const char *date, int64_t now_ms)
{
	char own[VALUE_MAX];
	int64_t then = (int64_t)curl_getdate(date, NULL), now = -1;

	if (value_of(reply, "Date", own))
		now = (int64_t)curl_getdate(own, NULL);
	if (now < 0)
		now = now_ms / 1000;
	return then < 0 ? 0 : then - now;
}

int64_t retry_after_ms(const struct reply *reply, int64_t now_ms)
{
	int64_t most = reply->status == 429 ? LIMITED_MAX_S : UNAVAILABLE_MAX_S, seconds;
	char value[VALUE_MAX];

	if ((reply->status != 429 && reply->status != 503) ||
	    !value_of(reply, "Retry-After", value))
		return 0;
	seconds = is_number(value) ? number_of(value) : seconds_until(reply, value, now_ms);
	if (seconds <= 0)
		return 0;
	return (seconds < most ? seconds : most) * 1000;
}
