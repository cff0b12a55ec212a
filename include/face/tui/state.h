#ifndef WEBMON_FACE_TUI_STATE_H
#define WEBMON_FACE_TUI_STATE_H
/*
 * What the screens share: private to the dashboard's own files. Main thread.
 */
#include "face/row.h"
#include "face/tui/body_view.h"
#include "face/tui/chart_content.h"
#include "face/tui/evidence.h"
#include "face/tui/filter.h"
#include "face/tui/fold.h"
#include "face/tui/grid.h"
#include "face/tui/histories.h"
#include "face/tui/incidents.h"
#include "face/tui/input.h"
#include "face/tui/keymap.h"
#include "face/tui/layout.h"
#include "face/tui/menu.h"
#include "face/tui/notifier.h"
#include "face/tui/order.h"
#include "face/tui/overview.h"
#include "face/tui/screen.h"
#include "face/tui/spark.h"
#include "face/tui/theme.h"

#define SCREENS_MAX      12
#define TARGET_INCIDENTS 64
#define COPY_MAX         (EVIDENCE_TEXT_MAX + 2048)
#define TOAST_US         4000000
#define METER_TICKS      13 /* of 5 s: a minute and both ends */

/* The main screen: table and error pane. */
struct main_state {
	struct main_layout layout;
	struct order order;
	struct filter *filter;
	struct input input;
	size_t selected; /* a target, SIZE_MAX: none */
	size_t before;   /* selected when the filter was begun; SIZE_MAX: nobody had chosen */
	size_t at;       /* its place in the order, kept for when it leaves */
	size_t top;
	bool touched; /* somebody chose a row; before that the first one is selected, whichever it
			 is */
	bool reveal;  /* scroll to the selected row at the next frame */
	bool in_pane; /* the keys go to the error pane */
	uint64_t incident; /* the selected one's id */
	size_t pane_top;
};

struct detail_state {
	struct detail_layout layout;
	size_t target;
	bool linear;
	enum chart_view view;
	struct history chart, second; /* second: of a target whose checks are of two kinds */
	struct axis_hold axis;
	struct marks marks;
	struct survey survey;
	char news[256];
	enum style news_style;
	struct evidence_view evidence;
	enum detail_focus focus;
	size_t evidence_top, incidents_top;
	uint64_t incident;  /* the selected one's id; 0: the newest */
	size_t incident_at; /* its place */
	uint64_t incidents[TARGET_INCIDENTS]; /* ids, newest first */
	size_t incident_count;
	unsigned failures;   /* among them, of 30 days */
	int64_t failures_ms; /* how long they were, together */
	uint64_t good_week, failed_week;
	int64_t week_at_ms;
};

struct errors_state {
	struct errors_layout layout;
	struct filter *filter;
	struct input input;
	bool open_only, folded;
	int kind;          /* enum incident_kind; INCIDENT_KINDS: all */
	struct fold fold;  /* lines, in the incidents' order, of those that pass */
	uint64_t incident; /* the selected one's id; 0: the first */
	size_t at, top;
	struct evidence_view evidence;
};

#define INCIDENT_EVENTS	    128
#define INCIDENT_NEIGHBOURS 32
#define NEIGHBOUR_BINS	    40

enum incident_focus { INCIDENT_EVIDENCE, INCIDENT_TIMELINE, INCIDENT_AROUND, INCIDENT_FOCUSES };

/* One incident: what, when, evidence, its events, who else was in trouble then. */
struct incident_state {
	struct incident_layout layout;
	uint64_t id;
	struct evidence_view evidence;
	struct event events[INCIDENT_EVENTS]; /* its own, the oldest first; the newest are kept */
	size_t event_count;
	uint64_t event_next; /* the first not looked at yet */
	uint64_t neighbours[INCIDENT_NEIGHBOURS]; /* ids, the nearest beginning first */
	size_t neighbour_count;
	struct history own, around[INCIDENT_NEIGHBOURS];
	enum incident_focus focus;
	size_t tops[INCIDENT_FOCUSES];
	size_t at; /* among the neighbours */
};

/* An answer to be read. */
struct body_state {
	size_t target;
	enum evidence_kind kind;
	struct evidence evidence;
	struct body_view view;
	uint64_t head; /* of the ring when read */
	bool known, unwrapped, numbers;
	bool later; /* what the store has came after the moment that is shown */
	int width; /* wrapped to; -1: not yet */
	int side;  /* columns scrolled to the right */
	size_t top;
	char search[FILTER_TEXT_MAX];
};

struct help_state {
	const struct screen *about;
	unsigned where;
	size_t top, lines, page;
};

struct menu_state {
	enum column_id columns[COLUMN_COUNT];
	struct menu_box box;
};

struct grid_state {
	struct grid_layout layout;
	uint32_t *targets; /* those that pass the filter, group by group */
	uint32_t *sizes;   /* how many of each group */
	uint32_t *next;    /* scratch */
	struct grid_line *lines;
	size_t count, line_count, at, top; /* top: a line */
};

struct past;
struct pen;

/* The moment that the picture shows: rows, incidents and overview of the other one, live or past,
 * are kept here meanwhile. */
struct moment {
	bool on; /* a moment of the past */
	int64_t at_ms;
	struct past *past; /* NULL: nobody has looked back yet */
	struct rows *rows;
	struct overview *overview;
	struct tally live_tally;
	bool coarse; /* the moment took a coarser zoom than */
	int zoom_before;
};

/* The menu of columns. */
struct columns_state {
	bool open;
	enum column_id ids[COLUMN_COUNT];
	bool shown[COLUMN_COUNT]; /* by column */
	struct menu_box box;
};

/* A line asked for, over whatever screen it was asked on. */
struct prompt_state {
	struct input input;
	enum tui_ask ask; /* what becomes of it */
	size_t target;
	const char *text; /* of the request: what is to be written; NULL: the picture */
	void (*done)(struct tui *tui, const char *answer);
	char title[96], answer[FILTER_TEXT_MAX];
};

/* "check now" by key, until the answer is there. */
struct asked {
	uint64_t head;    /* of the ring at that time */
	int64_t until_us; /* 0: not asked */
};

struct tui {
	const struct config *config;
	const struct store *store;
	struct theme theme;
	bool themed; /* by key */
	struct keymap keymap;
	bool ascii, utc;
	const char *dot; /* between two facts: " · " */
	char source_name[64];

	/* the moment the picture shows; stands still while frozen */
	int64_t now_ms, now_us;
	bool frozen, focused;
	bool focus_told; /* the terminal tells of its focus */
	bool quiet;	 /* no notifications, by key */
	struct moment moment;
	int64_t last_key_us; /* 0: none yet */
	int64_t taken_us;    /* when the store was looked at last; 0: never */
	int64_t take_cost_us; /* how long that took */
	bool deferred;       /* it may have more by now */

	int width, height;
	bool stale; /* prepare() is due */
	struct layout_wish wish;

	struct rows *rows;
	struct tally tally;
	unsigned fresh; /* targets that have no answer yet */
	struct overview *overview;
	struct incidents incidents;
	struct groups groups;
	struct history *histories; /* by target */
	struct asked *asked;       /* by target */
	enum scale scale;
	int zoom, zoom_start;
	int32_t longest_timeout_us;

	const struct screen *stack[SCREENS_MAX];
	int depth;
	struct main_state main;
	struct grid_state grid;
	struct detail_state detail;
	struct errors_state errors;
	struct incident_state incident;
	struct body_state body;
	struct help_state help;
	struct menu_state menu;
	struct prompt_state prompt;
	struct columns_state columns;
	enum column_id card; /* the column that the card explains */
	int view;            /* the saved one that is shown; 0: none */

	struct notifier notifier;
	struct meter {
		unsigned long long bytes, at[METER_TICKS]; /* at: some seconds ago, newest first */
		int64_t us[METER_TICKS];
		int ticks;
	} meter;
	char toast[200], notice[200];
	int64_t toast_until_us;
	char copy[COPY_MAX];
	struct evidence evidence; /* scratch for copying */
};

static inline const struct screen *tui_screen(const struct tui *tui)
{
	return tui->stack[tui->depth - 1];
}

/* Which keys mean something, of the screen on top. */
static inline unsigned tui_where(const struct tui *tui)
{
	const struct screen *screen = tui_screen(tui);

	return screen->where_now ? screen->where_now(tui) : screen->where;
}

/* Its selected target; SIZE_MAX: none. */
static inline size_t tui_target(const struct tui *tui)
{
	return tui_screen(tui)->target ? tui_screen(tui)->target(tui) : SIZE_MAX;
}

/* After the rows have changed. */
void tui_count_states(struct tui *tui);

void tui_push(struct tui *tui, const struct screen *screen);
void tui_pop(struct tui *tui);
/* Opens the target's screen, or changes the target where it is open. */
void tui_open_target(struct tui *tui, size_t target);
/* Opens an incident by its id, the last bad (or else good) answer of a target. */
void tui_open_incident(struct tui *tui, uint64_t id);
void tui_open_body(struct tui *tui, size_t target);
void tui_say(struct tui *tui, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a person asks of a target: common to all screens. False where the action is none of
 * these. */
bool tui_act_on_target(struct tui *tui, enum action action, struct tui_request *request);

/* A moment of the past is shown, in which nothing can be done; having said so. */
bool tui_is_too_late(struct tui *tui);

/* Asks for a line; it comes back as a request, `target` and `text` with it. */
struct prompt {
	enum tui_ask ask;
	size_t target;
	const char *text; /* NULL: none */
	const char *title, *answer; /* answer: to begin with; NULL: nothing */
	void (*done)(struct tui *tui, const char *answer); /* in place of a request; NULL: none */
};

void prompt_open(struct tui *tui, const struct prompt *prompt);

/* Bytes a second to the terminal over the last minute; < 0: too early to tell. */
double tui_byte_rate(const struct tui *tui);

/* False while the picture is of a moment that goes by, frozen or past. */
static inline bool tui_is_live(const struct tui *tui)
{
	return !tui->frozen && !tui->moment.on;
}

/* Others take the samples: what they do not hand on (peer, method, limits, answers) is not known. */
bool tui_is_fed(const struct tui *tui);

bool tui_is_asked(const struct tui *tui, const struct row *row);
/* The monotonic clock of the moment that is shown, which a row's times go by; of the past it is the
 * clock on the wall. */
int64_t tui_clock_us(const struct tui *tui);
/* The probe under way hangs for longer than it should. */
bool tui_is_hanging(const struct tui *tui, const struct row *row);
/* How many bins, the newest among them, a check that is under way has touched; 0: none is. */
int tui_bins_under_way(const struct tui *tui, const struct row *row, int64_t width_ms);
/* A row's history as it is drawn now. */
struct spark tui_spark(const struct tui *tui, const struct row *row, const struct history *history);

/* Keeps times from changing more often than they are of use: well rows by the minute, all by the
 * minute while unfocused. */
int64_t tui_quiet_now_ms(const struct tui *tui, const struct row *row);

/* Draws line 1's right end: frozen, source, clock; returns the first column it takes. */
int verdict_draw_clock(const struct tui *tui, struct canvas *canvas, struct rect line,
		       bool with_source);
void verdict_draw(const struct tui *tui, struct canvas *canvas, struct rect line);
void verdict_draw_counts(const struct tui *tui, struct canvas *canvas, struct rect area);
void verdict_draw_fleet(const struct tui *tui, struct canvas *canvas, struct rect line);
void verdict_draw_notice(const struct tui *tui, struct canvas *canvas, struct rect line);

/* The status table. */
void table_prepare(struct tui *tui);
void table_draw_head(const struct tui *tui, struct canvas *canvas, struct rect line);
/* The filter alone, where there is no head for it. */
void table_draw_filter_line(const struct tui *tui, struct canvas *canvas, struct rect line);
void table_draw(const struct tui *tui, struct canvas *canvas, struct rect area);
/* Says what the number of a column is. */
void card_open(struct tui *tui, enum column_id id);
enum style table_style(enum cell_role role);
/* The line of a group; `like` says which bins, of no row. */
void group_prepare(struct tui *tui, struct group *group, const struct history_wish *like);
void group_draw(const struct tui *tui, struct canvas *canvas, struct rect line,
		const struct group *group);
enum column_id table_column_at(const struct tui *tui, int x);

/* The filter of the targets: typed in the table and in the grid, and the same for both. */
void filtering_begin(struct tui *tui);
/* False where nothing is typed, or the key is none for it. */
bool filtering_type(struct tui *tui, int key);
void filtering_drop(struct tui *tui);
/* It is being typed, or keeps some targets away. */
bool filtering_is_on(const struct tui *tui);
/* "/shop  7 of 49", around: of the counts. */
void filtering_put_problem(struct pen *pen, enum style style, const char *problem);
void filtering_put(const struct tui *tui, struct pen *pen, enum style around);
/* What may be typed. */
void filtering_put_help(const struct tui *tui, struct pen *pen);

/* Lines of incidents, in the pane and on the errors' own screen. */
void pane_draw(const struct tui *tui, struct canvas *canvas);
const char *incident_sign(const struct tui *tui, const struct incident *incident,
			  enum style *style);
/* "503" "TIMEOUT" "SLOW": what it is or was. Returns out. */
const char *incident_kind(const struct incident *incident, char out[16]);
/* What went wrong, without the result and without how often and how long. */
const char *incident_words(const struct incident *incident);
int64_t incident_length_ms(const struct incident *incident, int64_t now_ms);
/* As a line of text for the clipboard; false where there is none. */
bool incident_copy(const struct tui *tui, const struct incident *incident, char *out,
		   size_t capacity);
/* The store keeps one failure's evidence a target: it is this incident's where it was taken in its
 * time. */
bool incident_owns(const struct tui *tui, const struct evidence_view *view,
		   const struct incident *incident);
const char *incident_target_name(const struct tui *tui, const struct incident *incident);
void incident_draw_tail(const struct tui *tui, struct canvas *canvas, struct rect line,
			const struct pane_layout *columns, const struct incident *incident);

/* The key line. */
struct hint {
	enum action action, second; /* second: told with it, ACTION_NONE: none */
	const char *word;           /* NULL: the table's */
	int rank;                   /* 0 stays longest */
};

/* Hints end with ACTION_NONE; note stands at the right edge. */
void hints_draw(const struct tui *tui, struct canvas *canvas, struct rect line,
		const struct hint *hints, const char *note);

const char *state_glyph(const struct tui *tui, enum state state);
enum style state_style(enum state state);
/* The same of a row, which may be under load. */
const char *tui_row_glyph(const struct tui *tui, const struct row *row);
enum style tui_row_style(const struct row *row);

#endif
