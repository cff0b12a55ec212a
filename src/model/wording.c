/*
 * Incidents in words. Pure functions to the caller's buffers.
 */
#include "model/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define MS_US 1000

static const char *const phase_words[PHASE_COUNT] = {
	[PHASE_DNS] = "name look-up",	      [PHASE_CONNECT] = "connect",
	[PHASE_TLS] = "TLS handshake",	      [PHASE_SEND] = "sending",
	[PHASE_WAIT] = "wait for first byte", [PHASE_TRANSFER] = "transfer",
};

void wording_result(char *out, size_t capacity, enum probe_class cls, uint16_t status)
{
	if (cls == CLASS_HTTP_STATUS)
		text_format(out, capacity, "%u", status);
	else
		text_copy(out, capacity, class_table[cls].result);
}

const char *wording_without_result(const char *detail, const char *result)
{
	size_t length = strlen(result);

	if (length > 0 && strncmp(detail, result, length) == 0 && detail[length] == ' ')
		return detail + length + 1;
	return detail;
}

/* Whole milliseconds, one decimal below ten. */
static void ms_text(char out[FORMAT_MAX], int64_t us)
{
	if (us >= 10 * MS_US)
		snprintf(out, FORMAT_MAX, "%" PRId64 " ms", (us + MS_US / 2) / MS_US);
	else
		snprintf(out, FORMAT_MAX, "%.1f ms", (double)us / MS_US);
}

struct passed {
	const char *name; /* of the phase, with a blank; "" for the total */
	int64_t us, limit_us;
};

static struct passed passed_limit(const struct target *target, const struct sample *sample)
{
	const int32_t *phase = sample->phase_us;
	const struct passed limits[] = {
		{"", sample->total_us, target->slow_us},
		{"dns ", phase[PHASE_DNS], target->slow_dns_us},
		{"connect ", phase[PHASE_CONNECT], target->slow_connect_us},
		{"tls ", phase[PHASE_TLS], target->slow_tls_us},
		{"wait ", phase[PHASE_WAIT], target->slow_wait_us},
		{"transfer ", phase[PHASE_TRANSFER], target->slow_transfer_us},
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (limits[i].limit_us > 0 && limits[i].us > limits[i].limit_us)
			return limits[i];
	return limits[0];
}

static enum phase longest_phase(const struct sample *sample)
{
	enum phase longest = PHASE_DNS;

	for (unsigned i = 1; i < PHASE_COUNT; i++)
		if (sample->phase_us[i] > sample->phase_us[longest])
			longest = (enum phase)i;
	return longest;
}

/* " · 81 % in transfer, 48 kB at 52 kB/s"; "" where no phase was measured. */
static void share_text(char *out, size_t capacity, const struct sample *sample)
{
	enum phase phase = longest_phase(sample);
	int64_t us = sample->phase_us[phase];

	out[0] = '\0';
	if (us <= 0 || sample->total_us <= 0)
		return;
	int64_t share = (us * 100 + sample->total_us / 2) / sample->total_us;
	size_t used = text_format(out, capacity, " · %" PRId64 " %% in %s",
				  share < 100 ? share : 100, phase_words[phase]);
	if (phase != PHASE_TRANSFER || sample->bytes == 0)
		return;
	char bytes[FORMAT_MAX], rate[FORMAT_MAX];
	format_bytes(bytes, sample->bytes);
	format_bytes(rate, (uint64_t)sample->bytes * 1000000 / (uint64_t)us);
	text_format(out + used, capacity - used, ", %s at %s/s", bytes, rate);
}

void wording_slow(char *out, size_t capacity, const struct target *target,
		  const struct sample *sample)
{
	struct passed passed = passed_limit(target, sample);
	char value[FORMAT_MAX], limit[FORMAT_MAX], share[120];

	ms_text(value, passed.us);
	ms_text(limit, passed.limit_us);
	share_text(share, sizeof share, sample);
	if (passed.limit_us > 0)
		text_format(out, capacity, "%s%s, limit %s%s", passed.name, value, limit, share);
	else
		text_format(out, capacity, "%s%s", value, share);
}

void wording_length(char *out, size_t capacity, int64_t length_ms)
{
	char text[FORMAT_MAX];

	if (length_ms < 1000)
		text_format(out, capacity, "%" PRId64 " ms", length_ms > 0 ? length_ms : 0);
	else if (length_ms < 59500)
		text_format(out, capacity, "%" PRId64 " s", (length_ms + 500) / 1000);
	else {
		format_length(text, length_ms + 500);
		text_copy(out, capacity, text);
	}
}

void wording_span(char *out, size_t capacity, const struct wording_span *span)
{
	char length[FORMAT_MAX];

	wording_length(length, sizeof length, span->length_ms);
	text_format(out, capacity, "%s, %" PRIu32 " check%s %s", length, span->count,
		    span->count == 1 ? "" : "s", span->what);
}

void wording_cert(char *out, size_t capacity, const struct cert_facts *facts, int64_t now_ms)
{
	char date[FORMAT_MAX], when[FORMAT_MAX];
	int64_t left_ms = facts->chain_not_after_ms - now_ms;
	int64_t days = (left_ms < 0 ? -left_ms : left_ms) / DAY_MS; /* whole ones, either way */
	const char *plural = days == 1 ? "" : "s";

	format_stamp(date, facts->chain_not_after_ms, STAMP_DATE, true, 0);
	if (left_ms < 0 && !days)
		snprintf(when, sizeof when, "expired less than a day ago");
	else if (left_ms < 0)
		snprintf(when, sizeof when, "expired %" PRId64 " day%s ago", days, plural);
	else if (!days)
		snprintf(when, sizeof when, "expires within a day");
	else
		snprintf(when, sizeof when, "expires in %" PRId64 " day%s", days, plural);
	text_format(out, capacity, "%s, %s%s%s", when, date, facts->subject[0] ? " · " : "",
		    facts->subject);
}
