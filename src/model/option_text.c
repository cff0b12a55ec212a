/*
 * What an option takes, in words and in short. Any thread.
 */
#include "base/text.h"
#include "model/option.h"

/* What a value of a type must be, and how it looks in a list; NULL: made from range or choices. */
static const struct {
	const char *expects, *form;
} types[OPTION_TYPES] = {
	[OPTION_TEXT] = {"a text", "TEXT"},
	[OPTION_URL] = {"an address such as https://example.com/health", "URL"},
	[OPTION_SECRET] = {"a text, or @FILE to read it from a file", "TEXT|@FILE"},
	[OPTION_PATH] = {"a file's name", "FILE"},
	[OPTION_LIST] = {"words with commas between", "WORD,..."},
	[OPTION_REPEAT] = {"a text", "TEXT"},
	[OPTION_URLS] = {"addresses such as https://www.example.com, 192.0.2.1:53", "URL,..."},
	[OPTION_WINDOW] = {"a window such as 'Sun 02:00-04:00 Asia/Seoul'",
			   "[DAYS] HH:MM-HH:MM [ZONE]"},
	[OPTION_BOOL] = {"yes or no", "yes|no"},
	[OPTION_STATUS] = {"status codes or ranges between 100 and 999, such as 200-299, 304",
			   "CODE|RANGE,..."},
	[OPTION_RULE] =
		{"a number of failed probes between 1 and 64 such as 2, or a rule such as 3/5",
		 "N|N/M"},
	[OPTION_FILE] = {"a file's name", "FILE"},
	[OPTION_HEADER] = {"a header such as 'X-Api-Key: abc'", "NAME: VALUE"},
	[OPTION_JSON_RULE] = {"a rule such as .status = \"healthy\", len(.items) > 3 or has .data",
			      "RULE"},
	[OPTION_ADDRESSES] = {"addresses or networks such as 203.0.113.7, 2001:db8::/32",
			      "ADDRESS,..."},
	[OPTION_THEME] = {"a theme's name or file", "NAME|FILE"},
	[OPTION_METHOD] = {"a request method such as GET, HEAD or POST", "METHOD"},
	[OPTION_USER] = {"name:password", "NAME:PASSWORD|@FILE"},
	[OPTION_PROXY] = {"an address such as http://proxy.example.com:3128", "URL|@FILE"},
	[OPTION_LISTEN] = {"ADDRESS:PORT with an address of this machine, such as 127.0.0.1:9469 "
			   "or [::1]:9469",
			   "ADDRESS:PORT"},
	[OPTION_BODY] = {"a text", "TEXT"},
	[OPTION_SLO] =
		{"a percentage between 50 % and 99.9999 % and a window between 1d and 30d, such as "
		 "99.9% / 30d",
		 "PERCENT% / WINDOW"},
	[OPTION_BODY_FILE] = {"a file's name", "FILE"},
};

/* choices with other marks between them: "auto, 4, 6" */
static void write_choices(char *out, size_t capacity, const char *choices, const char *mark)
{
	size_t used = 0;

	out[0] = '\0';
	for (; *choices != '\0'; choices++) {
		char one[2] = {*choices, '\0'};

		used += text_copy(out + used, capacity - used, *choices == ' ' ? mark : one);
	}
}

struct unit {
	int64_t factor;
	const char *name;
};

/* In the largest unit that gives a whole number. */
static void write_in_units(char out[OPTION_TEXT_MAX], int64_t value, const struct unit *unit)
{
	while (unit->factor > 1 && (value == 0 || value % unit->factor != 0))
		unit++;
	text_format(out, OPTION_TEXT_MAX, "%lld%s", (long long)(value / unit->factor),
		    value == 0 ? "" : unit->name);
}

void option_write_duration(char out[OPTION_TEXT_MAX], int64_t us)
{
	static const struct unit units[] = {
		{86400000000, "d"}, {3600000000, "h"}, {60000000, "m"},
		{1000000, "s"},	    {1000, "ms"},      {1, "us"},
	};

	write_in_units(out, us, us == 86400000000 ? units + 1 : units); /* a day is 24h to most */
}

void option_write_size(char out[OPTION_TEXT_MAX], int64_t bytes)
{
	static const struct unit units[] = {
		{1 << 30, "g"}, {1 << 20, "m"}, {1 << 10, "k"}, {1, ""}};

	write_in_units(out, bytes, units);
}

static void write_limit(char out[OPTION_TEXT_MAX], const struct option *option, int64_t limit)
{
	if (option->type == OPTION_DURATION_MS)
		option_write_duration(out, limit * 1000);
	else if (option->type == OPTION_DURATION_US)
		option_write_duration(out, limit);
	else if (option->type == OPTION_SIZE)
		option_write_size(out, limit);
	else
		text_format(out, OPTION_TEXT_MAX, "%lld", (long long)limit);
}

static void expect_number(char out[OPTION_TEXT_MAX], const struct option *option)
{
	bool is_size = option->type == OPTION_SIZE, is_integer = option->type == OPTION_INTEGER;
	const char *example = is_size ? "64k" : "400ms";
	char least[OPTION_TEXT_MAX], most[OPTION_TEXT_MAX];

	if (option_takes_zero(option))
		example = "30s, or 0";
	else if (option->fallback != NULL && option->fallback[0] != '0')
		example = option->fallback;
	write_limit(least, option, option->min);
	write_limit(most, option, option->max);
	text_format(out, OPTION_TEXT_MAX, "a %s between %s and %s%s%s",
		    is_integer ? "whole number"
		    : is_size  ? "size"
			       : "duration",
		    least, most, is_integer ? "" : ", such as ", is_integer ? "" : example);
}

static bool is_number(const struct option *option)
{
	return option->type == OPTION_INTEGER || option->type == OPTION_SIZE ||
	       option->type == OPTION_DURATION_MS || option->type == OPTION_DURATION_US;
}

void option_expects(char out[OPTION_TEXT_MAX], const struct option *option)
{
	if (option->choices != NULL) {
		bool several = option->type == OPTION_WORDS;
		size_t used =
			text_copy(out, OPTION_TEXT_MAX,
				  several ? "some of these with commas between: " : "one of ");

		write_choices(out + used, OPTION_TEXT_MAX - used, option->choices, ", ");
	} else if (is_number(option)) {
		expect_number(out, option);
	} else if (option->type == OPTION_PATTERN) {
		text_copy(out, OPTION_TEXT_MAX,
			  option->min ? "a header's name and what it must hold, such as "
					"'Content-Type: ~ ^text/'"
				      : "what the body must hold, such as '~ \"ok\"'");
	} else if (option->type == OPTION_PROXY && option->scope != OPTION_TARGET) {
		text_copy(out, OPTION_TEXT_MAX, types[OPTION_URL].expects);
	} else if (option->type == OPTION_ROUTE) {
		text_copy(out, OPTION_TEXT_MAX,
			  option->min == 2
				  ? "HOST:PORT:ADDRESS such as example.com:443:127.0.0.1"
				  : "HOST:PORT:HOST:PORT such as example.com:443:localhost:8443");
	} else {
		text_copy(out, OPTION_TEXT_MAX, types[option->type].expects);
	}
}

void option_form(char out[OPTION_TEXT_MAX], const struct option *option)
{
	char least[OPTION_TEXT_MAX], most[OPTION_TEXT_MAX];

	if (option->choices != NULL) {
		write_choices(out, OPTION_TEXT_MAX, option->choices,
			      option->type == OPTION_WORDS ? "," : "|");
	} else if (is_number(option)) {
		write_limit(least, option, option->min);
		write_limit(most, option, option->max);
		text_format(out, OPTION_TEXT_MAX, "%s..%s", least, most);
	} else if (option->type == OPTION_PATTERN) {
		text_copy(out, OPTION_TEXT_MAX, option->min ? "NAME: PATTERN" : "PATTERN");
	} else if (option->type == OPTION_ROUTE) {
		text_copy(out, OPTION_TEXT_MAX,
			  option->min == 2 ? "HOST:PORT:ADDRESS" : "HOST:PORT:HOST:PORT");
	} else {
		text_copy(out, OPTION_TEXT_MAX, types[option->type].form);
	}
}

bool option_takes_zero(const struct option *option)
{
	return option->min > 0 && option->fallback != NULL && option->fallback[0] == '0';
}

bool option_is_repeatable(const struct option *option)
{
	return option->type == OPTION_REPEAT || option->type == OPTION_HEADER ||
	       option->type == OPTION_PATTERN || option->type == OPTION_JSON_RULE ||
	       option->type == OPTION_WINDOW || option->type == OPTION_ROUTE;
}
