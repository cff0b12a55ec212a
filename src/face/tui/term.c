/*
 * The terminal. ncurses knows terminfo and finds the cheapest way from one picture to the next; it
 * is given a picture made of cells and paints it, not onto the terminal, but into a piece of memory
 * (the paper), which goes to the outlet. So every byte is counted, a frame is one write between
 * brackets, and a terminal that has stopped reading cannot hold us.
 *
 * ncurses insists on a terminal where modes are set: for these calls its descriptor is the
 * terminal, at all other times the paper. Modes, size and signals are none of its business here.
 * Main thread; term_emergency() in signal handlers.
 */
#include "face/tui/term.h"

#define NCURSES_NOMACROS 1
#include <langinfo.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"
#include "face/tui/escape.h"
#include "face/tui/extras.h"
#include "face/tui/ink.h"
#include "face/tui/keyboard.h"
#include "face/tui/outlet.h"
#include "face/tui/paper.h"
#include "face/tui/shown.h"

#define OWN_KEYS 2000 /* over the keys of ncurses: what it is taught besides */

struct term {
	struct outlet *outlet;
	struct extras extras;
	SCREEN *screen;
	struct paper *paper; /* what ncurses paints onto */
	WINDOW *input;	     /* a pad: reading from it paints nothing */
	struct inks inks;
	struct shown shown;	/* what ncurses was last given */
	bool shifts;		/* the terminal can delete and insert characters */
	int cursor_x, cursor_y; /* where the last frame left it */
	int width, height;
	struct keyboard keyboard;
};

static const struct {
	int curses, key;
} key_table[] = {
	/* clang-format off */
	{KEY_UP, TERM_KEY_UP}, {KEY_DOWN, TERM_KEY_DOWN}, {KEY_LEFT, TERM_KEY_LEFT},
	{KEY_RIGHT, TERM_KEY_RIGHT}, {KEY_PPAGE, TERM_KEY_PAGE_UP},
	{KEY_NPAGE, TERM_KEY_PAGE_DOWN}, {KEY_HOME, TERM_KEY_HOME}, {KEY_END, TERM_KEY_END},
	{KEY_BTAB, TERM_KEY_BACKTAB}, {KEY_DC, TERM_KEY_DELETE}, {KEY_IC, TERM_KEY_INSERT},
	{KEY_ENTER, 13}, {KEY_BACKSPACE, 127},
	/* clang-format on */
};

static const struct {
	unsigned attribute;
	attr_t curses;
} attribute_table[] = {
	/* clang-format off */
	{ATTR_BOLD, A_BOLD}, {ATTR_DIM, A_DIM}, {ATTR_ITALIC, A_ITALIC},
	{ATTR_UNDERLINE, A_UNDERLINE}, {ATTR_REVERSE, A_REVERSE},
	/* clang-format on */
};

/* A name of terminfo with direct colour for this TERM; xterm's does for most. */
static SCREEN *open_direct(const char *name, FILE *stream)
{
	char direct[64];
	size_t stem = strcspn(name, "-");
	SCREEN *screen;

	snprintf(direct, sizeof direct, "%.*s-direct", (int)stem, name);
	screen = newterm(direct, stream, stdin);
	return screen ? screen : newterm("xterm-direct", stream, stdin);
}

/* A terminal that terminfo does not know is mostly a new one of an old family, and all of these do
 * what a vt100 did. */
static SCREEN *open_unknown(const char *name, FILE *stream, char why[200])
{
	char family[64];
	const char *taken_for[] = {family, "vt100"};

	snprintf(family, sizeof family, "%.*s", (int)strcspn(name, "-."), name);
	for (size_t i = 0; i < sizeof taken_for / sizeof *taken_for; i++) {
		SCREEN *screen = newterm(taken_for[i], stream, stdin);

		if (screen) {
			text_format(why, 200, "no terminfo entry for TERM=%s: taken for %s", name,
				    taken_for[i]);
			return screen;
		}
	}
	text_format(why, 200, "no terminfo entry for TERM=%s, and none for vt100", name);
	return NULL;
}

/* ncurses puts its own handlers where a signal has none; here signals are the program's. */
static SCREEN *open_quietly(enum depth wanted, FILE *stream, char why[200])
{
	static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction before[sizeof signals / sizeof *signals];
	const char *name = getenv("TERM");
	SCREEN *screen = NULL;

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], NULL, &before[i]);
	}
	if (name && *name && wanted == DEPTH_TRUE) {
		screen = open_direct(name, stream);
	}
	if (name && *name && !screen) {
		screen = newterm(name, stream, stdin);
	}
	if (name && *name && !screen) {
		screen = open_unknown(name, stream, why);
	}
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &before[i], NULL);
	}
	return screen;
}

/*
 * What ncurses sets up only on a terminal: its flags follow the success of the call. raw() and not
 * cbreak(): with signals from keys a ^C makes the kernel flush the input, and a read that poll()
 * had promised something would then wait for ever.
 */
static void set_modes(struct term *term)
{
	paper_pose(term->paper, STDIN_FILENO);
	def_shell_mode();
	def_prog_mode();
	raw();
	noecho();
	nonl();
	paper_pose(term->paper, -1);
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (char *)-1 ? text : NULL;
}

static void prepare_farewell(const struct term *term)
{
	static const char *const names[] = {"rmkx", "sgr0", "op", "cnorm", "rmcup"};
	char text[512];
	size_t used = term->extras.modern
			      ? text_copy(text, sizeof text,
					  ESCAPE_FRAME_END ESCAPE_MOUSE_OFF ESCAPE_EXTRAS_OFF)
			      : 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		used = escape_unpadded(text, used, sizeof text, capability(names[i]));
	}
	outlet_set_farewell(text, used);
}

static int translate(int key)
{
	if (key >= OWN_KEYS && key < OWN_KEYS + keyboard_sequence_count) {
		return keyboard_sequences[key - OWN_KEYS].key;
	}
	for (size_t i = 0; i < sizeof key_table / sizeof *key_table; i++) {
		if (key_table[i].curses == key) {
			return key_table[i].key;
		}
	}
	return key >= KEY_F(1) && key <= KEY_F(12) ? TERM_KEY_F1 + key - KEY_F(1)
						   : TERM_KEY_UNKNOWN;
}

/* Of struct keyboard. */
static int read_key(void *user, int wait_ms)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	struct term *term = user;
	wint_t read = 0;
	int result = wget_wch(term->input, &read);

	if (result == ERR && wait_ms > 0 && poll(&in, 1, wait_ms) == 1) {
		result = wget_wch(term->input, &read);
	}
	if (result == ERR) {
		return KEY_NONE_YET;
	}
	return result == KEY_CODE_YES ? translate((int)read)
	       : read == 0	      ? TERM_KEY_UNKNOWN
				      : (int)read;
}

static void prepare_keys(struct term *term)
{
	term->input = newpad(1, 1);
	keypad(term->input, TRUE);
	nodelay(term->input, TRUE);
	if (!getenv("ESCDELAY")) {
		set_escdelay(KEYBOARD_ESCAPE_MS);
	}
	for (int i = 0; i < keyboard_sequence_count; i++) {
		define_key(keyboard_sequences[i].sequence, OWN_KEYS + i);
	}
	term->keyboard = (struct keyboard){.read = read_key, .user = term};
}

static void fit(struct term *term)
{
	outlet_size(term->outlet, &term->width, &term->height);
	resize_term(term->height, term->width);
	shown_fit(&term->shown, term->width, term->height);
}

static bool define_pair(int pair, int foreground, int background)
{
	return init_extended_pair(pair, foreground, background) != ERR;
}

static void furnish(struct term *term, const struct program *program, enum depth wanted)
{
	struct theme theme;

	set_modes(term);
	typeahead(-1); /* a key that waits must not cut a frame short */
	if (wanted != DEPTH_MONO && has_colors()) {
		start_color();
		use_default_colors();
	}
	term->inks.depth = depth_offered(wanted, has_colors() ? COLORS : 0);
	term->extras.ascii = !has_utf8(program->ascii, nl_langinfo(CODESET), getenv("TERM"));
	/* an emulator: knows titles, focus, pastes, clipboards */
	term->extras.modern = capability("kmous") != NULL;
	term->shifts = term->extras.modern && capability("dch1") && capability("ich");
	term->inks.pair_limit = COLOR_PAIRS;
	term->inks.define = define_pair;
	theme_default(&theme);
	inks_use_theme(&term->inks, &theme);
	prepare_keys(term);
	prepare_farewell(term);
	fit(term);
	if (term->extras.modern) {
		escape_put(term->outlet, ESCAPE_EXTRAS_ON ESCAPE_CHARSET);
	}
}

static bool open_screen(struct term *term, const struct program *program, char why[200])
{
	enum depth wanted = depth_wanted(program->color, getenv("NO_COLOR"), getenv("COLORTERM"));

	term->outlet = term->paper ? outlet_open(STDIN_FILENO, STDOUT_FILENO) : NULL;
	if (!term->outlet) {
		text_copy(why, 200,
			  term->paper ? "stdin and stdout are not both a terminal"
				      : "no memory for the screen");
		return false;
	}
	term->screen = open_quietly(wanted, paper_stream(term->paper), why);
	if (!term->screen) {
		outlet_close(term->outlet);
		return false;
	}
	term->extras.outlet = term->outlet;
	furnish(term, program, wanted);
	outlet_limit(term->outlet, program->max_rate);
	return true;
}

struct term *term_open(const struct program *program, char why[200])
{
	struct term *term = x_calloc(1, sizeof *term);

	term->paper = paper_new();
	if (open_screen(term, program, why)) {
		return term;
	}
	paper_free(term->paper);
	free(term);
	return NULL;
}

static void leave(struct term *term)
{
	if (term->extras.modern) {
		escape_put(term->outlet, ESCAPE_EXTRAS_OFF);
	}
	if (term->extras.mouse_on) {
		escape_put(term->outlet, ESCAPE_MOUSE_OFF);
	}
	endwin();
	paper_collect(term->paper, term->outlet, false);
}

void term_close(struct term *term)
{
	leave(term);
	delwin(term->input);
	delscreen(term->screen);
	outlet_close(term->outlet);
	paper_free(term->paper);
	shown_fini(&term->shown);
	free(term);
}

bool term_is_ascii(const struct term *term)
{
	return term->extras.ascii;
}

const char *term_color_name(const struct term *term)
{
	return depth_name[term->inks.depth];
}

void term_use_theme(struct term *term, const struct theme *theme)
{
	inks_use_theme(&term->inks, theme);
	shown_forget(&term->shown);
}

void term_size(const struct term *term, int *width, int *height)
{
	*width = term->width;
	*height = term->height;
}

void term_redraw(struct term *term)
{
	if (term->extras.modern) {
		escape_put(term->outlet, ESCAPE_CHARSET);
	}
	clearok(curscr, TRUE);
	shown_forget(&term->shown);
}

bool term_resized(struct term *term)
{
	int width, height;

	outlet_size(term->outlet, &width, &height);
	if (width == term->width && height == term->height) {
		return false;
	}
	fit(term);
	term_redraw(term); /* the terminal may have wrapped or cut what stood there: nothing is
			      known of it */
	return true;
}

/* False where this C library has another width for it than we: '?' keeps the columns straight. */
static bool decode_cell(const char *text, wchar_t out[CCHARW_MAX + 1])
{
	uint32_t character;
	int count = 0, size;

	while (count < CCHARW_MAX && (size = text_decode(text, &character)) > 0) {
		out[count++] = (wchar_t)character;
		text += size;
	}
	out[count] = L'\0';
	return count > 0 && wcwidth(out[0]) == text_char_width((uint32_t)out[0]);
}

static attr_t attributes_of(const struct ink *ink)
{
	attr_t attributes = A_NORMAL;

	for (size_t i = 0; i < sizeof attribute_table / sizeof *attribute_table; i++) {
		if (ink->paint.attributes & attribute_table[i].attribute) {
			attributes |= attribute_table[i].curses;
		}
	}
	return attributes;
}

static void put_text(int x, int y, const wchar_t *text, const struct ink *ink)
{
	int pair = ink->pair;
	cchar_t out;

	if (setcchar(&out, text, attributes_of(ink), (short)pair, &pair) == OK) {
		mvwadd_wchnstr(stdscr, y, x, &out, 1);
	}
}

static void put_cell(int x, int y, const struct inked *cell)
{
	wchar_t text[CCHARW_MAX + 1];

	if (!*cell->text) {
		return; /* came with the character left of it */
	}
	if (decode_cell(cell->text, text)) {
		put_text(x, y, text, cell->ink);
		return;
	}
	for (int i = 0; i < text_char_width((uint32_t)text[0]); i++) {
		put_text(x + i, y, L"?", cell->ink);
	}
}

/*
 * Moves a part of the row by one column on the terminal and in what ncurses knows of it. It comes
 * before ncurses' own part of the frame and leaves cursor and attributes as that expects them.
 */
static bool shift_row(struct term *term, int y)
{
	struct shift shift;
	cchar_t blank;

	if (!term->shifts || !shown_has_moved(&term->shown, y, &shift)) {
		return false;
	}
	setcchar(&blank, L" ", A_NORMAL, 0, NULL);
	mvwdelch(curscr, y, shift.from);
	mvwins_wch(curscr, y, shift.to, &blank);
	paper_print(term->paper, "\033[%d;%dH\033[P\033[%dG\033[@", y + 1, shift.from + 1,
		    shift.to + 1);
	return true;
}

/* Returns true where the cursor was moved. */
static bool blit_row(struct term *term, const struct canvas *canvas, int y)
{
	const struct inked *cell;
	bool shifted;

	if (!shown_look(&term->shown, &term->inks, canvas, y)) {
		return false;
	}
	shifted = shift_row(term, y);
	for (int x = 0; (cell = shown_next(&term->shown, y, &x)); x++) {
		put_cell(x, y, cell);
	}
	return shifted;
}

static void park_cursor(struct term *term, const struct canvas *canvas)
{
	bool has = canvas->cursor_x >= 0 && canvas->cursor_x < term->width &&
		   canvas->cursor_y >= 0 && canvas->cursor_y < term->height;

	curs_set(has && canvas->cursor_visible);
	term->cursor_x = has ? canvas->cursor_x : 0;
	term->cursor_y = has ? canvas->cursor_y : term->height - 1;
	wmove(stdscr, term->cursor_y, term->cursor_x);
}

bool term_draw(struct term *term, const struct canvas *canvas)
{
	bool shifted = false;

	if (!outlet_is_ready(term->outlet)) {
		return false;
	}
	for (int y = 0; y < canvas->height && y < term->height; y++) {
		shifted |= blit_row(term, canvas, y);
	}
	if (shifted) {
		paper_print(term->paper, "\033[%d;%dH", term->cursor_y + 1, term->cursor_x + 1);
	}
	park_cursor(term, canvas);
	wnoutrefresh(stdscr);
	doupdate();
	paper_collect(term->paper, term->outlet, term->extras.modern);
	return outlet_flush(term->outlet);
}

struct extras *term_extras(struct term *term)
{
	return &term->extras;
}

unsigned long long term_bytes(const struct term *term)
{
	return outlet_bytes(term->outlet);
}

void term_suspend(struct term *term)
{
	leave(term);
	outlet_lend(term->outlet);
}

void term_resume(struct term *term)
{
	outlet_take_back(term->outlet);
	if (term->extras.modern) {
		escape_put(term->outlet, ESCAPE_EXTRAS_ON);
	}
	if (term->extras.mouse_on) {
		escape_put(term->outlet, ESCAPE_MOUSE_ON);
	}
	term_redraw(term);
}

void term_emergency(void)
{
	outlet_emergency();
}

int term_key(struct term *term)
{
	int key = keyboard_next(&term->keyboard);

	return key == KEY_NONE_YET && outlet_is_gone(term->outlet) ? TERM_KEY_GONE : key;
}

struct mouse term_mouse_event(const struct term *term)
{
	return term->keyboard.mouse;
}
