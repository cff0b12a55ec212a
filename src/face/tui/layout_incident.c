/*
 * The layout of an incident: evidence beside its timeline and its neighbours where it is wide, one
 * below the other where it is not. Pure.
 */
#include "face/tui/layout.h"

static struct rect cut(struct rect *rest, int height)
{
	struct rect taken = *rest;

	taken.height = height < 0 ? 0 : height < rest->height ? height : rest->height;
	rest->y += taken.height;
	rest->height -= taken.height;
	return taken;
}

static void place_beside(struct incident_layout *layout, struct rect rest)
{
	int left = rest.width * 7 / 12;
	struct rect right = {left + 1, rest.y, rest.width - left - 1, rest.height};

	rest.width = left;
	layout->evidence_title = cut(&rest, 1);
	layout->evidence = rest;
	layout->timeline_title = cut(&right, 1);
	layout->timeline = cut(&right, (right.height - 1) / 2);
	layout->around_title = cut(&right, 1);
	layout->around = right;
}

/* Events are few; who else failed is worth a third; the evidence gets what is left. */
static void place_below(struct incident_layout *layout, struct rect rest)
{
	int timeline = rest.height >= 18 ? 4 : rest.height >= 5 ? (rest.height - 1) / 3 : 0;
	int around = rest.height >= 12 ? rest.height / 4 : 0;

	if (timeline) {
		layout->timeline_title = cut(&rest, 1);
		layout->timeline = cut(&rest, timeline);
	}
	if (around) {
		layout->around_title = cut(&rest, 1);
		layout->around = cut(&rest, around);
	}
	layout->evidence_title = cut(&rest, 1);
	layout->evidence = rest;
}

static void place_alone(struct incident_layout *layout, struct rect rest)
{
	layout->timeline_title = cut(&rest, 1);
	layout->timeline = cut(&rest, rest.height >= 4 ? (rest.height - 1) / 2 : rest.height);
	layout->around_title = cut(&rest, 1);
	layout->around = rest;
}

struct incident_layout layout_incident(int width, int height, bool evidence)
{
	struct incident_layout layout = {.wide = evidence && width >= 100 && height >= 16};
	struct rect rest = {0, 0, width, height};

	layout.verdict = cut(&rest, 1);
	if (height >= 8) {
		layout.keys = (struct rect){0, height - 1, width, 1};
		rest.height--;
	}
	if (height >= 4)
		layout.about = cut(&rest, height >= 16 ? 2 : 1);
	if (height >= 12)
		layout.history = cut(&rest, 1);
	if (!evidence)
		place_alone(&layout, rest);
	else if (layout.wide)
		place_beside(&layout, rest);
	else
		place_below(&layout, rest);
	return layout;
}
