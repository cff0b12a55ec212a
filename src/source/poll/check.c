/*
 * The checks of a target. Owned by its poller.
 */
#include "source/poll/check.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/units.h"
#include "source/poll/excerpt.h"
#include "source/poll/json_check.h"
#include "source/poll/phrase_reply.h"
#include "source/poll/piece.h"
#include "source/poll/quote.h"
#include "source/poll/reply.h"
#include "source/poll/resolve.h"

/* Bytes. A pattern may come near a match at each of them, to the end each time: that is their
 * square. */
#define LONG_FOR_PATTERN 1024
#define LONG_FOR_ALL	 (128u << 10)

enum verb { CONTAINS, EQUALS, MATCHES };
enum verdict_of_rule { HOLDS, FAILS, UNDECIDED };

struct rule {
	enum verb verb;
	bool negated;
	const char *text; /* behind the operator */
	size_t size;
	struct pattern pattern;
};

struct header_rule {
	char *name; /* owned */
	struct rule rule;
	bool any; /* it need only be there */
};

struct subnet {
	struct address address;
	unsigned bits;
};

struct checks {
	const struct target *target;
	struct rule *bodies;
	struct header_rule *headers;
	struct json_checks *json; /* owned; NULL: none */
	struct subnet *subnets;
	size_t subnet_count;
};

/* ---- rules ---- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static void rule_init(struct rule *rule, const char *text)
{
	static const struct {
		const char *sign;
		enum verb verb;
		bool negated;
	} operators[] = {{"!~", MATCHES, true},
			 {"~", MATCHES, false},
			 {"=", EQUALS, false},
			 {"!", CONTAINS, true}};

	*rule = (struct rule){.verb = CONTAINS};
	text = skip_blanks(text);
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		size_t length = strlen(operators[i].sign);

		if (strncmp(text, operators[i].sign, length) != 0)
			continue;
		rule->verb = operators[i].verb;
		rule->negated = operators[i].negated;
		text = skip_blanks(text + length);
		break;
	}
	rule->text = text;
	rule->size = strlen(text);
	if (rule->verb == MATCHES)
		pattern_init(&rule->pattern, text, REG_NEWLINE, NULL);
}

static void rule_fini(struct rule *rule)
{
	if (rule->verb == MATCHES)
		pattern_fini(&rule->pattern);
}

static bool equals(const struct rule *rule, struct piece value)
{
	size_t size = value.size;

	if (size == rule->size + 1 &&
	    value.text[size - 1] == '\n') /* NOLINT: an absent body has size 0 */
		size--;
	return size == rule->size && memcmp(value.text, rule->text, size) == 0;
}

static enum verdict_of_rule matches(const struct rule *rule, struct piece value)
{
	enum pattern_found found;

	if (!rule->pattern.good)
		return FAILS;
	found = pattern_find(&rule->pattern, value.text, value.size);
	if (found == PATTERN_UNDECIDED)
		return UNDECIDED;
	return (found == PATTERN_FOUND) != rule->negated ? HOLDS : FAILS;
}

static enum verdict_of_rule holds(const struct rule *rule, struct piece value)
{
	bool found;

	if (rule->verb == MATCHES)
		return matches(rule, value);
	if (rule->verb == EQUALS)
		found = equals(rule, value);
	else
		found = rule->size == 0 ||
			memmem(value.text, value.size, rule->text, rule->size) != NULL;
	return found != rule->negated ? HOLDS : FAILS;
}

/* ---- words ---- */

static const char *wish_words(const struct rule *rule)
{
	static const char *const words[][2] = {
		[CONTAINS] = {"contains no", "contains"},
		[EQUALS] = {"is not", "is"},
		[MATCHES] = {"does not match", "matches"},
	};

	return words[rule->verb][rule->negated];
}

static void tell(char *detail, const char *what, const struct rule *rule, struct piece value)
{
	char wanted[QUOTED_MAX], came[QUOTED_MAX];

	quote_text(wanted, rule->text, rule->size);
	quote_text(came, value.text, value.size);
	if (value.size == 0)
		text_format(detail, CHECK_DETAIL_MAX, "%s is empty, wanted %s", what, wanted);
	else if (rule->negated)
		text_format(detail, CHECK_DETAIL_MAX, "%s %s %s, which it should not", what,
			    wish_words(rule), wanted);
	else
		text_format(detail, CHECK_DETAIL_MAX, "%s %s %s: %s", what, wish_words(rule),
			    wanted, came);
}

/* ---- the checks ---- */

static bool status_is_wanted(const struct target *target, int status)
{
	for (size_t i = 0; i < target->expect_status_count; i++)
		if (status >= target->expect_status[i].from &&
		    status <= target->expect_status[i].to)
			return true;
	return false;
}

static bool http_is_wanted(const struct target *target, enum http_version version)
{
	static const enum http_version wanted[] = {[WISH_HTTP_AUTO] = HTTP_NONE,
						   [WISH_HTTP_1_0] = HTTP_1_0,
						   [WISH_HTTP_1_1] = HTTP_1_1,
						   [WISH_HTTP_2] = HTTP_2,
						   [WISH_HTTP_3] = HTTP_3};

	return target->expect_http == WISH_HTTP_AUTO || wanted[target->expect_http] == version;
}

static bool in_subnet(const struct subnet *subnet, const struct address *peer)
{
	unsigned whole = subnet->bits / 8, rest = subnet->bits % 8;

	if (subnet->address.six != peer->six ||
	    memcmp(subnet->address.bytes, peer->bytes, whole) != 0)
		return false;
	return rest == 0 || (subnet->address.bytes[whole] ^ peer->bytes[whole]) >> (8 - rest) == 0;
}

static bool ip_is_wanted(const struct checks *checks, const struct address *peer)
{
	for (size_t i = 0; i < checks->subnet_count; i++)
		if (peer && in_subnet(&checks->subnets[i], peer))
			return true;
	return checks->subnet_count == 0;
}

/* The class that a rule gives, with words where it does not hold. */
static enum probe_class judge(const struct rule *rule, const char *what, struct piece value,
			      char *detail)
{
	char wanted[QUOTED_MAX];

	switch (holds(rule, value)) {
	case HOLDS:
		return CLASS_OK;
	case FAILS:
		tell(detail, what, rule, value);
		return CLASS_BODY_MISMATCH;
	case UNDECIDED:
		break;
	}
	/* Nobody knows whether it holds, and the pattern is ours. */
	quote_text(wanted, rule->text, rule->size);
	text_format(detail, CHECK_DETAIL_MAX,
		    "webmon gave up looking for %s: on this %s it takes too long", wanted, what);
	return CLASS_LOCAL;
}

static enum probe_class judge_header(const struct header_rule *wish, const struct reply *reply,
				     char *detail)
{
	struct piece value;
	char what[80];

	value.text = reply_find(reply, wish->name, &value.size);
	if (!value.text) {
		if (!wish->any && wish->rule.negated)
			return CLASS_OK;
		text_format(detail, CHECK_DETAIL_MAX, "no header %s", wish->name);
		return CLASS_BODY_MISMATCH;
	}
	if (wish->any)
		return CLASS_OK;
	text_format(what, sizeof what, "header %s", wish->name);
	return judge(&wish->rule, what, value, detail);
}

static void subnet_init(struct subnet *subnet, const char *text)
{
	char address[ADDRESS_TEXT_MAX];
	size_t size = strcspn(text, "/");
	int64_t bits;

	/* What is no address matches nothing: a family that does not exist. */
	*subnet = (struct subnet){.address = {.six = UINT8_MAX}};
	if (size >= sizeof address)
		return;
	memcpy(address, text, size);
	address[size] = '\0';
	if (!address_parse(&subnet->address, address))
		subnet->address.six = UINT8_MAX;
	subnet->bits = subnet->address.six ? 128 : 32;
	if (text[size] == '/' && parse_integer(text + size + 1, 0, subnet->bits, &bits))
		subnet->bits = (unsigned)bits;
}

struct checks *checks_new(const struct target *target)
{
	struct checks *checks = x_calloc(1, sizeof *checks);

	checks->target = target;
	checks->bodies = x_calloc(target->expect_body.count + 1, sizeof *checks->bodies);
	checks->headers = x_calloc(target->expect_header.count + 1, sizeof *checks->headers);
	checks->subnets = x_calloc(target->expect_ip.count + 1, sizeof *checks->subnets);
	checks->subnet_count = target->expect_ip.count;
	checks->json = json_checks_new(&target->expect_json);
	for (size_t i = 0; i < target->expect_body.count; i++)
		rule_init(&checks->bodies[i], target->expect_body.items[i]);
	for (size_t i = 0; i < target->expect_header.count; i++) {
		const char *text = target->expect_header.items[i];
		size_t size = strcspn(text, ":");
		const char *rest = text[size] ? skip_blanks(text + size + 1) : "";

		checks->headers[i].name = x_strndup(text, size);
		checks->headers[i].any = *rest == '\0';
		rule_init(&checks->headers[i].rule, rest);
	}
	for (size_t i = 0; i < target->expect_ip.count; i++)
		subnet_init(&checks->subnets[i], target->expect_ip.items[i]);
	return checks;
}

void checks_free(struct checks *checks)
{
	if (!checks)
		return;
	for (size_t i = 0; i < checks->target->expect_body.count; i++)
		rule_fini(&checks->bodies[i]);
	for (size_t i = 0; i < checks->target->expect_header.count; i++) {
		rule_fini(&checks->headers[i].rule);
		free(checks->headers[i].name);
	}
	json_checks_free(checks->json);
	free(checks->bodies);
	free(checks->headers);
	free(checks->subnets);
	free(checks);
}

bool checks_want_body(const struct checks *checks)
{
	return checks->target->expect_body.count > 0 || checks->json;
}

static bool are_long_for(const struct rule *rule, size_t size)
{
	return size > LONG_FOR_PATTERN && rule->verb == MATCHES;
}

bool checks_are_long(const struct checks *checks, const struct reply *reply)
{
	const struct target *target = checks->target;
	bool found = checks_want_body(checks) && reply->body_size > LONG_FOR_ALL;

	for (size_t i = 0; i < target->expect_body.count; i++)
		found |= are_long_for(&checks->bodies[i], reply->body_size);
	for (size_t i = 0; i < target->expect_header.count; i++)
		found |= are_long_for(&checks->headers[i].rule, reply->headers_size);
	return found;
}

static enum probe_class judge_text(const struct checks *checks, struct piece body, char *detail)
{
	enum probe_class cls = CLASS_OK;

	/* A byte order mark is for programs. */
	if (body.size >= 3 && memcmp(body.text, "\xef\xbb\xbf", 3) == 0)
		body = (struct piece){body.text + 3, body.size - 3};
	for (size_t i = 0; i < checks->target->expect_body.count && cls == CLASS_OK; i++)
		cls = judge(&checks->bodies[i], "body", body, detail);
	if (cls == CLASS_OK && checks->json)
		cls = json_checks_judge(checks->json, body.text, body.size, detail);
	return cls;
}

/* Some send it packed though nobody asked. */
static void tell_packed(const struct checks *checks, const struct reply *reply, char *detail)
{
	size_t size, used = strlen(detail);
	const char *coding = reply_find(reply, "Content-Encoding", &size);

	if (!checks->target->compressed && coding && size > 0 &&
	    strncasecmp(coding, "identity", size) != 0)
		text_format(detail + used, CHECK_DETAIL_MAX - used,
			    "; it came packed, which compressed = yes undoes");
}

static enum probe_class judge_body(const struct checks *checks, const struct reply *reply,
				   char *detail)
{
	struct piece body = {reply->body ? reply->body : "", reply->body_size};
	char *converted = excerpt_body(reply, &body.size);
	enum probe_class cls;

	if (converted)
		body.text = converted;
	cls = judge_text(checks, body, detail);
	free(converted);
	if (cls == CLASS_BODY_MISMATCH)
		tell_packed(checks, reply, detail);
	return cls;
}

enum probe_class checks_run(const struct checks *checks, const struct reply *reply,
			    const struct address *peer, char detail[CHECK_DETAIL_MAX])
{
	const struct target *target = checks->target;
	enum probe_class cls = CLASS_OK;

	detail[0] = '\0';
	if (!status_is_wanted(target, reply->status)) {
		phrase_status(detail, CHECK_DETAIL_MAX, reply, target->expect_status_text);
		return CLASS_HTTP_STATUS;
	}
	if (!http_is_wanted(target, reply->version)) {
		text_format(detail, CHECK_DETAIL_MAX, "HTTP/%s, wanted another version",
			    http_version_name[reply->version]);
		return CLASS_BODY_MISMATCH;
	}
	if (!ip_is_wanted(checks, peer)) {
		char address[ADDRESS_TEXT_MAX] = "an unknown address";

		if (peer)
			address_format(address, peer);
		text_format(detail, CHECK_DETAIL_MAX, "answered by %s, which is not in expect_ip",
			    address);
		return CLASS_BODY_MISMATCH;
	}
	for (size_t i = 0; i < target->expect_header.count && cls == CLASS_OK; i++)
		cls = judge_header(&checks->headers[i], reply, detail);
	if (cls == CLASS_OK && checks_want_body(checks))
		cls = judge_body(checks, reply, detail);
	return cls;
}
