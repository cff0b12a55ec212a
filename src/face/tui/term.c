/*
 * The terminal. ncurses knows terminfo and finds the cheapest way from one picture to the next; it is given a picture
 * made of cells and paints it, not onto the terminal, but into a piece of memory (the paper), which goes to the outlet.
 * So every byte is counted, a frame is one write between brackets, and a terminal that has stopped reading cannot hold us.
 *
 * ncurses insists on a terminal where modes are set: for these calls its descriptor is the terminal, at all other times
 * the paper. Modes, size and signals are none of its business here. Main thread; term_emergency() in signal handlers.
 */
#include "face/tui/term.h"

#define NCURSES_NOMACROS 1
#include <fcntl.h>
#include <langinfo.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "face/tui/outlet.h"
#include "face/tui/paint.h"

#define ESCAPE_MS      25    /* how long an Escape may be the begin of a key */
#define BRACKET_BYTES  200   /* from here on a frame is bracketed: 16 bytes for no tearing */
#define PAIRS_MAX      256
#define COPY_BYTES     55000 /* 74 kB in base64: what terminals take */
#define DOUBLE_US      400000
#define PASTE_US       2000000 /* a paste that has not ended by then has lost its end */

#define FRAME_BEGIN  "\033[?2026h"
#define FRAME_END    "\033[?2026l"
#define EXTRAS_ON    "\033[?1004h\033[?2004h" /* focus events, bracketed paste */
#define EXTRAS_OFF   "\033[?1004l\033[?2004l"
#define MOUSE_ON     "\033[?1000h\033[?1006h"
#define MOUSE_OFF    "\033[?1006l\033[?1000l"

/* What ncurses returns for sequences it does not know itself. */
enum own_key { OWN_FOCUS_IN = 3000, OWN_FOCUS_OUT, OWN_PASTE, OWN_PASTE_END, OWN_MOUSE };

/* How a role on a ground looks here. */
struct ink {
	bool known;
	attr_t attributes;
	int pair;
};

struct term {
	struct outlet *outlet;
	SCREEN *screen;
	FILE *stream;  /* ncurses' descriptor: the paper, or for a moment the terminal */
	int paper;     /* what ncurses has painted, from its begin to its offset */
	WINDOW *input; /* a pad: reading from it paints nothing */
	bool ascii, modern, mouse_on;
	enum depth depth;
	struct theme theme;
	struct ink inks[STYLE_COUNT][STYLE_COUNT]; /* role, ground */
	struct paint pairs[PAIRS_MAX];             /* of which the attributes are not used; [0]: the terminal's own */
	int pair_count;
	struct cell_glyph *shown; /* what ncurses was last given */
	int width, height;
	int waiting; /* a key read ahead; 0: none */
	bool pasting;
	int64_t paste_us, click_us;
	struct mouse mouse;
};

static const struct {
	const char *sequence;
	int key;
} own_sequences[] = {
	{"\033[I", OWN_FOCUS_IN},
	{"\033[O", OWN_FOCUS_OUT},
	{"\033[200~", OWN_PASTE},
	{"\033[201~", OWN_PASTE_END},
	{"\033[<", OWN_MOUSE},
	/* what terminals send that do not obey smkx, or other than their terminfo entry says */
	{"\033[A", KEY_UP},
	{"\033[B", KEY_DOWN},
	{"\033[C", KEY_RIGHT},
	{"\033[D", KEY_LEFT},
	{"\033OA", KEY_UP},
	{"\033OB", KEY_DOWN},
	{"\033OC", KEY_RIGHT},
	{"\033OD", KEY_LEFT},
	{"\033[H", KEY_HOME},
	{"\033[F", KEY_END},
	{"\033OH", KEY_HOME},
	{"\033OF", KEY_END},
	{"\033[1~", KEY_HOME},
	{"\033[4~", KEY_END},
	{"\033[7~", KEY_HOME},
	{"\033[8~", KEY_END},
	{"\033[2~", KEY_IC},
	{"\033[3~", KEY_DC},
	{"\033[5~", KEY_PPAGE},
	{"\033[6~", KEY_NPAGE},
	{"\033[Z", KEY_BTAB},
	{"\033OM", KEY_ENTER},
};

static const struct {
	int curses, key;
} key_table[] = {
	{KEY_UP, TERM_KEY_UP},           {KEY_DOWN, TERM_KEY_DOWN},
	{KEY_LEFT, TERM_KEY_LEFT},       {KEY_RIGHT, TERM_KEY_RIGHT},
	{KEY_PPAGE, TERM_KEY_PAGE_UP},   {KEY_NPAGE, TERM_KEY_PAGE_DOWN},
	{KEY_HOME, TERM_KEY_HOME},       {KEY_END, TERM_KEY_END},
	{KEY_BTAB, TERM_KEY_BACKTAB},    {KEY_DC, TERM_KEY_DELETE},
	{KEY_IC, TERM_KEY_INSERT},       {KEY_ENTER, 13},
	{KEY_BACKSPACE, 127},            {OWN_FOCUS_IN, TERM_KEY_FOCUS_IN},
	{OWN_FOCUS_OUT, TERM_KEY_FOCUS_OUT},
};

static const struct {
	unsigned attribute;
	attr_t curses;
} attribute_table[] = {
	{ATTR_BOLD, A_BOLD},           {ATTR_DIM, A_DIM},         {ATTR_ITALIC, A_ITALIC},
	{ATTR_UNDERLINE, A_UNDERLINE}, {ATTR_REVERSE, A_REVERSE},
};

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void put(struct term *term, const char *text)
{
	outlet_put(term->outlet, text, strlen(text));
}

/* Moves what ncurses has painted into the outlet. Returns how much. */
static size_t collect(struct term *term, bool bracket)
{
	char chunk[4096];
	off_t size = lseek(term->paper, 0, SEEK_CUR), at = 0;

	bracket = bracket && term->modern && size > BRACKET_BYTES;
	if (bracket) {
		put(term, FRAME_BEGIN);
	}
	while (at < size) {
		size_t want = (size_t)(size - at) < sizeof chunk ? (size_t)(size - at) : sizeof chunk;
		ssize_t got = pread(term->paper, chunk, want, at);

		if (got <= 0) {
			break;
		}
		outlet_put(term->outlet, chunk, (size_t)got);
		at += got;
	}
	if (bracket) {
		put(term, FRAME_END);
	}
	lseek(term->paper, 0, SEEK_SET);
	return (size_t)at;
}

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

static enum depth depth_offered(enum depth wanted)
{
	enum depth offered = COLORS >= 1 << 24 ? DEPTH_TRUE
			     : COLORS >= 256   ? DEPTH_256
			     : COLORS >= 16    ? DEPTH_16
					       : DEPTH_8;

	if (wanted == DEPTH_MONO || !has_colors() || COLORS < 8) {
		return DEPTH_MONO;
	}
	return offered < wanted ? offered : wanted;
}

/* ncurses puts its own handlers where a signal has none; here signals are the program's. */
static SCREEN *open_quietly(enum depth wanted, FILE *stream)
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
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &before[i], NULL);
	}
	return screen;
}

/* What ncurses sets up only on a terminal: its flags follow the success of the call. */
static void set_modes(struct term *term)
{
	int descriptor = fileno(term->stream);

	dup3(STDIN_FILENO, descriptor, O_CLOEXEC);
	def_shell_mode();
	def_prog_mode();
	cbreak();
	noecho();
	nonl();
	dup3(term->paper, descriptor, O_CLOEXEC);
}

static bool is_utf8_terminal(enum ascii_wish wish)
{
	static const char *const poor[] = {"linux", "vt1", "vt2", "vt3", "vt5", "ansi", "cons25", "dumb"};
	const char *name = getenv("TERM");

	if (wish == ASCII_YES || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		return false;
	}
	for (size_t i = 0; wish == ASCII_AUTO && name && i < sizeof poor / sizeof *poor; i++) {
		if (starts_with(name, poor[i])) {
			return false; /* the fonts of these have no bars and no signs */
		}
	}
	return true;
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (char *)-1 ? text : NULL;
}

/* Appends a capability without its padding ("$<5>"). Returns the new length. */
static size_t append_capability(char *out, size_t used, size_t capacity, const char *name)
{
	const char *text = capability(name);

	while (text && *text && used + 1 < capacity) {
		if (starts_with(text, "$<") && strchr(text, '>')) {
			text = strchr(text, '>') + 1;
		} else {
			out[used++] = *text++;
		}
	}
	return used;
}

static void prepare_farewell(const struct term *term)
{
	static const char *const names[] = {"rmkx", "sgr0", "op", "cnorm", "rmcup"};
	char text[512];
	size_t used = term->modern ? text_copy(text, sizeof text, FRAME_END MOUSE_OFF EXTRAS_OFF) : 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		used = append_capability(text, used, sizeof text, names[i]);
	}
	outlet_set_farewell(text, used);
}

static void prepare_keys(struct term *term)
{
	term->input = newpad(1, 1);
	keypad(term->input, TRUE);
	nodelay(term->input, TRUE);
	if (!getenv("ESCDELAY")) {
		set_escdelay(ESCAPE_MS);
	}
	for (size_t i = 0; i < sizeof own_sequences / sizeof *own_sequences; i++) {
		define_key(own_sequences[i].sequence, own_sequences[i].key);
	}
}

/* Nothing shown is known any more: every cell is given to ncurses again, which sends what differs. */
static void forget(struct term *term)
{
	size_t count = (size_t)term->width * (size_t)term->height;

	memset(term->shown, 0xff, count * sizeof *term->shown);
}

static void fit(struct term *term)
{
	outlet_size(term->outlet, &term->width, &term->height);
	resize_term(term->height, term->width);
	term->shown = x_realloc(term->shown, (size_t)term->width * (size_t)term->height * sizeof *term->shown);
	forget(term);
}

static void furnish(struct term *term, const struct program *program, enum depth wanted)
{
	set_modes(term);
	typeahead(-1); /* a key that waits must not cut a frame short */
	if (wanted != DEPTH_MONO && has_colors()) {
		start_color();
		use_default_colors();
	}
	term->depth = depth_offered(wanted);
	term->ascii = !is_utf8_terminal(program->ascii);
	term->modern = capability("kmous") != NULL; /* an emulator: knows titles, focus, pastes, clipboards */
	prepare_keys(term);
	prepare_farewell(term);
	fit(term);
	theme_default(&term->theme);
	if (term->modern) {
		put(term, EXTRAS_ON);
	}
}

struct term *term_open(const struct program *program, char why[200])
{
	enum depth wanted = depth_wanted(program->color, getenv("NO_COLOR"), getenv("COLORTERM"));
	struct term *term = x_calloc(1, sizeof *term);
	int paper = memfd_create("webmon-paper", MFD_CLOEXEC), copy = fcntl(paper, F_DUPFD_CLOEXEC, 3);

	term->paper = paper;
	term->stream = copy >= 0 ? fdopen(copy, "w") : NULL;
	term->outlet = term->stream ? outlet_open(STDIN_FILENO, STDOUT_FILENO) : NULL;
	term->pair_count = 1;
	if (!term->outlet) {
		text_copy(why, 200, "stdin and stdout are not both a terminal");
	} else {
		term->screen = open_quietly(wanted, term->stream);
		if (term->screen) {
			furnish(term, program, wanted);
			return term;
		}
		text_format(why, 200, "no terminfo entry for TERM=%s", getenv("TERM") ? getenv("TERM") : "");
		outlet_close(term->outlet);
	}
	if (term->stream) {
		fclose(term->stream);
	}
	close(paper);
	free(term);
	return NULL;
}

static void leave(struct term *term)
{
	if (term->modern) {
		put(term, EXTRAS_OFF);
	}
	if (term->mouse_on) {
		put(term, MOUSE_OFF);
	}
	endwin();
	collect(term, false);
}

void term_close(struct term *term)
{
	leave(term);
	delwin(term->input);
	delscreen(term->screen);
	outlet_close(term->outlet);
	fclose(term->stream);
	close(term->paper);
	free(term->shown);
	free(term);
}

bool term_is_ascii(const struct term *term)
{
	return term->ascii;
}

const char *term_color_name(const struct term *term)
{
	return depth_name[term->depth];
}

void term_use_theme(struct term *term, const struct theme *theme)
{
	term->theme = *theme;
	term->pair_count = 1;
	memset(term->inks, 0, sizeof term->inks);
	forget(term);
}

void term_size(const struct term *term, int *width, int *height)
{
	*width = term->width;
	*height = term->height;
}

bool term_resized(struct term *term)
{
	int width, height;

	outlet_size(term->outlet, &width, &height);
	if (width == term->width && height == term->height) {
		return false;
	}
	fit(term);
	return true;
}

/* The pair of these two colours; the terminal's own where there are no more pairs. */
static int pair_of(struct term *term, struct paint paint)
{
	int limit = COLOR_PAIRS < PAIRS_MAX ? COLOR_PAIRS : PAIRS_MAX;

	if (paint.foreground == COLOR_TERMINAL && paint.background == COLOR_TERMINAL) {
		return 0;
	}
	for (int i = 1; i < term->pair_count; i++) {
		if (term->pairs[i].foreground == paint.foreground && term->pairs[i].background == paint.background) {
			return i;
		}
	}
	if (term->pair_count >= limit ||
	    init_extended_pair(term->pair_count, paint.foreground, paint.background) == ERR) {
		return 0;
	}
	term->pairs[term->pair_count] = paint;
	return term->pair_count++;
}

static const struct ink *find_ink(struct term *term, const struct cell_glyph *cell)
{
	struct ink *ink = &term->inks[cell->style][cell->under];

	if (!ink->known) {
		struct look look = theme_mix(&term->theme, cell->style, cell->under);
		struct paint paint = paint_of(&look, term->depth);

		for (size_t i = 0; i < sizeof attribute_table / sizeof *attribute_table; i++) {
			ink->attributes |= paint.attributes & attribute_table[i].attribute ? attribute_table[i].curses : 0;
		}
		ink->pair = term->depth == DEPTH_MONO ? 0 : pair_of(term, paint);
		ink->known = true;
	}
	return ink;
}

/* False where this C library has another width for it than we: '?' keeps the columns straight. */
static bool decode_cell(const struct cell_glyph *cell, wchar_t out[CCHARW_MAX + 1])
{
	const char *text = cell->text;
	uint32_t character;
	int count = 0, size;

	while (count < CCHARW_MAX && (size = text_decode(text, &character)) > 0) {
		out[count++] = (wchar_t)character;
		text += size;
	}
	out[count] = L'\0';
	return count > 0 && wcwidth(out[0]) == text_char_width((uint32_t)out[0]);
}

static void put_cell(struct term *term, int x, int y, const struct cell_glyph *cell)
{
	const struct ink *ink = find_ink(term, cell);
	int pair = ink->pair;
	wchar_t text[CCHARW_MAX + 1];
	cchar_t out;

	if (!*cell->text) {
		return; /* came with the character left of it */
	}
	if (!decode_cell(cell, text)) {
		wmemcpy(text, L"?", 2);
	}
	if (setcchar(&out, text, ink->attributes, (short)pair, &pair) == OK) {
		mvwadd_wchnstr(stdscr, y, x, &out, 1);
	}
}

static bool is_same(const struct cell_glyph *a, const struct cell_glyph *b)
{
	return a->style == b->style && a->under == b->under && strncmp(a->text, b->text, sizeof a->text) == 0;
}

static void blit_row(struct term *term, const struct canvas *canvas, int y)
{
	int width = canvas->width < term->width ? canvas->width : term->width;
	const struct cell_glyph *cells = canvas->cells + (size_t)y * (size_t)canvas->width;
	struct cell_glyph *shown = term->shown + (size_t)y * (size_t)term->width;

	for (int x = 0; x < width; x++) {
		if (!is_same(&cells[x], &shown[x])) {
			put_cell(term, x, y, &cells[x]);
			shown[x] = cells[x];
		}
	}
}

static void park_cursor(struct term *term, const struct canvas *canvas)
{
	bool has = canvas->cursor_x >= 0 && canvas->cursor_x < term->width && canvas->cursor_y >= 0 &&
		   canvas->cursor_y < term->height;

	curs_set(has && canvas->cursor_visible);
	wmove(stdscr, has ? canvas->cursor_y : term->height - 1, has ? canvas->cursor_x : 0);
}

bool term_draw(struct term *term, const struct canvas *canvas)
{
	if (!outlet_flush(term->outlet)) {
		return false;
	}
	for (int y = 0; y < canvas->height && y < term->height; y++) {
		blit_row(term, canvas, y);
	}
	park_cursor(term, canvas);
	wnoutrefresh(stdscr);
	doupdate();
	collect(term, true);
	return outlet_flush(term->outlet);
}

void term_redraw(struct term *term)
{
	clearok(curscr, TRUE);
	forget(term);
}

unsigned long long term_bytes(const struct term *term)
{
	return outlet_bytes(term->outlet);
}

/* Extras are not queued up for a terminal that hangs. */
static bool can_say(struct term *term)
{
	return term->modern && outlet_flush(term->outlet);
}

void term_bell(struct term *term)
{
	if (outlet_flush(term->outlet)) {
		put(term, "\a");
		outlet_flush(term->outlet);
	}
}

void term_title(struct term *term, const char *clean_title)
{
	if (can_say(term)) {
		put(term, "\033]2;");
		put(term, term->ascii ? "webmon" : clean_title);
		put(term, "\a");
		outlet_flush(term->outlet);
	}
}

unsigned term_copy(struct term *term, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t size = strlen(text);

	if (size == 0 || size > COPY_BYTES || !can_say(term)) {
		return 0;
	}
	put(term, "\033]52;c;");
	for (size_t i = 0; i < size; i += 3) {
		unsigned char in[3] = {0};
		size_t left = size - i < 3 ? size - i : 3;
		char out[4];

		memcpy(in, text + i, left);
		out[0] = digits[in[0] >> 2];
		out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
		out[2] = left > 1 ? digits[(in[1] & 15) << 2 | in[2] >> 6] : '=';
		out[3] = left > 2 ? digits[in[2] & 63] : '=';
		outlet_put(term->outlet, out, 4);
	}
	put(term, "\a");
	outlet_flush(term->outlet);
	return (unsigned)size;
}

void term_mouse(struct term *term, bool on)
{
	if (term->modern && on != term->mouse_on) {
		term->mouse_on = on;
		put(term, on ? MOUSE_ON : MOUSE_OFF);
		outlet_flush(term->outlet);
	}
}

void term_suspend(struct term *term)
{
	leave(term);
	outlet_lend(term->outlet);
}

void term_resume(struct term *term)
{
	outlet_take_back(term->outlet);
	if (term->modern) {
		put(term, EXTRAS_ON);
	}
	if (term->mouse_on) {
		put(term, MOUSE_ON);
	}
	term_redraw(term);
}

void term_emergency(void)
{
	outlet_emergency();
}

/* Hung up: the terminal says so, or promises input and has none. */
static bool is_gone(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int size = 0;

	if (poll(&in, 1, 0) != 1) {
		return false;
	}
	return in.revents & (POLLHUP | POLLERR | POLLNVAL) || (ioctl(STDIN_FILENO, FIONREAD, &size) == 0 && size == 0);
}

/* A character or a key of ncurses (in *is_code); 0 where none comes within wait_ms. */
static int read_one(struct term *term, int wait_ms, bool *is_code)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	wint_t read = 0;
	int result = wget_wch(term->input, &read);

	if (result == ERR && wait_ms > 0 && poll(&in, 1, wait_ms) == 1) {
		result = wget_wch(term->input, &read);
	}
	*is_code = result == KEY_CODE_YES;
	return result == ERR ? 0 : (int)read;
}

/* The rest of "ESC [ < button ; x ; y M". */
static int read_mouse(struct term *term)
{
	int numbers[3] = {0}, count = 0, character;
	bool is_code;
	int64_t now_us = clock_mono_us();
	struct mouse before = term->mouse;

	while ((character = read_one(term, ESCAPE_MS, &is_code)) != 0 && !is_code && character != 'M' && character != 'm') {
		if (character == ';' && count < 2) {
			count++;
		} else if (character >= '0' && character <= '9' && numbers[count] < 10000) {
			numbers[count] = numbers[count] * 10 + character - '0';
		}
	}
	term->mouse = (struct mouse){.x = numbers[1] - 1, .y = numbers[2] - 1, .what = MOUSE_CLICK};
	if (character != 'M' || count < 2) {
		return TERM_KEY_UNKNOWN; /* a release, or something else that has no meaning here */
	}
	if (numbers[0] == 64 || numbers[0] == 65) {
		term->mouse.what = numbers[0] == 64 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
		return TERM_KEY_MOUSE;
	}
	if (term->mouse.x == before.x && term->mouse.y == before.y && now_us - term->click_us < DOUBLE_US) {
		term->mouse.what = MOUSE_DOUBLE;
		now_us -= DOUBLE_US; /* the third is a first one again */
	}
	term->click_us = now_us;
	return numbers[0] == 0 ? TERM_KEY_MOUSE : TERM_KEY_UNKNOWN;
}

/*
 * After an Escape that ncurses could make no key of. An unknown sequence is swallowed whole: its characters must not
 * be taken for commands. Anything else is an Escape and the next key, come in one packet.
 */
static int read_escape(struct term *term)
{
	bool is_code;
	int next = read_one(term, 0, &is_code);

	if (next == 0 || is_code || (next != '[' && next != 'O')) {
		term->waiting = is_code ? 0 : next;
		return 27;
	}
	do {
		int before = next;

		next = read_one(term, ESCAPE_MS, &is_code);
		if (before == 'O' && next != 0) {
			break;
		}
	} while (next != 0 && !is_code && !(next >= '@' && next <= '~'));
	return TERM_KEY_UNKNOWN;
}

static int translate(int key)
{
	for (size_t i = 0; i < sizeof key_table / sizeof *key_table; i++) {
		if (key_table[i].curses == key) {
			return key_table[i].key;
		}
	}
	return key >= KEY_F(1) && key <= KEY_F(12) ? TERM_KEY_F1 + key - KEY_F(1) : TERM_KEY_UNKNOWN;
}

/* Pasted text is no command: it is read and dropped up to its end. */
static bool is_pasted(struct term *term, int key, bool is_code)
{
	int64_t now_us = clock_mono_us();

	if (is_code && (key == OWN_PASTE || key == OWN_PASTE_END)) {
		term->pasting = key == OWN_PASTE;
		term->paste_us = now_us;
		return true;
	}
	if (term->pasting && now_us - term->paste_us > PASTE_US) {
		term->pasting = false;
	}
	term->paste_us = now_us;
	return term->pasting;
}

int term_key(struct term *term)
{
	bool is_code = false;
	int key = term->waiting;

	term->waiting = 0;
	while (!key || is_pasted(term, key, is_code)) {
		key = read_one(term, 0, &is_code);
		if (key == 0) {
			return is_gone() ? TERM_KEY_GONE : KEY_NONE_YET;
		}
	}
	if (is_code) {
		return key == OWN_MOUSE ? read_mouse(term) : translate(key);
	}
	if (key == 27) {
		return read_escape(term);
	}
	return key == 8 ? 127 : key == 10 ? 13 : key; /* the two ways to say Backspace, and Enter */
}

struct mouse term_mouse_event(const struct term *term)
{
	return term->mouse;
}
