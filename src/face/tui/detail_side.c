/*
 * The right side of one target's screen: certificate and connection, incidents. Draws only.
 */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/detail.h"
#include "face/tui/pen.h"

#define LABEL_WIDTH 9
#define NARROW	    48 /* below it an incident has no date */

enum style detail_cert_left(const struct tui *tui, const struct row *row, char out[48])
{
	int days = row_cert_days(row, tui->now_ms);
	bool soon = days != INT_MIN && days < row->target->expect_cert_days;
	int over = (int)((tui->now_ms - row->cert.chain_not_after_ms) / DAY_MS);

	out[0] = '\0';
	if (days == INT_MIN)
		return STYLE_DIM;
	if (days < 0) /* whole days, as the words of the failure count them */
		text_format(out, 48, "%s expired %d %s ago", tui->theme.glyphs.slow, over,
			    over == 1 ? "day" : "days");
	else
		text_format(out, 48, "%s%s%d %s", soon ? tui->theme.glyphs.slow : "",
			    soon ? " " : "", days, days == 1 ? "day" : "days");
	return soon ? STYLE_CERT : STYLE_TEXT;
}

struct fact {
	const char *label;
	char text[160];
	enum style style;
};

static void first_word(const char *text, char out[160])
{
	text_format(out, 160, "%.*s", (int)strcspn(text, " "), text);
}

/* Certificate and connection; what is not known is left out. */
struct facts {
	struct fact items[8];
	int count;
};

static char *add_fact(struct facts *facts, const char *label, enum style style)
{
	struct fact *fact = &facts->items[facts->count++];

	*fact = (struct fact){.label = label, .style = style};
	return fact->text;
}

static void add_valid(const struct tui *tui, const struct cert_facts *cert, struct facts *facts)
{
	char from[FORMAT_MAX], to[FORMAT_MAX];

	format_stamp(from, cert->not_before_ms, STAMP_DATE, tui->utc, tui->now_ms);
	format_stamp(to, cert->not_after_ms, STAMP_DATE, tui->utc, tui->now_ms);
	text_format(add_fact(facts, "valid", STYLE_TEXT), 160, "%s%s%s",
		    cert->not_before_ms ? from : "", cert->not_before_ms ? " to " : "until ", to);
}

static void add_left(const struct tui *tui, const struct row *row, struct facts *facts)
{
	const struct cert_facts *cert = &row->cert;
	char left[48];
	enum style style = detail_cert_left(tui, row, left);
	/* of the leaf, which another of its chain may not live to see */
	int64_t own = cert_days_left(cert->not_after_ms, tui->now_ms);

	text_format(add_fact(facts, "left", style), 160,
		    cert->chain_not_after_ms && own > row_cert_days(row, tui->now_ms)
			    ? "%s for the chain, %lld its own"
			    : "%s",
		    left, (long long)own);
}

static void add_chain(const struct cert_facts *cert, struct facts *facts)
{
	if (cert->verified && cert->chain_length > 0)
		text_format(add_fact(facts, "chain", STYLE_TEXT), 160, "verified, %d long",
			    cert->chain_length);
	else if (!cert->verified && cert->problem[0])
		text_format(add_fact(facts, "chain", STYLE_DOWN), 160, "not verified: %s",
			    cert->problem);
}

static void add_cert(const struct tui *tui, const struct row *row, struct facts *facts)
{
	const struct cert_facts *cert = &row->cert;
	char name[160];

	first_word(cert->names[0] ? cert->names : cert->subject, name);
	if (name[0])
		text_format(add_fact(facts, "name", STYLE_TEXT), 160,
			    cert->name_count > 1 ? "%s +%d" : "%s", name, cert->name_count - 1);
	if (cert->issuer[0])
		text_copy(add_fact(facts, "issuer", STYLE_TEXT), 160, cert->issuer);
	add_valid(tui, cert, facts);
	add_left(tui, row, facts);
	add_chain(cert, facts);
	if (cert->version[0])
		text_format(add_fact(facts, "session", STYLE_TEXT), 160, "%s%s%s%s%s",
			    cert->version, cert->cipher[0] ? " · " : "", cert->cipher,
			    cert->alpn[0] ? " · " : "", cert->alpn);
}

static void peer_text(const struct row *row, char out[160])
{
	const struct verdict *verdict = &row->verdict;
	const char *http = http_version_name[verdict->http];

	if (!verdict->ip[0])
		text_copy(out, 160, row->stats.good ? "not known" : "not reached yet");
	else
		text_format(out, 160, strchr(verdict->ip, ':') ? "[%s]:%u%s%s" : "%s:%u%s%s",
			    verdict->ip, verdict->port, http[0] ? " · HTTP/" : "", http);
}

static void collect_facts(const struct tui *tui, const struct row *row, struct facts *facts)
{
	bool tls = target_is_encrypted(row->target);

	facts->count = 0;
	if (row->cert.seen)
		add_cert(tui, row, facts);
	else
		text_copy(add_fact(facts, "tls", STYLE_DIM), 160,
			  tls ? tui_is_fed(tui) ? "no certificate in the metrics"
						: "no certificate seen yet"
			  : row->target->scheme == SCHEME_TCP ? "none: a TCP connection"
							      : "none: plain http");
	if (tui_is_fed(tui))
		text_format(add_fact(facts, "source", STYLE_TEXT), 160, "%s, measured elsewhere",
			    tui->source_name);
	else
		peer_text(row, add_fact(facts, "peer", STYLE_TEXT));
}

void detail_draw_cert(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	const struct detail_layout *layout = &tui->detail.layout;
	struct rect area = layout->cert;
	struct facts facts;

	if (area.height <= 0)
		return;
	if (layout->cert_title.height > 0)
		canvas_rule(canvas, layout->cert_title, layout->cert_title.y,
			    layout->wide ? STYLE_TITLE : STYLE_SELECTED,
			    row->cert.seen ? "certificate" : "connection", NULL);
	collect_facts(tui, row, &facts);
	for (int i = 0; i < facts.count && i < area.height; i++) {
		const struct fact *fact = &facts.items[i];

		canvas_put(canvas, area, area.x + 1, area.y + i, STYLE_DIM, fact->label);
		canvas_put_fit(canvas, area, area.x + 1 + LABEL_WIDTH, area.y + i,
			       area.width - LABEL_WIDTH - 2, false, fact->style, fact->text);
	}
}

/* "503 ×27", "SLOW ×9". */
static void why_text(const struct incident *incident, char out[64])
{
	char kind[16];

	incident_kind(incident, kind);
	if (incident->count > 0 && incident->kind <= INCIDENT_LOAD)
		text_format(out, 64, "%s ×%u", kind, incident->count);
	else
		text_copy(out, 64, kind);
}

static bool has_head(const struct detail_state *detail)
{
	return detail->layout.incidents.height >= 5 && detail->incident_count > 0;
}

size_t detail_incident_page(const struct detail_state *detail)
{
	int page = detail->layout.incidents.height - has_head(detail);

	return page > 0 ? (size_t)page : 0;
}

static void draw_incident(const struct tui *tui, struct canvas *canvas, struct rect line,
			  const struct incident *incident)
{
	char from[FORMAT_MAX], to[FORMAT_MAX] = "open", length[FORMAT_MAX], why[64];
	struct pen pen = pen_at(canvas, line, 1);
	bool narrow = line.width < NARROW;
	enum style style;
	const char *sign = incident_sign(tui, incident, &style);

	format_stamp(from, incident->opened_ms, narrow ? STAMP_SHORT : STAMP_FULL, tui->utc,
		     tui->now_ms);
	if (incident->closed_ms)
		format_stamp(to, incident->closed_ms, STAMP_CLOCK, tui->utc, tui->now_ms);
	format_length(length, incident_length_ms(incident, tui->now_ms));
	why_text(incident, why);
	pen_put(&pen, style, "%s ", sign);
	pen_put(&pen, STYLE_TEXT, "%-*s ", narrow ? 8 : 15, from);
	pen_put(&pen, incident->closed_ms ? STYLE_DIM : style, "%-8s ", to);
	pen_put(&pen, STYLE_TEXT, "%8s ", length);
	canvas_put_fit(canvas, line, pen.x, line.y, line.x + line.width - pen.x, false, STYLE_TEXT,
		       why);
}

static void draw_title(const struct tui *tui, struct canvas *canvas)
{
	const struct detail_state *detail = &tui->detail;
	struct rect line = detail->layout.incidents_title;
	char note[80] = "", length[FORMAT_MAX];

	format_length(length, detail->failures_ms);
	if (detail->failures)
		text_format(note, sizeof(note), "30 d: %u%s%s", detail->failures, tui->dot, length);
	canvas_rule(canvas, line, line.y,
		    detail->focus == FOCUS_INCIDENTS ? STYLE_SELECTED : STYLE_TITLE, "incidents",
		    note[0] ? note : NULL);
}

void detail_draw_incidents(const struct tui *tui, struct canvas *canvas)
{
	const struct detail_state *detail = &tui->detail;
	struct rect area = detail->layout.incidents;
	bool head = has_head(detail);

	if (area.height <= 0)
		return;
	draw_title(tui, canvas);
	if (!detail->incident_count)
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM, "none");
	if (head)
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM,
			   area.width < NARROW ? "  from     to         length why"
					       : "  from            to         length why");
	for (int y = head; y < area.height; y++) {
		size_t place = detail->incidents_top + (size_t)(y - head);
		const struct incident *incident =
			place < detail->incident_count
				? incidents_by_id(&tui->incidents, detail->incidents[place])
				: NULL;

		if (!incident)
			return;
		struct rect line = {area.x, area.y + y, area.width, 1};

		draw_incident(tui, canvas, line, incident);
		if (detail->focus == FOCUS_INCIDENTS && place == detail->incident_at)
			canvas_select(canvas, line, true);
	}
}
