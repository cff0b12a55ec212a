/*
 * Maintenance windows: a small reader, and a look at the clock on the wall.
 */
#include "model/maintenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/zone.h"

#define DAY_MINUTES 1440
#define EVERY_DAY   0x7f
#define WORD_MAX    64

struct window {
	unsigned days;		    /* bit 0: Sunday */
	int64_t from_day, to_day;   /* both included; of a span its ends */
	int from_minute, to_minute; /* from >= to: over midnight */
	bool span;
	const struct zone *zone;
	char zone_name[WORD_MAX]; /* "" for this machine's */
};

struct maintenance {
	size_t count;
	struct window windows[];
};

/* ---- reading ---- */

struct reader {
	const char *rest;
	char word[WORD_MAX]; /* the next one; "" at the end */
	bool hidden;	     /* nothing is quoted */
	char *why;
};

static bool next(struct reader *reader)
{
	size_t length;

	reader->rest += strspn(reader->rest, " \t");
	length = strcspn(reader->rest, " \t");
	text_copy(reader->word, length < WORD_MAX ? length + 1 : WORD_MAX, reader->rest);
	reader->rest += length;
	return reader->word[0] != '\0';
}

static bool refuse(const struct reader *reader, const char *what)
{
	text_format(reader->why, MAINTENANCE_WHY_MAX, what,
		    reader->hidden && reader->word[0] ? "•••" : reader->word);
	return false;
}

static int weekday_of(const char *text, size_t length)
{
	static const char *const names[] = {"sunday",	"monday", "tuesday", "wednesday",
					    "thursday", "friday", "saturday"};

	for (int i = 0; i < 7; i++)
		if ((length == 3 || length == strlen(names[i])) &&
		    strncasecmp(text, names[i], length) == 0)
			return i;
	return -1;
}

/* "Mon-Fri,Sun" */
static bool read_days(const char *text, unsigned *days)
{
	*days = 0;
	if (strcasecmp(text, "daily") == 0) {
		*days = EVERY_DAY;
		return true;
	}
	for (;;) {
		size_t length = strcspn(text, "-,");
		int from = weekday_of(text, length), to = from;

		text += length;
		if (*text == '-') {
			length = strcspn(++text, ",");
			to = weekday_of(text, length);
			text += length;
		}
		if (from < 0 || to < 0)
			return false;
		for (int day = from; day != to; day = (day + 1) % 7)
			*days |= 1u << day;
		*days |= 1u << to;
		if (*text++ == '\0')
			return true;
	}
}

/* "2026-12-24" */
static bool read_date(const char *text, int64_t *day)
{
	int year, month, number, used = 0;

	return strspn(text, "0123456789") == 4 &&
	       sscanf(text, "%4d-%2d-%2d%n", &year, &month, &number, &used) == 3 && used == 10 &&
	       text[10] == '\0' && calendar_day(day, year, month, number);
}

/* "02:30"; 24:00 is the end of the day. */
static bool read_clock(const char *text, size_t length, int *minute)
{
	char clock[6];
	int hour, rest, used = 0;

	if (length < 4 || length > 5)
		return false;
	text_copy(clock, length + 1, text);
	if (strspn(clock, "0123456789:") != length ||
	    sscanf(clock, "%2d:%2d%n", &hour, &rest, &used) != 2 || (size_t)used != length ||
	    clock[length - 3] != ':')
		return false;
	*minute = hour * 60 + rest;
	return rest < 60 && *minute <= DAY_MINUTES;
}

/* "02:00-04:00" */
static bool read_times(const char *text, struct window *window)
{
	size_t length = strcspn(text, "-");

	return text[length] == '-' && read_clock(text, length, &window->from_minute) &&
	       read_clock(text + length + 1, strlen(text + length + 1), &window->to_minute) &&
	       window->from_minute < DAY_MINUTES;
}

/* DATE, DATE..DATE: their first and last day. */
static bool read_dates(const char *text, struct window *window)
{
	const char *dots = strstr(text, "..");
	char first[WORD_MAX];

	text_copy(first, dots ? (size_t)(dots - text) + 1 : WORD_MAX, text);
	return read_date(first, &window->from_day) &&
	       read_date(dots ? dots + 2 : first, &window->to_day);
}

/* What follows "DATE HH:MM". */
static bool read_span(struct reader *reader, struct window *window)
{
	window->span = true;
	if (!next(reader) || (strcmp(reader->word, "..") != 0 && strcmp(reader->word, "-") != 0))
		return refuse(reader, "'%s' stands where '..' and the end of the span should");
	if (!next(reader) || !read_date(reader->word, &window->to_day))
		return refuse(reader, "'%s' is no date such as 2026-12-25");
	if (!next(reader) || !read_clock(reader->word, strlen(reader->word), &window->to_minute))
		return refuse(reader, "'%s' is no time such as 06:00");
	next(reader);
	if (window->to_day < window->from_day ||
	    (window->to_day == window->from_day && window->to_minute <= window->from_minute))
		return refuse(reader, "the span ends before it begins");
	return true;
}

static bool read_when(struct reader *reader, struct window *window)
{
	if (read_days(reader->word, &window->days) || read_times(reader->word, window)) {
		window->days = window->days ? window->days : EVERY_DAY;
		if (!strchr(reader->word, ':'))
			next(reader);
		return true;
	}
	if (!read_dates(reader->word, window))
		return refuse(reader,
			      "'%s' is neither days (Sun, Mon-Fri, daily), a date (2026-12-24) nor "
			      "times (02:00-04:00)");
	window->days = EVERY_DAY;
	if (window->to_day < window->from_day)
		return refuse(reader, "'%s' ends before it begins");
	next(reader);
	if (window->from_day == window->to_day &&
	    read_clock(reader->word, strlen(reader->word), &window->from_minute))
		return read_span(reader, window);
	return true;
}

static bool read_zone(struct reader *reader, struct window *window)
{
	char nearest[WORD_MAX];

	text_copy(window->zone_name, sizeof window->zone_name, reader->word);
	window->zone = zone_find(reader->word);
	if (!window->zone && !reader->hidden && zone_nearest(reader->word, nearest, sizeof nearest))
		text_format(reader->why, MAINTENANCE_WHY_MAX,
			    "there is no time zone '%s', did you mean '%s'?", reader->word,
			    nearest);
	else if (!window->zone)
		return refuse(reader, "'%s' is neither times (02:00-04:00) nor a time zone "
				      "(Asia/Seoul)");
	return window->zone != NULL;
}

static bool read_window(struct window *window, struct reader reader)
{
	*window = (struct window){
		.to_minute = DAY_MINUTES, .from_day = INT64_MIN, .to_day = INT64_MAX};
	if (!next(&reader))
		return refuse(&reader, "%sa window such as 'Sun 02:00-04:00 Asia/Seoul' is wanted");
	if (!read_when(&reader, window))
		return false;
	if (!window->span && strchr(reader.word, ':')) {
		if (!read_times(reader.word, window))
			return refuse(&reader, "'%s' are no times such as 02:00-04:00");
		next(&reader);
	}
	if (window->from_minute == window->to_minute && !window->span)
		return refuse(&reader,
			      "it ends when it begins; for the whole day leave the times out");
	if (!read_zone(&reader, window))
		return false;
	if (reader.word[0] && next(&reader))
		return refuse(&reader, "'%s' is more than a window takes");
	return true;
}

bool maintenance_check(const char *text, bool hidden, char why[MAINTENANCE_WHY_MAX])
{
	struct window window;

	return read_window(&window, (struct reader){.rest = text, .hidden = hidden, .why = why});
}

struct maintenance *maintenance_new(const struct text_list *windows)
{
	struct maintenance *maintenance;
	char why[MAINTENANCE_WHY_MAX];

	if (windows->count == 0)
		return NULL;
	maintenance = x_calloc(1, sizeof *maintenance + windows->count * sizeof(struct window));
	for (size_t i = 0; i < windows->count; i++)
		maintenance->count +=
			read_window(&maintenance->windows[maintenance->count],
				    (struct reader){.rest = windows->items[i], .why = why});
	return maintenance;
}

void maintenance_free(struct maintenance *maintenance)
{
	free(maintenance);
}

/* ---- the clock on the wall ---- */

static bool is_its_day(const struct window *window, int64_t day, int weekday)
{
	return day >= window->from_day && day <= window->to_day &&
	       (window->days >> ((weekday + 7) % 7) & 1);
}

static bool is_open(const struct window *window, struct civil now)
{
	if (window->span)
		return (now.day > window->from_day ||
			(now.day == window->from_day && now.minute >= window->from_minute)) &&
		       (now.day < window->to_day ||
			(now.day == window->to_day && now.minute < window->to_minute));
	if (window->from_minute < window->to_minute)
		return is_its_day(window, now.day, now.weekday) &&
		       now.minute >= window->from_minute && now.minute < window->to_minute;
	return (is_its_day(window, now.day, now.weekday) && now.minute >= window->from_minute) ||
	       (is_its_day(window, now.day - 1, now.weekday - 1) && now.minute < window->to_minute);
}

bool maintenance_is_on(const struct maintenance *maintenance, int64_t at_ms,
		       char words[MAINTENANCE_WORDS_MAX])
{
	for (size_t i = 0; maintenance && i < maintenance->count; i++) {
		const struct window *window = &maintenance->windows[i];

		if (!is_open(window, zone_civil(window->zone, at_ms)))
			continue;
		text_format(words, MAINTENANCE_WORDS_MAX, "maintenance until %02d:%02d%s%s",
			    window->to_minute / 60, window->to_minute % 60,
			    window->zone_name[0] ? " " : "", window->zone_name);
		return true;
	}
	return false;
}
