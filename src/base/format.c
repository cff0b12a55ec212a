/*
 * Numbers to a person, by the rules of the screens. Integers throughout: printf's %f would follow
 * the locale's decimal point. Any thread.
 */
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"

void format_length(char out[FORMAT_MAX], int64_t ms)
{
	int64_t seconds = ms > 0 ? ms / 1000 : 0, minutes = seconds / 60, hours = minutes / 60;

	if (minutes == 0)
		text_format(out, FORMAT_MAX, "%ds", (int)seconds);
	else if (hours == 0)
		text_format(out, FORMAT_MAX, "%dm %02ds", (int)minutes, (int)(seconds % 60));
	else if (hours < 24)
		text_format(out, FORMAT_MAX, "%dh %02dm", (int)hours, (int)(minutes % 60));
	else
		text_format(out, FORMAT_MAX, "%lldd %dh", (long long)(hours / 24),
			    (int)(hours % 24));
}

/* In the largest unit that gives a whole number. */
void format_duration(char out[FORMAT_MAX], int64_t ms)
{
	static const struct {
		int64_t ms, from; /* a unit is used from here on */
		const char *name;
	} units[] = {
		{DAY_MS, 2 * DAY_MS, "d"},
		{HOUR_MS, HOUR_MS, "h"},
		{MINUTE_MS, MINUTE_MS, "min"},
		{1000, 1000, "s"},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (ms >= units[i].from && ms % units[i].ms == 0) {
			text_format(out, FORMAT_MAX, "%lld %s", (long long)(ms / units[i].ms),
				    units[i].name);
			return;
		}
	}
	text_format(out, FORMAT_MAX, ms == 0 ? "0 s" : "%lld ms", (long long)ms);
}

void format_ms_cell(char out[FORMAT_MAX], int64_t us, bool ascii)
{
	if (us < 0)
		text_copy(out, FORMAT_MAX, ascii ? "-" : "—");
	else if (us < 1000)
		text_copy(out, FORMAT_MAX, "<1");
	else
		text_format(out, FORMAT_MAX, "%lld", (long long)((us + 500) / 1000));
}

void format_latency(char out[FORMAT_MAX], int64_t us)
{
	if (us < 0) {
		text_copy(out, FORMAT_MAX, "—");
	} else if (us < 50) {
		text_copy(out, FORMAT_MAX, us == 0 ? "0 ms" : "<0.1 ms");
	} else if (us < 9950) {
		int64_t tenths = (us + 50) / 100;
		text_format(out, FORMAT_MAX, "%lld.%lld ms", (long long)(tenths / 10),
			    (long long)(tenths % 10));
	} else if (us < 999500) {
		text_format(out, FORMAT_MAX, "%lld ms", (long long)((us + 500) / 1000));
	} else if (us < 9995000) {
		int64_t hundredths = (us + 5000) / 10000;
		text_format(out, FORMAT_MAX, "%lld.%02lld s", (long long)(hundredths / 100),
			    (long long)(hundredths % 100));
	} else {
		text_format(out, FORMAT_MAX, "%lld s", (long long)((us + 500000) / 1000000));
	}
}

/* bytes in units of `unit`, rounded. */
static uint64_t rounded(uint64_t bytes, uint64_t unit)
{
	return bytes / unit + (bytes % unit >= unit / 2);
}

void format_bytes(char out[FORMAT_MAX], uint64_t bytes)
{
	static const char prefixes[] = "kMGTPE";
	const char *prefix = prefixes;
	uint64_t unit = 1000;

	if (bytes < unit) {
		text_format(out, FORMAT_MAX, bytes == 1 ? "1 byte" : "%u bytes", (unsigned)bytes);
		return;
	}
	for (; rounded(bytes, unit) >= 1000; unit *= 1000)
		prefix++;
	unsigned tenths = (unsigned)rounded(bytes, unit / 10);
	if (tenths < 100)
		text_format(out, FORMAT_MAX, "%u.%u %cB", tenths / 10, tenths % 10, *prefix);
	else
		text_format(out, FORMAT_MAX, "%u %cB", (unsigned)rounded(bytes, unit), *prefix);
}

void format_count(char out[FORMAT_MAX], uint64_t count)
{
	char digits[FORMAT_MAX];
	size_t length = text_format(digits, sizeof(digits), "%llu", (unsigned long long)count),
	       used = 0;

	for (size_t i = 0; i < length; i++) {
		if (count >= 10000 && i > 0 && (length - i) % 3 == 0)
			out[used++] = ' ';
		out[used++] = digits[i];
	}
	out[used] = '\0';
}

void format_percent(char out[FORMAT_MAX], uint64_t good, uint64_t total, bool ascii)
{
	if (total == 0) {
		text_copy(out, FORMAT_MAX, ascii ? "-" : "—");
	} else if (good >= total) {
		text_copy(out, FORMAT_MAX, "100");
	} else {
		while (good > UINT64_MAX / 10000) {
			good /= 2;
			total /= 2;
		}
		unsigned hundredths = (unsigned)(good * 10000 / total);
		if (hundredths > 9999) /* the halving above may have rounded */
			hundredths = 9999;
		text_format(out, FORMAT_MAX, "%u.%02u", hundredths / 100, hundredths % 100);
	}
}

/* Broken-down time with milliseconds; times before 1970 too. */
static struct tm break_down(int64_t wall_ms, bool utc, int *ms)
{
	int64_t rest = wall_ms % 1000;
	time_t seconds = (time_t)((wall_ms - rest) / 1000 - (rest < 0));
	struct tm tm = {0};

	*ms = (int)(rest < 0 ? rest + 1000 : rest);
	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	return tm;
}

void format_stamp(char out[FORMAT_MAX], int64_t wall_ms, enum stamp stamp, bool utc, int64_t now_ms)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int ms, unused;
	struct tm tm = break_down(wall_ms, utc || stamp == STAMP_ISO, &ms);
	struct tm today = break_down(now_ms, utc, &unused);
	const char *month = months[tm.tm_mon % 12];
	bool is_today = tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday;

	switch (stamp) {
	case STAMP_SHORT:
		if (!is_today) {
			text_format(out, FORMAT_MAX, "%02d %s", tm.tm_mday, month);
			return;
		}
		break;
	case STAMP_FULL:
		text_format(out, FORMAT_MAX, "%02d %s %02d:%02d:%02d", tm.tm_mday, month,
			    tm.tm_hour, tm.tm_min, tm.tm_sec);
		return;
	case STAMP_ISO:
		text_format(out, FORMAT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
			    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			    tm.tm_sec, ms);
		return;
	case STAMP_DATE:
		text_format(out, FORMAT_MAX, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
			    tm.tm_mday);
		return;
	case STAMP_CLOCK:
		break;
	}
	text_format(out, FORMAT_MAX, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}
