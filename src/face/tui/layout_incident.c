/*
 * The layout of an incident: evidence beside its timeline and its neighbours where it is wide, one
 * below the other where it is not. Pure.
 */
#include "face/tui/layout.h"

static void place_beside(struct incident_layout *layout, struct rect rest)
{
	int left = rest.width * 7 / 12;
	struct rect right = {left + 1, rest.y, rest.width - left - 1, rest.height};

	rest.width = left;
	layout->evidence_title = rect_cut_top(&rest, 1);
	layout->evidence = rest;
	layout->timeline_title = rect_cut_top(&right, 1);
	layout->timeline = rect_cut_top(&right, (right.height - 1) / 2);
	layout->around_title = rect_cut_top(&right, 1);
	layout->around = right;
}

/* Events are few; who else failed is worth a third; the evidence gets what is left. */
static void place_below(struct incident_layout *layout, struct rect rest)
{
	int timeline = rest.height >= 18 ? 4 : rest.height >= 5 ? (rest.height - 1) / 3 : 0;
	int around = rest.height >= 12 ? rest.height / 4 : 0;

	if (timeline) {
		layout->timeline_title = rect_cut_top(&rest, 1);
		layout->timeline = rect_cut_top(&rest, timeline);
	}
	if (around) {
		layout->around_title = rect_cut_top(&rest, 1);
		layout->around = rect_cut_top(&rest, around);
	}
	layout->evidence_title = rect_cut_top(&rest, 1);
	layout->evidence = rest;
}

static void place_alone(struct incident_layout *layout, struct rect rest)
{
	layout->timeline_title = rect_cut_top(&rest, 1);
	layout->timeline =
		rect_cut_top(&rest, rest.height >= 4 ? (rest.height - 1) / 2 : rest.height);
	layout->around_title = rect_cut_top(&rest, 1);
	layout->around = rest;
}

struct incident_layout layout_incident(int width, int height, bool evidence)
{
	struct incident_layout layout = {.wide = evidence && width >= 100 && height >= 16};
	struct rect rest = {0, 0, width, height};

	layout.verdict = rect_cut_top(&rest, 1);
	if (height >= 8) {
		layout.keys = (struct rect){0, height - 1, width, 1};
		rest.height--;
	}
	if (height >= 4)
		layout.about = rect_cut_top(&rest, height >= 16 ? 2 : 1);
	if (height >= 12)
		layout.history = rect_cut_top(&rest, 1);
	if (!evidence)
		place_alone(&layout, rest);
	else if (layout.wide)
		place_beside(&layout, rest);
	else
		place_below(&layout, rest);
	return layout;
}
