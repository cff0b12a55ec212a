#ifndef WEBMON_FACE_TUI_LAYOUT_H
#define WEBMON_FACE_TUI_LAYOUT_H
/*
 * Where everything stands: pure functions from a size to rectangles and columns. Every size from
 * 1x1 on gets something true; what does not fit has no height. All rectangles lie inside the canvas
 * and none overlap.
 */
#include <stdbool.h>

#include "face/column.h"
#include "face/tui/canvas.h"

#define HISTORY_BINS_MAX 120 /* drawn */
/* Older ones, for what a rarely checked target holds at the left edge */
#define HISTORY_HELD_MAX 60

#define RESULT_NARROW 7 /* columns of a result where the screen has less than 60 */

/* What decides beside the size: fixed at start, so that columns stay where they are. */
struct layout_wish {
	int longest_name; /* columns */
	int targets;
	bool plain;  /* no target has a certificate: no column for it */
	bool notice; /* there is trouble of webmon's own to tell */
	enum column_id columns[COLUMN_COUNT]; /* as chosen by a person, each once */
	int column_count;                     /* 0: by the width */
};

struct slot {
	enum column_id id;
	int x, width;
};

struct table_layout {
	struct slot slots[COLUMN_COUNT];
	int count;
	bool narrow; /* the result column shows the time where there is no column for it */
};

/* One line of the error pane; a width of 0: not shown. */
struct pane_layout {
	bool full; /* the errors' own screen: what is over keeps its kind, counter and length */
	int time, sign, name, name_width, result, result_width, detail, detail_width;
	int count, count_width, length, length_width; /* count_width 0: behind the detail */
};

struct main_layout {
	bool counts_only; /* too small for more */
	struct rect verdict, notice, fleet, head, table, pane_title, pane, keys;
	struct table_layout columns;
	struct pane_layout line;
};

/* The columns as chosen, or all that the widest screen shows; returns how many. */
int layout_chosen_columns(const struct layout_wish *wish, enum column_id ids[COLUMN_COUNT]);

struct main_layout layout_main(int width, int height, const struct layout_wish *wish);

/* What the keys scroll; where there is no room for all side by side, what has the screen for
 * itself. */
enum detail_focus {
	FOCUS_ALL,
	FOCUS_CHART,
	FOCUS_EVIDENCE,
	FOCUS_INCIDENTS,
	FOCUS_CERT,
	FOCUS_COUNT
};

struct detail_wish {
	/* of the reason to tell (load, maintenance, a parent that is down); 0: none */
	int news_width;
	bool budget; /* there is an objective */
	enum detail_focus focus;
};

struct detail_layout {
	bool wide; /* phases and certificate, evidence and incidents beside each other */
	struct rect head, about, news, numbers, budget;
	struct rect chart_title, chart;
	struct rect phases_title, phases;
	struct rect cert_title, cert; /* where wide, or alone */
	struct rect evidence_title, evidence;
	struct rect incidents_title, incidents;
	struct rect divider,
		foot_rule; /* wide only: the line between left and right, and the one below */
	struct rect keys;
};

struct detail_layout layout_detail(int width, int height, const struct detail_wish *wish);

struct errors_layout {
	struct rect verdict, about, head, list, evidence_title, evidence, keys;
	struct pane_layout line;
	int first, first_width; /* when an incident began; 0: not shown */
};

struct incident_layout {
	bool wide; /* evidence on the left, the rest on the right */
	struct rect verdict, about, history;
	struct rect timeline_title, timeline, around_title, around, evidence_title, evidence;
	struct rect keys;
};

/* evidence: there is some; else the rest has its room. */
struct incident_layout layout_incident(int width, int height, bool evidence);

struct errors_layout layout_errors(int width, int height, const struct layout_wish *wish);

#endif
