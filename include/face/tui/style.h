#ifndef WEBMON_FACE_TUI_STYLE_H
#define WEBMON_FACE_TUI_STYLE_H
/*
 * Style roles: what a thing is, not what colour it has. The one table of them; themes give them
 * looks.
 */
enum style {
	/* [ui] */
	STYLE_TEXT, STYLE_DIM, STYLE_STRONG, STYLE_TITLE, STYLE_RULE, STYLE_BAR, STYLE_BAR_DIM,
	STYLE_BAR_STRONG, STYLE_HEAD, STYLE_KEY,
	STYLE_SELECTED, STYLE_SELECTED_UNFOCUSED, STYLE_MATCH, STYLE_INPUT, STYLE_TOAST,
	/* [state] */
	STYLE_UP, STYLE_SLOW, STYLE_DOWN, STYLE_PAUSED, STYLE_STALE, STYLE_CERT, STYLE_ACK,
	STYLE_LOAD, STYLE_SATURATED,
	STYLE_COUNT_DOWN, STYLE_COUNT_SLOW, STYLE_COUNT_LOAD,
	/* [chart] */
	STYLE_HISTORY, STYLE_HISTORY_DIM, STYLE_HISTORY_SLOW, STYLE_FAILED, STYLE_FAILED_SOME,
	STYLE_NODATA,
	STYLE_BAR_CHART, STYLE_SLOWEST, STYLE_GRID, STYLE_AXIS, STYLE_P50, STYLE_P95, STYLE_LIMIT,
	STYLE_STRIP_OK,
	STYLE_BAND, STYLE_SECOND, STYLE_CHANGE,
	/* [phase], in the order of enum phase */
	STYLE_PHASE_DNS, STYLE_PHASE_CONNECT, STYLE_PHASE_TLS, STYLE_PHASE_SEND, STYLE_PHASE_WAIT,
	STYLE_PHASE_TRANSFER,
	STYLE_COUNT
};

struct style_info {
	const char *section, *name; /* in a theme file: "state", "count.down" */
	/* looks like this one where the theme says nothing; itself: STYLE_TEXT's plain look */
	enum style  parent;
	char        letter;         /* in golden style pictures */
};

extern const struct style_info style_table[STYLE_COUNT];

#endif
