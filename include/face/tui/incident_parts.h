#ifndef WEBMON_FACE_TUI_INCIDENT_PARTS_H
#define WEBMON_FACE_TUI_INCIDENT_PARTS_H
/*
 * The parts of an incident's screen. Private to the dashboard. All draw only.
 */
#include "face/tui/state.h"

void incident_draw_head(const struct tui *tui, struct canvas *canvas, struct rect line,
			const struct incident *incident);
/* From when to when, who knows of it, what it was. */
void incident_draw_about(const struct tui *tui, struct canvas *canvas, struct rect area,
			 const struct incident *incident);
/* A history of the time of the incident, on the target's own usual. */
void incident_draw_history(const struct tui *tui, struct canvas *canvas, struct rect area,
			   const struct history *history, uint32_t target);
void incident_draw_timeline(const struct tui *tui, struct canvas *canvas,
			    const struct incident *incident);
void incident_draw_around(const struct tui *tui, struct canvas *canvas,
			  const struct incident *incident);
void incident_draw_evidence(const struct tui *tui, struct canvas *canvas,
			    const struct incident *incident);

#define COMMON_WIDTH 60 /* from here on a neighbour's line says what both have in common */

int incident_name_width(const struct tui *tui);
/* Columns of a neighbour's history; 0: there is no room for them. */
int incident_bins(const struct tui *tui);

#endif
