/*
 * The layout of one target's screen. Pure.
 *
 * A list of areas in order of importance: each gets its least height as long as there is room, then
 * each what it wants, then what is left is shared. So any height shows the most important things
 * whole.
 */
#include "face/tui/layout.h"

#include <stddef.h>
#include <string.h>

enum area {
	AREA_HEAD,
	AREA_ABOUT,
	AREA_NEWS,
	AREA_NUMBERS,
	AREA_BUDGET,
	AREA_CHART,
	AREA_PHASES,
	AREA_EVIDENCE,
	AREA_INCIDENTS,
	AREA_KEYS,
	AREAS
};

struct area_plan {
	int title, least, wanted, share; /* lines; share: of what is left in the end */
};

/* clang-format off */
/* In order from top to bottom. */
static const struct area_plan narrow_plan[AREAS] = {
	[AREA_HEAD] = {0, 1, 1, 0},      [AREA_ABOUT] = {0, 1, 1, 0},     [AREA_NUMBERS] = {0, 1, 1, 0},
	[AREA_NEWS] = {0, 1, 1, 0},      [AREA_BUDGET] = {0, 1, 1, 0},
	[AREA_CHART] = {1, 5, 8, 2},     [AREA_PHASES] = {1, 2, 2, 0},    [AREA_EVIDENCE] = {1, 1, 3, 3},
	[AREA_INCIDENTS] = {1, 2, 3, 1}, [AREA_KEYS] = {0, 1, 1, 0},
};

/* The incidents stand beside the evidence, the foot rule below both. */
static const struct area_plan wide_plan[AREAS] = {
	[AREA_HEAD] = {0, 1, 1, 0},      [AREA_ABOUT] = {0, 1, 1, 0},     [AREA_NUMBERS] = {0, 1, 1, 0},
	[AREA_NEWS] = {0, 1, 1, 0},      [AREA_BUDGET] = {0, 1, 1, 0},
	[AREA_CHART] = {1, 7, 13, 1},    [AREA_PHASES] = {1, 7, 7, 0},    [AREA_EVIDENCE] = {1, 4, 9, 1},
	[AREA_INCIDENTS] = {0, 0, 0, 0}, [AREA_KEYS] = {1, 1, 1, 0},
};
/* clang-format on */

/* Whose least height comes first where there is not room for all. */
static const enum area importance[AREAS] = {
	AREA_HEAD,  AREA_NEWS,	 AREA_EVIDENCE, AREA_NUMBERS,	AREA_KEYS,
	AREA_ABOUT, AREA_PHASES, AREA_CHART,	AREA_INCIDENTS, AREA_BUDGET,
};

static void give_least(const struct area_plan *plan, int heights[AREAS], int *left)
{
	for (int i = 0; i < AREAS; i++) {
		enum area area = importance[i];
		int lines = plan[area].title + plan[area].least;

		heights[area] = 0;
		if (lines <= *left && plan[area].least) {
			heights[area] = plan[area].least;
			*left -= lines;
		}
	}
}

static void give_wanted(const struct area_plan *plan, int heights[AREAS], int *left)
{
	for (int i = 0; i < AREAS; i++) {
		enum area area = importance[i];
		int more = plan[area].wanted - heights[area];

		if (!heights[area] || more <= 0 || *left <= 0)
			continue;
		more = more < *left ? more : *left;
		heights[area] += more;
		*left -= more;
	}
}

static void share_rest(const struct area_plan *plan, int heights[AREAS], int *left)
{
	int shares = 0, rest = *left;

	for (int i = 0; i < AREAS; i++)
		shares += heights[i] ? plan[i].share : 0;
	for (int i = 0; i < AREAS && shares > 0; i++) {
		int more = heights[i] ? rest * plan[i].share / shares : 0;

		heights[i] += more;
		*left -= more;
	}
	if (heights[AREA_EVIDENCE]) {
		heights[AREA_EVIDENCE] += *left;
		*left = 0;
	}
}

static struct rect stack(int width, int *y, int height)
{
	struct rect area = {0, *y, width, height};

	*y += height;
	return area;
}

/* Splits an area at the divider: the left part stays, the right part is returned. */
static struct rect split(struct rect *area, int x)
{
	struct rect right = {x + 1, area->y, area->width - x - 1, area->height};

	area->width = x;
	return right;
}

static void divide(struct detail_layout *layout, int width)
{
	int x = width * 7 / 12;

	layout->cert_title = split(&layout->phases_title, x);
	layout->cert = split(&layout->phases, x);
	layout->incidents_title = split(&layout->evidence_title, x);
	layout->incidents = split(&layout->evidence, x);
	layout->divider = (struct rect){x, layout->phases_title.y, 1, 0};
	layout->divider.height = layout->evidence.y + layout->evidence.height - layout->divider.y;
}

/* Head and keys, the reason and the numbers where there is room, and one area with its title. */
static struct detail_layout layout_alone(int width, int height, const struct detail_wish *wish)
{
	struct detail_layout layout = {0};
	const struct {
		struct rect *title, *area;
	} areas[FOCUS_COUNT] = {
		[FOCUS_ALL] = {&layout.chart_title, &layout.chart},
		[FOCUS_CHART] = {&layout.chart_title, &layout.chart},
		[FOCUS_EVIDENCE] = {&layout.evidence_title, &layout.evidence},
		[FOCUS_INCIDENTS] = {&layout.incidents_title, &layout.incidents},
		[FOCUS_CERT] = {&layout.cert_title, &layout.cert},
	};
	int y = 0, foot = height >= 6;

	layout.head = stack(width, &y, 1);
	layout.news = stack(width, &y, wish->news_width > 0 && height >= 8);
	layout.numbers = stack(width, &y, height >= 8);
	layout.keys = (struct rect){0, height - foot, width, foot};
	*areas[wish->focus].title = stack(width, &y, height - y - foot >= 2);
	*areas[wish->focus].area = (struct rect){0, y, width, height - foot - y};
	return layout;
}

struct detail_layout layout_detail(int width, int height, const struct detail_wish *wish)
{
	struct detail_layout layout = {.wide = width >= 100 && height >= 28};
	struct area_plan plan[AREAS];
	int heights[AREAS], left = height, y = 0;

	if (!layout.wide && wish->focus != FOCUS_ALL)
		return layout_alone(width, height, wish);
	memcpy(plan, layout.wide ? wide_plan : narrow_plan, sizeof(plan));
	if (!wish->news_width)
		plan[AREA_NEWS] = (struct area_plan){0};
	else if (wish->news_width > width - 2 && height >= 28)
		plan[AREA_NEWS].wanted = 2;
	if (!wish->budget)
		plan[AREA_BUDGET] = (struct area_plan){0};
	give_least(plan, heights, &left);
	give_wanted(plan, heights, &left);
	share_rest(plan, heights, &left);
	layout.head = stack(width, &y, heights[AREA_HEAD]);
	layout.about = stack(width, &y, heights[AREA_ABOUT]);
	layout.news = stack(width, &y, heights[AREA_NEWS]);
	layout.numbers = stack(width, &y, heights[AREA_NUMBERS]);
	layout.budget = stack(width, &y, heights[AREA_BUDGET]);
	layout.chart_title = stack(width, &y, heights[AREA_CHART] ? 1 : 0);
	layout.chart = stack(width, &y, heights[AREA_CHART]);
	layout.phases_title = stack(width, &y, heights[AREA_PHASES] ? 1 : 0);
	layout.phases = stack(width, &y, heights[AREA_PHASES]);
	layout.evidence_title = stack(width, &y, heights[AREA_EVIDENCE] ? 1 : 0);
	layout.evidence = stack(width, &y, heights[AREA_EVIDENCE]);
	if (layout.wide) {
		divide(&layout, width);
		layout.foot_rule = stack(width, &y, 1);
	} else {
		layout.incidents_title = stack(width, &y, heights[AREA_INCIDENTS] ? 1 : 0);
		layout.incidents = stack(width, &y, heights[AREA_INCIDENTS]);
	}
	layout.keys = (struct rect){0, height - heights[AREA_KEYS], width, heights[AREA_KEYS]};
	return layout;
}
