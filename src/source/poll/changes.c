/*
 * Two answers side by side. One poller's thread.
 */
#include "source/poll/changes.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/units.h"
#include "source/poll/piece.h"

#define LINES_MAX   14
#define VALUE_WIDTH 44
#define VALUE_MAX   (VALUE_WIDTH * 4 + 4)
#define BEFORE	    12 /* characters shown before the first one that differs */

struct list {
	char *out;
	size_t capacity, used;
	int lines;
};

/* One more line. */
static void add(struct list *list, const char *format, const char *name, const char *one,
		const char *other)
{
	char line[VALUE_MAX * 3];

	if (list->lines++ >= LINES_MAX)
		return;
	text_format(line, sizeof line, format, name, one, other);
	if (list->used + strlen(line) + 2 > list->capacity)
		return;
	list->used += text_format(list->out + list->used, list->capacity - list->used, "%s%s",
				  list->used ? "\n" : "", line);
}

static const char *text_of(const struct evidence *evidence, uint16_t offset)
{
	return offset < evidence->used ? evidence->text + offset : "";
}

static void fit(char out[VALUE_MAX], struct piece piece)
{
	char whole[EVIDENCE_BODY_MAX];
	size_t size = piece.size < sizeof whole - 1 ? piece.size : sizeof whole - 1;

	memcpy(whole, piece.text, size);
	whole[size] = '\0';
	text_fit(out, VALUE_MAX, whole, VALUE_WIDTH, CUT_END, false);
}

/* ---- status ---- */

static void compare_status(struct list *list, const struct evidence *good,
			   const struct evidence *bad)
{
	const char *before = text_of(good, good->status_line),
		   *now = text_of(bad, bad->status_line);

	if (!before[0] || !now[0])
		return;
	/* Behind "HTTP/1.1 ". */
	if (good->sample.status != bad->sample.status)
		add(list, "%s: %s → %s", "status",
		    before + strcspn(before, " ") + (strchr(before, ' ') != NULL),
		    now + strcspn(now, " ") + (strchr(now, ' ') != NULL));
	if (good->sample.http != bad->sample.http)
		add(list, "%s: %s → %s", "HTTP", http_version_name[good->sample.http],
		    http_version_name[bad->sample.http]);
}

static void compare_address(struct list *list, const struct evidence *good,
			    const struct evidence *bad)
{
	const char *before = text_of(good, good->address), *now = text_of(bad, bad->address);

	if (before[0] && now[0] && strcmp(before, now) != 0)
		add(list, "%s: %s → %s", "address", before, now);
}

/* ---- headers ---- */

static struct piece name_of(struct piece line)
{
	const char *colon = memchr(line.text, ':', line.size);

	return (struct piece){line.text, colon ? (size_t)(colon - line.text) : line.size};
}

static struct piece value_of(struct piece line)
{
	struct piece name = name_of(line), value;
	size_t skip = name.size < line.size ? name.size + 1 : line.size;

	while (skip < line.size && line.text[skip] == ' ')
		skip++;
	value = (struct piece){line.text + skip, line.size - skip};
	return value;
}

static bool same(struct piece one, struct piece other)
{
	return one.size == other.size && memcmp(one.text, other.text, one.size) == 0;
}

static bool same_name(struct piece one, struct piece other)
{
	return one.size == other.size && strncasecmp(one.text, other.text, one.size) == 0;
}

/* Another value in each answer, or the body's business. */
static bool is_volatile(struct piece name)
{
	static const char *const whole[] = {"Date",
					    "Age",
					    "Expires",
					    "Last-Modified",
					    "Content-Length",
					    "Set-Cookie",
					    "CF-Ray",
					    "X-Runtime",
					    "X-Response-Time",
					    "X-Process-Time",
					    "Server-Timing",
					    "X-Varnish",
					    "X-Timer",
					    "X-Cache-Hits",
					    "Report-To",
					    "NEL",
					    "Keep-Alive",
					    "Content-Security-Policy",
					    "X-Amz-Cf-Id",
					    "X-Amzn-RequestId",
					    "Traceparent",
					    "Tracestate",
					    "X-Served-By"};
	static const char *const parts[] = {"request-id", "trace-id", "correlation-id",
					    "ratelimit"};
	char text[80];

	text_format(text, sizeof text, "%.*s", (int)(name.size < 79 ? name.size : 79), name.text);
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (strcasecmp(text, whole[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcasestr(text, parts[i]))
			return true;
	return false;
}

static bool find_header(struct piece headers, struct piece name, struct piece *value)
{
	while (headers.size) {
		struct piece line = piece_line(&headers);

		if (!same_name(name_of(line), name))
			continue;
		*value = value_of(line);
		return true;
	}
	return false;
}

static void add_header(struct list *list, const char *mark, struct piece line)
{
	char value[VALUE_MAX];

	fit(value, line);
	add(list, "%s %s%s", mark, value, "");
}

static void compare_headers(struct list *list, const struct evidence *good,
			    const struct evidence *bad)
{
	const char *before = text_of(good, good->headers), *now = text_of(bad, bad->headers);
	const struct piece old = {before, strlen(before)}, new = {now, strlen(now)};
	struct piece rest = new, value;
	char name[VALUE_MAX], was[VALUE_MAX], is[VALUE_MAX];

	while (rest.size) {
		struct piece line = piece_line(&rest);

		if (is_volatile(name_of(line)))
			continue;
		if (!find_header(old, name_of(line), &value)) {
			add_header(list, "+", line);
		} else if (!same(value, value_of(line))) {
			fit(name, name_of(line));
			fit(was, value);
			fit(is, value_of(line));
			add(list, "%s: %s → %s", name, was, is);
		}
	}
	rest = old;
	while (rest.size) {
		struct piece line = piece_line(&rest);

		if (!is_volatile(name_of(line)) && !find_header(new, name_of(line), &value))
			add_header(list, "-", line);
	}
}

/* ---- body ---- */

/* From a little before byte `at` to the end of its line, with "…" where it does not begin there. */
static void around(char out[VALUE_MAX], const char *line, size_t at)
{
	size_t from = at > BEFORE ? at - BEFORE : 0;
	char text[VALUE_MAX * 2], shown[VALUE_MAX];

	while (from > 0 && ((unsigned char)line[from] & 0xc0) == 0x80)
		from--;
	text_format(text, sizeof text, "%s%.*s", from ? "…" : "",
		    (int)(strcspn(line + from, "\n") < VALUE_MAX ? strcspn(line + from, "\n")
								 : VALUE_MAX),
		    line + from);
	text_fit(shown, sizeof shown, text, VALUE_WIDTH, CUT_END, false);
	text_format(out, VALUE_MAX, strchr(shown, '"') ? "'%s'" : "\"%s\"", shown);
}

static void compare_body(struct list *list, const struct evidence *good, const struct evidence *bad)
{
	const char *before = text_of(good, good->body), *now = text_of(bad, bad->body);
	char was[VALUE_MAX], is[VALUE_MAX], name[60];
	size_t at = 0, line = 0, number = 1;

	if (good->body_bytes != bad->body_bytes) {
		format_bytes(was, good->body_bytes);
		format_bytes(is, bad->body_bytes);
		add(list, "%s: %s → %s", "body", was, is);
	}
	while (before[at] && before[at] == now[at]) {
		if (before[at] == '\n') {
			line = at + 1;
			number++;
		}
		at++;
	}
	/* Same as far as kept; or one of them is empty, and that has been said. */
	if (before[at] == now[at] || !before[0] || !now[0])
		return;
	around(was, before + line, at - line);
	around(is, now + line, at - line);
	text_format(name, sizeof name, "body, line %zu", number);
	add(list, "%s: %s → %s", name, was, is);
}

void changes_write(char *out, size_t capacity, const struct evidence *good,
		   const struct evidence *bad, const char *certificate)
{
	struct list list = {.out = out, .capacity = capacity};

	out[0] = '\0';
	if (!good->seen)
		return;
	compare_status(&list, good, bad);
	compare_address(&list, good, bad);
	if (certificate[0])
		add(&list, "%s%s%s", certificate, "", "");
	/* Where nothing came nothing has changed. */
	if (!text_of(good, good->status_line)[0] || !text_of(bad, bad->status_line)[0])
		return;
	compare_headers(&list, good, bad);
	compare_body(&list, good, bad);
}
