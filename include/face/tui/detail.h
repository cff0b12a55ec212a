#ifndef WEBMON_FACE_TUI_DETAIL_H
#define WEBMON_FACE_TUI_DETAIL_H
/*
 * The parts of one target's screen that are drawn in files of their own. Private to the dashboard.
 * All draw only.
 */
#include "base/units.h"
#include "face/tui/state.h"

/* Line 1 to 3: state, what is asked and wanted, the numbers. */
void detail_draw_head(const struct tui *tui, struct canvas *canvas, const struct row *row);
void detail_draw_about(const struct tui *tui, struct canvas *canvas, const struct row *row);
void detail_draw_numbers(const struct tui *tui, struct canvas *canvas, const struct row *row);

/* Milliseconds of the screen's head: tenths where the target answers within a few. */
void detail_format_ms(const struct tui *tui, const struct row *row, char out[FORMAT_MAX],
		      int32_t us);

/* The chart: what has to be computed before a frame, after the layout; and the drawing. */
void detail_prepare_chart(struct tui *tui, const struct row *row);
void detail_draw_chart(const struct tui *tui, struct canvas *canvas, const struct row *row);

/* Why the target is judged as it is, before the layout: an empty line takes no room. */
void detail_prepare_news(struct tui *tui, const struct row *row);
void detail_draw_news(const struct tui *tui, struct canvas *canvas);

/* The error budget and Apdex. */
bool detail_has_budget(const struct row *row);
void detail_draw_budget(const struct tui *tui, struct canvas *canvas, const struct row *row);

/* The certificate and the connection. */
void detail_draw_cert(const struct tui *tui, struct canvas *canvas, const struct row *row);
/* "cert 21 days", "" where there is none: for where there is no room for more. */
enum style detail_cert_left(const struct tui *tui, const struct row *row, char out[48]);

/* Lines of incidents that are in sight, without their head. */
size_t detail_incident_page(const struct detail_state *detail);
void detail_draw_incidents(const struct tui *tui, struct canvas *canvas);

#endif
