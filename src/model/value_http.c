/*
 * Setters for what HTTP and the network know: addresses, headers, patterns, status codes. Main
 * thread.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/pattern.h"
#include "base/socket_address.h"
#include "base/text.h"
#include "base/units.h"
#include "model/assignment.h"
#include "model/json_rule.h"
#include "model/target.h"
#include "model/url.h"

#define STATUS_RANGES_MAX 64

/* The length of the token (RFC 9110, 5.6.2) that text begins with: methods and header names. */
static size_t token_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] != '\0' && strchr("!#$%&'*+-.^_`|~", text[length])))
		length++;
	return length;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* What a URL holds: its password, the values of query keys like token. */
static void keep_url_secrets(struct assignment *assignment, const char *url)
{
	struct text_list secrets = {.items = NULL};

	url_secrets(assignment->place->arena, url, &secrets);
	/* Keys like "code" have short values as well, which are no secrets: those are let be. */
	for (size_t i = 0; i < secrets.count; i++)
		if (strlen(secrets.items[i]) >= 4)
			assignment_keep_secret(assignment, secrets.items[i]);
}

/* Whether what is written has an "@" behind its colon: "user:@FILE", "Name: @FILE". */
static bool names_file(const struct assignment *assignment)
{
	const char *colon = strchr(assignment->written, ':');

	return colon != NULL && *skip_blanks(colon + 1) == '@';
}

bool set_url(struct assignment *assignment)
{
	struct target *target = assignment->base;
	struct place *place = assignment->place;
	struct url url;
	const char *wrong = url_read(place->arena, assignment->text, &url);

	if (assignment->text[0] == '\0')
		return assignment_refuse(assignment);
	if (wrong != NULL)
		return assignment_refuse_for(assignment, wrong);
	keep_url_secrets(assignment, assignment->text);
	if (url.user != NULL) {
		target->user = url.user;
		target->password = url.password;
	}
	target->url = url.bare;
	target->url_shown = assignment->text; /* until all secrets are known */
	target->host = url.host;
	target->port = url.port;
	target->scheme = url.scheme;
	return true;
}

/* "a=1; session=abc": a page may show one value of a cookie header alone. */
static void keep_cookies(struct assignment *assignment, const char *value)
{
	while (*value != '\0') {
		size_t length = strcspn(value, ";");
		const char *equals = memchr(value, '=', length);
		const char *start = equals == NULL ? value : equals + 1;
		size_t size = (size_t)(value + length - start);

		if (size >= 8) /* shorter ones are words like "dark" that stand everywhere */
			expand_keep_secret(assignment->place,
					   arena_slice(assignment->place->arena, start, size));
		value += length;
		value += strspn(value, "; ");
	}
}

/* "Bearer abc": the token is the secret, and so is the whole. */
static void keep_header_secret(struct assignment *assignment, const char *header, size_t name,
			       const char *value)
{
	const char *blank = strchr(value, ' ');

	if (!url_header_is_secret(header, name))
		return;
	assignment_keep_secret(assignment, value);
	if (name >= 6 && strncasecmp(header + name - 6, "cookie", 6) == 0)
		keep_cookies(assignment, value);
	else if (blank != NULL)
		assignment_keep_secret(assignment, skip_blanks(blank));
}

/* A header of [defaults] (or of the file, where the command line gives one) gives way to one of the
 * same name; those of the same section stay beside one another, at the list's end. */
static void replace_headers(struct assignment *assignment, const char *header, size_t name)
{
	struct text_list *list = assignment->field, kept = {.items = NULL};
	size_t others = list->count - assignment->before;

	for (size_t i = 0; i < list->count; i++) {
		const char *item = list->items[i];

		if (i >= others || strncasecmp(item, header, name + 1) != 0)
			text_list_append(assignment->place->arena, &kept, item);
	}
	*list = kept;
	assignment->first = false;
}

bool set_header(struct assignment *assignment)
{
	struct place *place = assignment->place;
	size_t name = token_length(assignment->text);

	if (name == 0 || assignment->text[name] != ':')
		return assignment_refuse(assignment);
	struct expanded value = {.text = skip_blanks(assignment->text + name + 1),
				 .outside = assignment->outside};
	if (names_file(assignment) && !expand_file(place, assignment->option->name, &value))
		return false;
	assignment->outside = value.outside;
	keep_header_secret(assignment, assignment->text, name, value.text);
	char *header = x_asprintf("%.*s:%s%s", (int)name, assignment->text,
				  value.text[0] ? " " : "", value.text);
	const char *kept = arena_text(place->arena, header);
	free(header);
	replace_headers(assignment, kept, name);
	return assignment_append(assignment, kept);
}

/* NULL, or why the regular expression is none, in words. */
static const char *check_regex(struct arena *arena, const char *text)
{
	struct pattern pattern;
	char why[PATTERN_WHY_MAX];

	if (pattern_init(&pattern, text, 0, why)) {
		pattern_fini(&pattern);
		return NULL;
	}
	char *message = x_asprintf("the regular expression after ~ is wrong: %s", why);
	const char *kept = arena_text(arena, message);
	free(message);
	return kept;
}

bool set_pattern(struct assignment *assignment)
{
	const char *text = assignment->text;
	bool of_header = assignment->option->min != 0;

	if (of_header) {
		size_t name = token_length(text);

		if (name == 0 || text[name] != ':')
			return assignment_refuse(assignment);
		text = skip_blanks(text + name + 1);
	}
	bool is_regex = text[0] == '~' || (text[0] == '!' && text[1] == '~');
	if (is_regex) {
		const char *regex = skip_blanks(text + (text[0] == '!' ? 2 : 1));
		const char *wrong = regex[0] == '\0' ? "there is no regular expression after ~"
						     : check_regex(assignment->place->arena, regex);

		if (wrong != NULL)
			return assignment_refuse_for(assignment, wrong);
	} else if (text[0] == '\0' && !of_header) {
		return assignment_refuse(assignment);
	}
	return assignment_append(assignment, assignment->text);
}

bool set_json_rule(struct assignment *assignment)
{
	char wrong[200];

	if (assignment->text[0] == '\0')
		return assignment_refuse(assignment);
	if (!json_rule_check(assignment->text, assignment->outside, wrong))
		return assignment_refuse_for(assignment, wrong);
	return assignment_append(assignment, assignment->text);
}

/* Where an address is wrong, nobody knows where its password ends: it is quoted if it has none. */
static bool take_url(struct assignment *assignment, const char *item)
{
	struct url url;
	const char *problem = url_read(assignment->place->arena, item, &url);
	bool hidden = assignment->outside || strchr(item, '@') != NULL;
	char what[200], *shown;

	if (problem == NULL) {
		keep_url_secrets(assignment, item);
		return assignment_append(assignment, item);
	}
	shown = target_url_shown(item);
	text_format(what, sizeof(what), "'%s' is no address: %s", hidden ? "•••" : shown, problem);
	free(shown);
	return assignment_refuse_for(assignment, what);
}

bool set_urls(struct assignment *assignment)
{
	struct text_list *list = assignment->field;

	*list = (struct text_list){.items = NULL};
	assignment->first = false;
	return assignment_split(assignment, take_url);
}

/* Fields between colons, with "[::1]" as one of them. */
static size_t count_colons(const char *text)
{
	size_t colons = 0;
	bool inside = false;

	for (; *text != '\0'; text++) {
		inside = *text == '[' || (inside && *text != ']');
		colons += *text == ':' && !inside;
	}
	return colons;
}

/* The text behind so many colons. */
static const char *behind_colons(const char *text, size_t colons)
{
	bool inside = false;

	for (; colons > 0 && *text != '\0'; text++) {
		inside = *text == '[' || (inside && *text != ']');
		colons -= *text == ':' && !inside;
	}
	return text;
}

static bool has_port(const char *text, bool may_lack)
{
	char port[8];
	int64_t number;

	text_format(port, sizeof(port), "%.*s", (int)strcspn(text, ":"), text);
	return (may_lack && port[0] == '\0') || parse_integer(port, 1, 65535, &number);
}

bool set_route(struct assignment *assignment)
{
	size_t wanted = (size_t)assignment->option->min, colons = count_colons(assignment->text);
	bool to_host = wanted == 3;

	/* The address at the end of `resolve` may be IPv6 without brackets, as curl allows. */
	if (colons < wanted || (to_host && colons > wanted) ||
	    strpbrk(assignment->text, " \t") != NULL ||
	    !has_port(behind_colons(assignment->text, 1), to_host) ||
	    (to_host && !has_port(behind_colons(assignment->text, 3), true)))
		return assignment_refuse(assignment);
	return assignment_append(assignment, assignment->text);
}

static bool is_network(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	const char *slash = strchr(text, '/');
	size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
	int64_t bits;

	if (length >= sizeof(address))
		return false;
	text_format(address, sizeof(address), "%.*s", (int)length, text);
	bool six = strchr(address, ':') != NULL;
	if (inet_pton(six ? AF_INET6 : AF_INET, address, bytes) != 1)
		return false;
	return slash == NULL || parse_integer(slash + 1, 0, six ? 128 : 32, &bits);
}

static bool take_network(struct assignment *assignment, const char *item)
{
	return is_network(item) ? assignment_append(assignment, item)
				: assignment_refuse(assignment);
}

bool set_addresses(struct assignment *assignment)
{
	struct text_list *list = assignment->field;

	*list = (struct text_list){.items = NULL};
	assignment->first = false;
	return assignment_split(assignment, take_network);
}

bool set_method(struct assignment *assignment)
{
	size_t length = token_length(assignment->text);
	const char **field = assignment->field;

	if (length == 0 || length > 32 || assignment->text[length] != '\0')
		return assignment_refuse(assignment);
	char *method = arena_text(assignment->place->arena, assignment->text);
	for (size_t i = 0; i < length; i++)
		method[i] = (char)toupper((unsigned char)method[i]);
	*field = method;
	return true;
}

bool set_user(struct assignment *assignment)
{
	struct target *target = assignment->base;
	struct place *place = assignment->place;
	const char *colon = strchr(assignment->text, ':');

	if (assignment->text[0] == '\0') {
		target->user = target->password = NULL;
		return true;
	}
	if (colon == NULL || colon == assignment->text)
		return assignment_refuse(assignment);
	struct expanded password = {.text = colon + 1, .outside = assignment->outside};
	if (names_file(assignment) && !expand_file(place, assignment->option->name, &password))
		return false;
	assignment->outside = password.outside;
	assignment_keep_secret(assignment, password.text);
	target->user =
		arena_slice(place->arena, assignment->text, (size_t)(colon - assignment->text));
	target->password = password.text;
	return true;
}

/* A proxy, or an address that webmon itself sends to. */
bool set_proxy(struct assignment *assignment)
{
	static const char *const schemes[] = {"http",	 "https",  "socks4",
					      "socks4a", "socks5", "socks5h"};
	size_t known = assignment->option->scope == OPTION_TARGET ? 6 : 2;
	const char **field = assignment->field;
	struct url_parts parts;

	*field = NULL;
	if (assignment->text[0] == '\0')
		return true;
	if (!url_split(assignment->text, &parts) || parts.host.length == 0 ||
	    strpbrk(assignment->text, " \t") != NULL)
		return assignment_refuse(assignment);
	bool found = parts.scheme.length == 0 && known == 6;
	for (size_t i = 0; i < known; i++)
		found = found ||
			(strlen(schemes[i]) == parts.scheme.length &&
			 strncasecmp(schemes[i], parts.scheme.at, parts.scheme.length) == 0);
	if (!found)
		return assignment_refuse_for(
			assignment, known == 6 ? "the scheme must be http, https, socks4, socks4a, "
						 "socks5 or socks5h"
					       : "the scheme must be http or https");
	keep_url_secrets(assignment, assignment->text);
	*field = assignment->text;
	return true;
}

bool set_listen(struct assignment *assignment)
{
	const char **field = assignment->field;
	struct socket_address address;

	*field = NULL;
	if (assignment->text[0] == '\0')
		return true;
	if (!socket_address_read(assignment->text, &address))
		return assignment_refuse(assignment);
	*field = assignment->text;
	return true;
}

/* "200", "200-299" or "2xx" */
static bool read_range(const char *text, struct status_range *range)
{
	char first[8], last[8];
	const char *dash = strchr(text, '-');
	int64_t from, to;

	if (strlen(text) == 3 && strcasecmp(text + 1, "xx") == 0 && text[0] >= '1' &&
	    text[0] <= '9') {
		from = (text[0] - '0') * 100;
		to = from + 99;
	} else {
		text_format(first, sizeof(first), "%.*s", dash == NULL ? 7 : (int)(dash - text),
			    text);
		text_copy(last, sizeof(last), dash == NULL ? first : dash + 1);
		if (!parse_integer(first, 100, 999, &from) || !parse_integer(last, from, 999, &to))
			return false;
	}
	*range = (struct status_range){.from = (uint16_t)from, .to = (uint16_t)to};
	return true;
}

static bool take_range(struct assignment *assignment, const char *item)
{
	struct target *target = assignment->base;
	struct status_range range, *ranges;
	size_t count = target->expect_status_count;

	if (strlen(item) > 7 || count >= STATUS_RANGES_MAX || !read_range(item, &range))
		return assignment_refuse(assignment);
	ranges = arena_alloc(assignment->place->arena, (count + 1) * sizeof(*ranges));
	if (count > 0)
		memcpy(ranges, target->expect_status, count * sizeof(*ranges));
	ranges[count] = range;
	target->expect_status = ranges;
	target->expect_status_count = count + 1;
	return true;
}

/* "200-299, 304", however it was written. */
static const char *write_ranges(struct arena *arena, const struct target *target)
{
	char text[STATUS_RANGES_MAX * 10] = "";
	size_t used = 0;

	for (size_t i = 0; i < target->expect_status_count; i++) {
		const struct status_range *range = &target->expect_status[i];

		used += text_format(text + used, sizeof(text) - used, "%s%d", i > 0 ? ", " : "",
				    range->from);
		if (range->to != range->from)
			used += text_format(text + used, sizeof(text) - used, "-%d", range->to);
	}
	return arena_text(arena, text);
}

bool set_status(struct assignment *assignment)
{
	struct target *target = assignment->base;

	target->expect_status_count = 0;
	if (!assignment_split(assignment, take_range))
		return false;
	if (target->expect_status_count == 0)
		return assignment_refuse(assignment);
	target->expect_status_text = write_ranges(assignment->place->arena, target);
	return true;
}
