#ifndef WEBMON_BASE_UNITS_H
#define WEBMON_BASE_UNITS_H
/*
 * Numbers with units, in and out: "1m30s" from a person, "2m 14s" to one. The parsers take the
 * whole text or nothing; the formatters write to the caller's buffer. Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)

/* Any decimal integer within [min, max]. */
bool parse_integer(const char *text, int64_t min, int64_t max, int64_t *value);

/* A decimal fraction, "0.999" or "99.9%" (= 0.999), within [min, max]. */
bool parse_fraction(const char *text, double min, double max, double *value);

/* "500ms" "5s" "2m" "24h" "30d" "1m30s" "0"; a bare number is seconds ("2.5" too). Into
 * milliseconds. */
bool parse_duration_ms(const char *text, int64_t min_ms, int64_t max_ms, int64_t *value_ms);

/* The same into microseconds, "0.5ms" and "250us" too: for latency limits. */
bool parse_duration_us(const char *text, int64_t min_us, int64_t max_us, int64_t *value_us);

/* "64k" "1m" "2g" "100": powers of 1024. */
bool parse_size(const char *text, int64_t min, int64_t max, int64_t *bytes);

/* yes no true false on off 1 0. */
bool parse_bool(const char *text, bool *value);

#define FORMAT_MAX 40 /* large enough for every formatter below */

/* "31s" "2m 14s" "1h 50m" "6d 11h" "41d 6h": two units at most; under a second "0s"; negative:
 * "0s". */
void format_length(char out[FORMAT_MAX], int64_t ms);
/* As a person wrote it: "500 ms" "5 s" "2 min" "24 h"; for text ("every 5 s"). */
void format_duration(char out[FORMAT_MAX], int64_t ms);
/* For a table column in ms: "84", "<1", "1240"; us < 0 (absent): "—" ("-" where ascii). */
void format_ms_cell(char out[FORMAT_MAX], int64_t us, bool ascii);
/* For text: "0.4 ms" "84 ms" "1.24 s" "10 s". */
void format_latency(char out[FORMAT_MAX], int64_t us);
/* SI bytes: "91 bytes" "48 kB" "1.2 MB". */
void format_bytes(char out[FORMAT_MAX], uint64_t bytes);
/* From 10 000 on in groups: "31 204". */
void format_count(char out[FORMAT_MAX], uint64_t count);
/* Availability in per cent, two decimals, cut and never rounded up; "100" only if good == total;
 * "—" if total is 0. */
void format_percent(char out[FORMAT_MAX], uint64_t good, uint64_t total, bool ascii);

enum stamp { STAMP_CLOCK, STAMP_SHORT, STAMP_FULL, STAMP_ISO, STAMP_DATE };
/*
 * A wall-clock time: CLOCK "14:32:05"; SHORT "14:32:05" today, else "20 Nov" (today by now_ms);
 * FULL "22 Nov 14:32:05"; ISO "2026-11-22T14:32:07.123Z" (always UTC); DATE "2026-12-04". utc: else
 * the local zone.
 */
void format_stamp(char out[FORMAT_MAX], int64_t wall_ms, enum stamp stamp, bool utc,
		  int64_t now_ms);

#endif
