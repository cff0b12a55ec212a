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
#define DAY_MS	    86400000
#define NARROW	    48 /* below it an incident has no date */

enum style detail_cert_left(const struct tui *tui, const struct row *row, char out[48])
{
	int days = row_cert_days(row, tui->now_ms);
	bool soon = days != INT_MIN && days < row->target->expect_cert_days;

	out[0] = '\0';
	if (days == INT_MIN)
		return STYLE_DIM;
	text_format(out, 48, "%s%s%d %s", soon ? tui->theme.glyphs.slow : "", soon ? " " : "", days,
		    days == 1 ? "day" : "days");
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

static void set_cert_facts(const struct tui *tui, const struct row *row, struct fact facts[5])
{
	const struct cert_facts *cert = &row->cert;
	char from[FORMAT_MAX], to[FORMAT_MAX], left[48], name[160];
	enum style style = detail_cert_left(tui, row, left);
	int64_t own; /* days of the leaf, which another of its chain may not live to see */

	first_word(cert->names[0] ? cert->names : cert->subject, name);
	facts[0] = (struct fact){.label = "name", .style = STYLE_TEXT};
	if (cert->name_count > 1)
		text_format(facts[0].text, 160, "%s +%d", name, cert->name_count - 1);
	else
		text_copy(facts[0].text, 160, name);
	facts[1] = (struct fact){.label = "issuer", .style = STYLE_TEXT};
	text_copy(facts[1].text, 160, cert->issuer);
	facts[2] = (struct fact){.label = "valid", .style = STYLE_TEXT};
	format_stamp(from, cert->not_before_ms, STAMP_DATE, tui->utc, tui->now_ms);
	format_stamp(to, cert->not_after_ms, STAMP_DATE, tui->utc, tui->now_ms);
	text_format(facts[2].text, 160, "%s to %s", from, to);
	facts[3] = (struct fact){.label = "left", .style = style};
	own = (cert->not_after_ms - tui->now_ms) / DAY_MS;
	text_format(facts[3].text, 160,
		    cert->chain_not_after_ms && own > row_cert_days(row, tui->now_ms)
			    ? "%s for the chain, %lld its own"
			    : "%s",
		    left, (long long)own);
	facts[4] =
		(struct fact){.label = "chain", .style = cert->verified ? STYLE_TEXT : STYLE_DOWN};
	if (cert->verified)
		text_format(facts[4].text, 160, "verified, %d long", cert->chain_length);
	else
		text_format(facts[4].text, 160, "not verified: %s", cert->problem);
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

static int collect_facts(const struct tui *tui, const struct row *row, struct fact facts[8])
{
	const struct cert_facts *cert = &row->cert;
	bool tls = row->target->scheme == SCHEME_HTTPS || row->target->scheme == SCHEME_TLS;
	int count = 0;

	if (cert->seen) {
		set_cert_facts(tui, row, facts);
		count = 5;
		facts[count] = (struct fact){.label = "session", .style = STYLE_TEXT};
		text_format(facts[count++].text, 160, "%s%s%s%s%s", cert->version,
			    cert->cipher[0] ? " · " : "", cert->cipher, cert->alpn[0] ? " · " : "",
			    cert->alpn);
	} else {
		facts[count] = (struct fact){.label = "tls", .style = STYLE_DIM};
		text_copy(facts[count++].text, 160,
			  tls				      ? "no certificate seen yet"
			  : row->target->scheme == SCHEME_TCP ? "none: a TCP connection"
							      : "none: plain http");
	}
	facts[count] = (struct fact){.label = "peer", .style = STYLE_TEXT};
	peer_text(row, facts[count++].text);
	return count;
}

void detail_draw_cert(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	const struct detail_layout *layout = &tui->detail.layout;
	struct rect area = layout->cert;
	struct fact facts[8];
	int count = collect_facts(tui, row, facts);

	if (area.height <= 0)
		return;
	if (layout->cert_title.height > 0)
		canvas_rule(canvas, layout->cert_title, layout->cert_title.y,
			    layout->wide ? STYLE_TITLE : STYLE_SELECTED,
			    row->cert.seen ? "certificate" : "connection", NULL);
	for (int i = 0; i < count && i < area.height; i++) {
		canvas_put(canvas, area, area.x + 1, area.y + i, STYLE_DIM, facts[i].label);
		canvas_put_fit(canvas, area, area.x + 1 + LABEL_WIDTH, area.y + i,
			       area.width - LABEL_WIDTH - 2, false, facts[i].style, facts[i].text);
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
	canvas_put_fit(canvas, line, pen.x, line.y, line.x + line.width - pen.x, false,
		       STYLE_TEXT, why);
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
	bool head = area.height >= 5 && detail->incident_count > 0;

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
		draw_incident(tui, canvas, (struct rect){area.x, area.y + y, area.width, 1},
			      incident);
	}
}
