/*
 * The one table of style roles. A theme file names them "[section] name"; a theme that says nothing
 * about a role gives it the look of its parent, so a theme of six lines is a whole one. Letters are
 * what golden pictures show.
 */
#include "face/tui/style.h"

const struct style_info style_table[STYLE_COUNT] = {
	/* clang-format off */
	[STYLE_TEXT]               = {"ui",    "text",               STYLE_TEXT,       ' '},
	[STYLE_DIM]                = {"ui",    "dim",                STYLE_TEXT,       'd'},
	[STYLE_STRONG]             = {"ui",    "strong",             STYLE_TEXT,       'b'},
	[STYLE_TITLE]              = {"ui",    "title",              STYLE_STRONG,     'T'},
	[STYLE_RULE]               = {"ui",    "rule",               STYLE_DIM,        '-'},
	[STYLE_BAR]                = {"ui",    "bar",                STYLE_TEXT,       'B'},
	[STYLE_BAR_DIM]            = {"ui",    "bar.dim",            STYLE_BAR,        'n'},
	[STYLE_BAR_STRONG]         = {"ui",    "bar.strong",         STYLE_BAR,        'N'},
	[STYLE_HEAD]               = {"ui",    "head",               STYLE_DIM,        'h'},
	[STYLE_KEY]                = {"ui",    "key",                STYLE_STRONG,     'k'},
	[STYLE_SELECTED]           = {"ui",    "selected",           STYLE_TEXT,       '>'},
	[STYLE_SELECTED_UNFOCUSED] = {"ui",    "selected.unfocused", STYLE_SELECTED,   ')'},
	[STYLE_MATCH]              = {"ui",    "match",              STYLE_SELECTED,   'm'},
	[STYLE_INPUT]              = {"ui",    "input",              STYLE_BAR,        'i'},
	[STYLE_TOAST]              = {"ui",    "toast",              STYLE_BAR,        't'},

	[STYLE_UP]                 = {"state", "up",                 STYLE_TEXT,       'u'},
	[STYLE_SLOW]               = {"state", "slow",               STYLE_STRONG,     's'},
	[STYLE_DOWN]               = {"state", "down",               STYLE_STRONG,     'x'},
	[STYLE_PAUSED]             = {"state", "paused",             STYLE_DIM,        'p'},
	[STYLE_STALE]              = {"state", "stale",              STYLE_DIM,        'l'},
	[STYLE_CERT]               = {"state", "cert",               STYLE_SLOW,       'c'},
	[STYLE_ACK]                = {"state", "ack",                STYLE_DIM,        'a'},
	[STYLE_LOAD]               = {"state", "load",               STYLE_SLOW,       'o'},
	[STYLE_SATURATED]          = {"state", "saturated",          STYLE_COUNT_SLOW, 'O'},
	[STYLE_COUNT_DOWN]         = {"state", "count.down",         STYLE_DOWN,       'X'},
	[STYLE_COUNT_SLOW]         = {"state", "count.slow",         STYLE_SLOW,       'S'},
	[STYLE_COUNT_LOAD]         = {"state", "count.load",         STYLE_COUNT_SLOW, 'L'},

	[STYLE_HISTORY]            = {"chart", "history",            STYLE_TEXT,       '_'},
	[STYLE_HISTORY_DIM]        = {"chart", "history.dim",        STYLE_HISTORY,    ','},
	[STYLE_HISTORY_SLOW]       = {"chart", "history.slow",       STYLE_SLOW,       '^'},
	[STYLE_FAILED]             = {"chart", "failed",             STYLE_COUNT_DOWN, 'F'},
	[STYLE_FAILED_SOME]        = {"chart", "failed.some",        STYLE_DOWN,       'f'},
	[STYLE_NODATA]             = {"chart", "nodata",             STYLE_DIM,        '.'},
	[STYLE_BAR_CHART]          = {"chart", "bar",                STYLE_HISTORY,    '#'},
	[STYLE_SLOWEST]            = {"chart", "slowest",            STYLE_TITLE,      '*'},
	[STYLE_GRID]               = {"chart", "grid",               STYLE_RULE,       '+'},
	[STYLE_AXIS]               = {"chart", "axis",               STYLE_DIM,        '|'},
	[STYLE_P50]                = {"chart", "p50",                STYLE_TITLE,      'v'},
	[STYLE_P95]                = {"chart", "p95",                STYLE_SLOWEST,    'w'},
	[STYLE_LIMIT]              = {"chart", "limit",              STYLE_SLOW,       '='},
	[STYLE_STRIP_OK]           = {"chart", "strip.ok",           STYLE_UP,         '~'},
	[STYLE_BAND]               = {"chart", "band",               STYLE_GRID,       ':'},
	[STYLE_SECOND]             = {"chart", "second",             STYLE_STRONG,     'y'},
	[STYLE_CHANGE]             = {"chart", "change",             STYLE_TITLE,      '!'},

	[STYLE_PHASE_DNS]          = {"phase", "dns",                STYLE_HISTORY,    '1'},
	[STYLE_PHASE_CONNECT]      = {"phase", "connect",            STYLE_HISTORY,    '2'},
	[STYLE_PHASE_TLS]          = {"phase", "tls",                STYLE_HISTORY,    '3'},
	[STYLE_PHASE_SEND]         = {"phase", "send",               STYLE_HISTORY,    '4'},
	[STYLE_PHASE_WAIT]         = {"phase", "wait",               STYLE_HISTORY,    '5'},
	[STYLE_PHASE_TRANSFER]     = {"phase", "transfer",           STYLE_HISTORY,    '6'},
	/* clang-format on */
};
