/*
 * Rules of time zones: a small reader and the arithmetic of their days.
 */
#include "base/zone_rule.h"

#include <ctype.h>
#include <string.h>

#include "base/calendar.h"

#define DAY_S 86400

/* ---- reading ---- */

static bool read_number(const char **text, int most, int *out)
{
	int number = 0, digits = 0;

	for (; isdigit((unsigned char)**text) && digits < 4; digits++)
		number = number * 10 + (*(*text)++ - '0');
	*out = number;
	return digits > 0 && number <= most;
}

/* "CET", "<+09>". */
static bool read_name(const char **text)
{
	const char *begin = *text;

	if (**text == '<') {
		*text += strcspn(*text, ">\n");
		if (**text != '>')
			return false;
		++*text;
		return true;
	}
	while (isalpha((unsigned char)**text))
		++*text;
	return *text - begin >= 3;
}

/* "-1", "5:30", "+167:59:59". */
static bool read_time(const char **text, int32_t *seconds)
{
	int part[3] = {0, 0, 0}, sign = **text == '-' ? -1 : 1;

	*text += **text == '-' || **text == '+';
	if (!read_number(text, 167, &part[0]))
		return false;
	for (int i = 1; i < 3 && **text == ':'; i++) {
		++*text;
		if (!read_number(text, 59, &part[i]))
			return false;
	}
	*seconds = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

static bool skip(const char **text, char expected)
{
	if (**text != expected)
		return false;
	++*text;
	return true;
}

static bool read_day(const char **text, struct zone_day *day)
{
	bool fine;

	*day = (struct zone_day){.form = '0', .at_s = 2 * 3600};
	if (!skip(text, ','))
		return false;
	if (**text == 'M' || **text == 'J')
		day->form = *(*text)++;
	if (day->form == 'M')
		fine = read_number(text, 12, &day->month) && day->month > 0 && skip(text, '.') &&
		       read_number(text, 5, &day->week) && day->week > 0 && skip(text, '.') &&
		       read_number(text, 6, &day->weekday);
	else
		fine = read_number(text, 365, &day->number);
	if (fine && **text == '/') {
		++*text;
		fine = read_time(text, &day->at_s);
	}
	return fine;
}

bool zone_rule_read(struct zone_rule *rule, const char *text)
{
	static const char usual[] = ",M3.2.0,M11.1.0"; /* where summer time has no dates */

	*rule = (struct zone_rule){.standard_s = 0};
	if (!read_name(&text) || !read_time(&text, &rule->standard_s))
		return false;
	rule->standard_s = -rule->standard_s; /* POSIX counts west */
	rule->summer_s = rule->standard_s + 3600;
	if (*text == '\0' || *text == '\n')
		return true;
	rule->has_summer = true;
	if (!read_name(&text))
		return false;
	if (*text != ',' && *text != '\0' && *text != '\n') {
		if (!read_time(&text, &rule->summer_s))
			return false;
		rule->summer_s = -rule->summer_s;
	}
	if (*text == '\0' || *text == '\n')
		text = usual;
	return read_day(&text, &rule->begin) && read_day(&text, &rule->end) &&
	       (*text == '\0' || *text == '\n');
}

/* ---- its days ---- */

static int64_t first_of_year(int year)
{
	int64_t day = 0;

	(void)calendar_day(&day, year, 1, 1);
	return day;
}

static bool is_leap(int year)
{
	return first_of_year(year + 1) - first_of_year(year) == 366;
}

static int64_t month_day(int year, const struct zone_day *rule)
{
	int64_t first, next, day;

	(void)calendar_day(&first, year, rule->month, 1);
	(void)calendar_day(&next, rule->month == 12 ? year + 1 : year, rule->month % 12 + 1, 1);
	/* The first such weekday: 1970-01-01 was a Thursday. */
	day = first + ((rule->weekday - (first + 4) % 7) + 7) % 7 + 7 * (rule->week - 1);
	return day < next ? day : day - 7; /* week 5: the last one */
}

static int64_t day_of(int year, const struct zone_day *rule)
{
	if (rule->form == 'M')
		return month_day(year, rule);
	if (rule->form == 'J')
		return first_of_year(year) + rule->number - 1 +
		       (rule->number >= 60 && is_leap(year));
	return first_of_year(year) + rule->number;
}

static int year_of(int64_t at_s)
{
	int year = (int)(1970 + at_s / (int64_t)31556952);

	year = year < 1971 ? 1971 : year > 9990 ? 9990 : year;
	while (first_of_year(year) * DAY_S > at_s && year > 1971)
		year--;
	while (first_of_year(year + 1) * DAY_S <= at_s && year < 9990)
		year++;
	return year;
}

int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t at_s)
{
	int64_t begin_s, end_s;
	int year;
	bool summer;

	if (!rule->has_summer)
		return rule->standard_s;
	year = year_of(at_s + rule->standard_s);
	begin_s = day_of(year, &rule->begin) * DAY_S + rule->begin.at_s - rule->standard_s;
	end_s = day_of(year, &rule->end) * DAY_S + rule->end.at_s - rule->summer_s;
	if (begin_s < end_s)
		summer = at_s >= begin_s && at_s < end_s;
	else /* the other half of the earth */
		summer = at_s >= begin_s || at_s < end_s;
	return summer ? rule->summer_s : rule->standard_s;
}
