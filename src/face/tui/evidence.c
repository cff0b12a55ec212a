/*
 * Evidence in lines. Owns nothing but its view; the text was cleaned and redacted where it entered
 * the store.
 */
#include "face/tui/evidence.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define LINE_BYTES 1024

const char *evidence_part(const struct evidence *evidence, uint16_t offset)
{
	return offset < evidence->used && offset < sizeof(evidence->text) ? evidence->text + offset
									  : "";
}

const char *evidence_later_part(const struct evidence *evidence, uint16_t offset)
{
	return offset ? evidence_part(evidence, offset) : "";
}

bool evidence_is_current(const struct evidence_view *view, const struct store *store, size_t target,
			 bool live)
{
	return view->known && view->target == target &&
	       (!live || view->head == store_head(store, target));
}

void evidence_read(struct evidence_view *view, const struct store *store, size_t target,
		   enum evidence_kind kind)
{
	uint64_t head = store_head(store, target);

	if (!store_evidence(store, target, kind, &view->evidence))
		view->evidence.seen = false;
	/* the writer ends every text, but what is read must not depend on it */
	view->evidence.text[sizeof(view->evidence.text) - 1] = '\0';
	view->head = head;
	view->target = target;
	view->kind = kind;
	view->known = true;
	view->width = 0; /* lay out anew */
}

/* One line as it stands, the first `lead` bytes in another style. */
static void add_line(struct evidence_view *view, const struct evidence_line *look, const char *text,
		     size_t length)
{
	struct evidence_line *line = &view->lines[view->count];

	if (view->count == EVIDENCE_LINES_MAX || view->used + length + 1 > sizeof(view->text))
		return;
	*line = *look;
	line->offset = (uint16_t)view->used;
	memcpy(view->text + view->used, text, length);
	view->used += length;
	view->text[view->used++] = '\0';
	view->count++;
}

/* Bytes of the first line of a text, broken after a blank where there is one in the second half. */
static size_t fitting(const char *text, size_t length, int width)
{
	const struct text_line line = text_line(text, length, width);

	return line.bytes < length && line.blank_columns >= width / 2 ? line.blank + 1 : line.bytes;
}

/* How a paragraph is led in: the mark stands before each of its lines. */
struct mark {
	const char *text;
	enum style style;
};

static void add_wrapped(struct evidence_view *view, const struct mark *mark, enum style style,
			const char *text, size_t length)
{
	static const struct mark beneath = {"  ", STYLE_DIM};
	struct evidence_line look = {.lead = (uint16_t)strlen(mark->text),
				     .lead_style = (uint8_t)mark->style,
				     .style = (uint8_t)style};
	int width = view->width - text_width(mark->text);
	char line[LINE_BYTES];

	do {
		size_t taken = fitting(text, length, width > 8 ? width : 8);

		if (taken + look.lead >= sizeof(line))
			taken = sizeof(line) - look.lead - 1;
		memcpy(line, mark->text, look.lead);
		memcpy(line + look.lead, text, taken);
		add_line(view, &look, line, look.lead + taken);
		text += taken;
		length -= taken;
		/* a second sign would be a second command, another change */
		if (mark->style == STYLE_KEY || mark->style == STYLE_SLOW) {
			mark = &beneath;
			look.lead = (uint16_t)strlen(mark->text); /* shorter in bytes than "≠ " */
		}
	} while (length && view->count < EVIDENCE_LINES_MAX);
}

/* A text of several lines. */
static void add_block(struct evidence_view *view, const struct mark *mark, enum style style,
		      const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		add_wrapped(view, mark, style, text, length);
		text += length + (text[length] == '\n');
	}
}

static void add_blank(struct evidence_view *view)
{
	const struct evidence_line look = {0};

	add_line(view, &look, "", 0);
}

/* Where the gist of a result ends: before its particulars, how long it took, or what it quotes. */
static size_t gist(const char *text)
{
	static const char *const ends[] = {", ", ": ", " after ", " \"", " '"};
	size_t length = strlen(text);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *end = strstr(text, ends[i]);

		if (end && (size_t)(end - text) < length)
			length = (size_t)(end - text);
	}
	return length;
}

/* The result, of which the gist is red. */
static void add_result(struct evidence_view *view, const char *text)
{
	struct evidence_line look = {
		.lead_style = (uint8_t)(view->kind == EVIDENCE_BAD ? STYLE_DOWN : STYLE_UP),
		.style = STYLE_TEXT};
	size_t length = strlen(text), taken = fitting(text, length, view->width);
	size_t lead = gist(text);

	look.lead = (uint16_t)(lead < taken ? lead : taken);
	add_line(view, &look, text, taken);
	if (taken < length)
		add_wrapped(view, &(struct mark){"", STYLE_TEXT}, STYLE_TEXT, text + taken,
			    length - taken);
}

static void add_first_lines(struct evidence_view *view)
{
	const struct evidence *evidence = &view->evidence;
	const char *detail = evidence_part(evidence, evidence->detail),
		   *curl = evidence_part(evidence, evidence->curl);
	const char *address = evidence_part(evidence, evidence->address);
	char first[512], length[FORMAT_MAX];
	size_t used;
	bool beside; /* the address, else on a line of its own or, in brief, nowhere */

	format_latency(length, evidence->sample.total_us);
	if (detail[0])
		text_copy(first, sizeof(first), detail);
	else
		text_format(first, sizeof(first), "%s after %s",
			    evidence_part(evidence, evidence->status_line), length);
	if (strstr(first, address))
		address = ""; /* said already */
	used = strlen(first);
	beside = text_width(first) + 3 + text_width(address) <= view->width;
	if (beside && address[0])
		text_format(first + used, sizeof(first) - used, " · %s", address);
	add_result(view, first);
	if (!beside && address[0] && !view->brief)
		add_wrapped(view, &(struct mark){"", STYLE_TEXT}, STYLE_TEXT, address,
			    strlen(address));
	if (curl[0] && !view->brief && !strstr(detail, curl))
		add_wrapped(view, &(struct mark){"libcurl: ", STYLE_DIM}, STYLE_DIM, curl,
			    strlen(curl));
}

static void add_phases(struct evidence_view *view)
{
	const struct sample *sample = &view->evidence.sample;
	enum phase struck = class_is_timeout(sample->cls) ? sample_ended_in(sample) : PHASE_COUNT;
	int32_t left_us = sample->total_us;

	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		char line[96], length[FORMAT_MAX];
		struct evidence_line look = {
			.lead = 9, .lead_style = STYLE_DIM, .style = STYLE_TEXT};

		if (sample->phase_us[phase] == ABSENT_US)
			continue;
		left_us -= sample->phase_us[phase];
		format_latency(length, sample->phase_us[phase]);
		text_format(line, sizeof(line), "%-9s%9s", phase_name[phase], length);
		add_line(view, &look, line, strlen(line));
	}
	if (struck != PHASE_COUNT && left_us > 0) {
		char line[96], length[FORMAT_MAX];
		struct evidence_line look = {
			.lead = 9, .lead_style = STYLE_DIM, .style = STYLE_DOWN};

		format_latency(length, left_us);
		text_format(line, sizeof(line), "%-9s%9s  and the time was up", phase_name[struck],
			    length);
		add_line(view, &look, line, strlen(line));
	}
}

/* How much of a body that was longer is kept; 0: all of it. What was replaced in it (secrets,
 * control bytes) may have made it a little longer or shorter. */
static size_t cut_at(const struct evidence *evidence)
{
	size_t kept = strlen(evidence_part(evidence, evidence->body));

	if (evidence->body_is_binary)
		return evidence->body_bytes > EVIDENCE_DUMP_BYTES ? EVIDENCE_DUMP_BYTES : 0;
	/* a full room ends before a character that did not fit whole */
	if (kept + 4 >= EVIDENCE_BODY_MAX && evidence->body_bytes > kept)
		return kept;
	return kept + 64 < evidence->body_bytes ? kept : 0;
}

void evidence_body_size(const struct evidence *evidence, char out[64])
{
	char bytes[FORMAT_MAX], first[FORMAT_MAX];
	size_t cut = cut_at(evidence);

	if (cut) {
		format_count(first, cut);
		format_count(bytes, evidence->body_bytes);
		text_format(out, 64, "first %s bytes of %s", first, bytes);
	} else {
		format_bytes(bytes, evidence->body_bytes);
		text_copy(out, 64, bytes);
	}
}

static void add_body(struct evidence_view *view)
{
	const struct evidence *evidence = &view->evidence;
	const char *body = evidence_part(evidence, evidence->body);
	char line[96], size[64];

	if (!evidence->body_bytes && !evidence_part(evidence, evidence->headers)[0])
		return; /* somebody else's answer, of which neither was handed on */
	evidence_body_size(evidence, size);
	if (!evidence->body_bytes)
		text_copy(line, sizeof(line), "no body");
	else
		text_format(line, sizeof(line), "body, %s", size);
	add_wrapped(view, &(struct mark){"", STYLE_DIM}, STYLE_DIM, line, strlen(line));
	add_block(view, &(struct mark){view->ascii ? "| " : "│ ", STYLE_RULE}, STYLE_TEXT, body);
}

/* What is otherwise than when it was well: the first thing to read after the result itself. */
static void add_changes(struct evidence_view *view)
{
	const char *changes = evidence_later_part(&view->evidence, view->evidence.changes);
	const struct mark mark = {view->ascii ? "~ " : "≠ ", STYLE_SLOW};

	if (changes[0])
		add_block(view, &mark, STYLE_STRONG, changes);
}

static void add_command(struct evidence_view *view)
{
	const char *command = evidence_later_part(&view->evidence, view->evidence.command);

	if (!command[0])
		return;
	add_blank(view);
	add_wrapped(view, &(struct mark){"$ ", STYLE_KEY}, STYLE_DIM, command, strlen(command));
}

static void add_in_full(struct evidence_view *view)
{
	const struct evidence *evidence = &view->evidence;
	const char *status = evidence_part(evidence, evidence->status_line);
	const struct mark asked = {"> ", STYLE_DIM}, answered = {"< ", STYLE_DIM};

	add_first_lines(view);
	add_changes(view);
	if (!status[0]) {
		if (evidence_part(evidence, evidence->request)[0])
			add_blank(view);
		add_block(view, &asked, STYLE_TEXT, evidence_part(evidence, evidence->request));
		add_blank(view);
		add_phases(view);
		add_command(view);
		return;
	}
	add_block(view, &answered, STYLE_TEXT, status);
	add_block(view, &answered, STYLE_TEXT, evidence_part(evidence, evidence->headers));
	add_body(view);
	add_command(view);
}

/* Lines into one, joined by a dot or a blank. */
static void join(char *out, size_t capacity, const char *text, const char *between)
{
	size_t length = 0;

	out[0] = '\0';
	while (*text && length + 8 < capacity) {
		size_t part = strcspn(text, "\n");

		if (part)
			length += text_format(out + length, capacity - length, "%s%.*s",
					      length ? between : "", (int)part, text);
		text += part + (text[part] == '\n');
	}
}

static void add_in_brief(struct evidence_view *view)
{
	const struct evidence *evidence = &view->evidence;
	struct evidence_line look = {.lead = 2, .lead_style = STYLE_DIM, .style = STYLE_TEXT};
	bool answered = evidence_part(evidence, evidence->status_line)[0];
	char line[LINE_BYTES], joined[LINE_BYTES - 8];

	add_first_lines(view);
	join(joined, sizeof(joined), evidence_later_part(evidence, evidence->changes), " · ");
	if (joined[0])
		add_wrapped(view, &(struct mark){view->ascii ? "~ " : "≠ ", STYLE_SLOW},
			    STYLE_STRONG, joined, strlen(joined));
	join(joined, sizeof(joined),
	     evidence_part(evidence, answered ? evidence->headers : evidence->request), " · ");
	text_format(line, sizeof(line), "%s %s", answered ? "<" : ">", joined);
	if (joined[0])
		add_line(view, &look, line, strlen(line));
	if (!answered) {
		add_phases(view);
		return;
	}
	join(joined, sizeof(joined), evidence_part(evidence, evidence->body), " ");
	if (joined[0])
		add_wrapped(view, &(struct mark){view->ascii ? "| " : "│ ", STYLE_RULE}, STYLE_TEXT,
			    joined, strlen(joined));
}

void evidence_layout(struct evidence_view *view, int width, bool brief, bool ascii)
{
	if (width < 1)
		width = 1;
	if (view->width == width && view->brief == brief && view->ascii == ascii)
		return;
	view->width = width;
	view->brief = brief;
	view->ascii = ascii;
	view->count = 0;
	view->used = 0;
	if (!view->evidence.seen)
		return;
	if (brief)
		add_in_brief(view);
	else
		add_in_full(view);
}

void evidence_draw(const struct evidence_view *view, struct canvas *canvas, struct rect area,
		   size_t top)
{
	for (int y = 0; y < area.height; y++) {
		size_t number = top + (size_t)y;
		const struct evidence_line *line;
		char lead[LINE_BYTES];
		int x;

		if (number >= (size_t)view->count)
			return;
		line = &view->lines[number];
		text_format(lead, sizeof(lead), "%.*s", line->lead, view->text + line->offset);
		x = canvas_put(canvas, area, area.x, area.y + y, (enum style)line->lead_style,
			       lead);
		canvas_put_fit(canvas, area, x, area.y + y, area.x + area.width - x, false,
			       (enum style)line->style, view->text + line->offset + strlen(lead));
	}
}

size_t evidence_copy(const struct evidence *evidence, char *out, size_t capacity)
{
	const char *changes = evidence_later_part(evidence, evidence->changes),
		   *command = evidence_later_part(evidence, evidence->command);
	char when[FORMAT_MAX];

	format_stamp(when, evidence->sample.at_ms, STAMP_ISO, true, evidence->sample.at_ms);
	return text_format(out, capacity, "%s  %s\n%s%s%s\n%s%s%s%s\n\n%s\n%s\n\n%s\n%s%s%s", when,
			   evidence_part(evidence, evidence->detail),
			   evidence_part(evidence, evidence->address),
			   evidence_part(evidence, evidence->curl)[0] ? "  " : "",
			   evidence_part(evidence, evidence->curl),
			   changes[0] ? "\nsince the last good answer:\n" : "", changes,
			   changes[0] ? "\n\n" : "", evidence_part(evidence, evidence->request),
			   evidence_part(evidence, evidence->status_line),
			   evidence_part(evidence, evidence->headers),
			   evidence_part(evidence, evidence->body), command[0] ? "\n" : "", command,
			   command[0] ? "\n" : "");
}
