/*
 * The paper: a memory file. What was painted reaches from its begin to its offset, so nothing is
 * ever cut off and a new frame is painted over the last. Main thread.
 */
#include "face/tui/paper.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "face/tui/escape.h"

#define BRACKET_BYTES 200 /* from here on a frame is bracketed: 16 bytes for no tearing */

struct paper {
	int memory;
	FILE *stream; /* on a descriptor of its own, which can be pointed elsewhere */
};

struct paper *paper_new(void)
{
	int memory = memfd_create("webmon-paper", MFD_CLOEXEC);
	int copy = memory >= 0 ? fcntl(memory, F_DUPFD_CLOEXEC, 3) : -1;
	FILE *stream = copy >= 0 ? fdopen(copy, "w") : NULL;
	struct paper *paper;

	if (!stream) {
		return NULL;
	}
	paper = x_malloc(sizeof *paper);
	*paper = (struct paper){memory, stream};
	return paper;
}

void paper_free(struct paper *paper)
{
	if (paper) {
		fclose(paper->stream);
		close(paper->memory);
		free(paper);
	}
}

FILE *paper_stream(const struct paper *paper)
{
	return paper->stream;
}

void paper_pose(const struct paper *paper, int terminal)
{
	dup3(terminal >= 0 ? terminal : paper->memory, fileno(paper->stream), O_CLOEXEC);
}

void paper_print(const struct paper *paper, const char *format, ...)
{
	char text[64];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (size > 0 && (size_t)size < sizeof text) {
		(void)!write(paper->memory, text,
			     (size_t)size); /* memory: it fails with the host */
	}
}

/* How much of the bytes is one of `texts` in front of a reset of all attributes. */
static size_t needless(const char *bytes, size_t size)
{
	static const char *const texts[] = {ESCAPE_CHARSET, "\033[39m" ESCAPE_CHARSET,
					    "\033[39;49m" ESCAPE_CHARSET};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t length = strlen(texts[i]);

		if (size >= length + 3 && memcmp(bytes, texts[i], length) == 0 &&
		    (memcmp(bytes + length, "\033[m", 3) == 0 ||
		     memcmp(bytes + length, "\033[0", 3) == 0)) {
			return length;
		}
	}
	return 0;
}

/* The length of an SGR sequence that begins here; 0: it is something else. */
static size_t look_length(const char *bytes, size_t size)
{
	size_t length = 2;

	if (size < 3 || memcmp(bytes, "\033[", 2) != 0) {
		return 0;
	}
	while (length < size && strchr("0123456789;:", bytes[length]) && bytes[length]) {
		length++;
	}
	return length < size && bytes[length] == 'm' ? length + 1 : 0;
}

/* The ground that was chosen last and still stands. */
struct ground {
	char look[32];
	size_t length; /* 0: not known */
};

/* True where the look only chooses the ground that stands; else remembers what it changes. */
static bool is_same_ground(struct ground *ground, const char *look, size_t length)
{
	if (length > 5 && memcmp(look, "\033[48", 4) == 0 && length <= sizeof ground->look) {
		if (ground->length == length && memcmp(ground->look, look, length) == 0) {
			return true;
		}
		memcpy(ground->look, look, length);
		ground->length = length;
	} else if (length && (length < 4 || memcmp(look, "\033[38", 4) != 0)) {
		ground->length = 0;
	}
	return false;
}

/*
 * With each change of bold ncurses chooses the character set anew, though none other is ever chosen
 * here, and sets back colours that the next sequence resets; with each ink it sets the ground, too.
 * What a chunk's end cuts in two stays.
 */
static size_t without_needless(char *bytes, size_t size)
{
	struct ground ground = {.length = 0};
	size_t kept = 0;

	for (size_t i = 0; i < size;) {
		size_t skip = needless(bytes + i, size - i);
		size_t look = look_length(bytes + i + skip, size - i - skip);
		size_t copied = look ? look : 1;

		i += skip;
		if (!is_same_ground(&ground, bytes + i, look)) {
			memmove(bytes + kept, bytes + i, copied);
			kept += copied;
		}
		i += copied;
	}
	return kept;
}

void paper_collect(const struct paper *paper, struct outlet *outlet, bool modern)
{
	char chunk[4096];
	off_t size = lseek(paper->memory, 0, SEEK_CUR), at = 0;
	bool bracket = modern && size > BRACKET_BYTES;

	if (bracket) {
		escape_put(outlet, ESCAPE_FRAME_BEGIN);
	}
	while (at < size) {
		size_t want =
			(size_t)(size - at) < sizeof chunk ? (size_t)(size - at) : sizeof chunk;
		ssize_t got = pread(paper->memory, chunk, want, at);

		if (got <= 0) {
			break;
		}
		at += got;
		outlet_put(outlet, chunk,
			   modern ? without_needless(chunk, (size_t)got) : (size_t)got);
	}
	if (bracket) {
		escape_put(outlet, ESCAPE_FRAME_END);
	}
	lseek(paper->memory, 0, SEEK_SET);
}
