#ifndef WEBMON_BASE_TEXT_H
#define WEBMON_BASE_TEXT_H
/*
 * UTF-8 text: making outside text safe, measuring and cutting it by terminal columns.
 *
 * text_clean() is the one sanitiser: whatever came from a server, a certificate, a library or the
 * configuration passes it once, where it enters. Its output holds no C0, C1, DEL, no bidi control,
 * zero-width, tag, line or paragraph separator, surrogate, noncharacter or private-use character
 * and no invalid UTF-8, so it can never move a cursor, end a log line or reorder what a person
 * reads. All functions work without setlocale() (own UTF-8 decoding and width table by wcwidth
 * rules). Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_mode {
	TEXT_LINE,  /* newlines and tabs become a space: one line comes out */
	/* \n kept (CRLF and CR become \n), tabs become spaces to the next of 8 columns */
	TEXT_BLOCK,
};

/*
 * Copies size bytes of in to out (capacity bytes, always NUL-ended), cleaned. Control bytes become
 * "\x1b", bidi and zero-width characters "·", invalid UTF-8 U+FFFD; never cuts inside a character.
 * Returns the length of out. in may hold NULs. in and out do not overlap.
 */
size_t text_clean(char *out, size_t capacity, const void *in, size_t size, enum text_mode mode);

/* True where text_clean would change nothing. */
bool text_is_clean(const char *text, enum text_mode mode);

/* Decodes one character at text (NUL-ended) and returns its bytes (1 to 4), 0 at the end. Invalid:
 * U+FFFD, 1. */
int text_decode(const char *text, uint32_t *character);

/* Encodes; returns the bytes written to out[4] (not NUL-ended). */
int text_encode(uint32_t character, char out[4]);

/* Terminal columns of one character: 0 (combining), 1 or 2. */
int text_char_width(uint32_t character);

/* Terminal columns of a NUL-ended text. */
int text_width(const char *text);

enum text_cut { CUT_END, CUT_MIDDLE };

/*
 * Fits text into width columns: cut with "…" ("~" where ascii), never padded. out gets at most
 * capacity bytes. Returns the columns used. Messages are cut at the end, names in the middle.
 */
int text_fit(char *out, size_t capacity, const char *text, int width, enum text_cut cut,
	     bool ascii);

/* How much of a text makes one line of some columns. */
struct text_line {
	size_t bytes; /* all that fit; at least one character, so that it always goes on */
	int columns;
	size_t blank; /* where the last blank among them is, to break there; 0: none */
	int blank_columns; /* before it */
};

struct text_line text_line(const char *text, size_t length, int width);

/* snprintf that always NUL-ends, cuts on a character's border and returns the length written. */
size_t text_format(char *out, size_t capacity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Copies a NUL-ended text, cutting on a character's border. Returns the length written. */
size_t text_copy(char *out, size_t capacity, const char *text);

/*
 * Replaces in place, in a buffer of capacity bytes, each occurrence of each secret (also as URLs,
 * JSON and HTML write it, and in base64) by "•••". Secrets shorter than 4 bytes are left alone.
 */
void text_redact(char *text, size_t capacity, const char *const *secrets, size_t count);

/* The nearest of names to word by edit distance, capitals aside; NULL where none is near (distance
 * > 1 + length/3). */
const char *text_nearest(const char *word, const char *const *names, size_t count);

/* 0 to 15; -1: it is none. */
int text_hex_digit(char c);

/* A character at text as JSON escapes it ("\"", "\u0026"), or as HTML does ("&amp;", "&#39;"). How
 * many of the size bytes it takes; 0 where there is none of ASCII. Reads no further than a NUL. */
size_t text_escape(const char *text, size_t size, char *c);
size_t text_entity(const char *text, size_t size, char *c);

/* A 64-bit hash (FNV-1a finished by a mixer) that spreads starts and shards. Always the same:
 * histories know targets by it. */
uint64_t text_hash(const char *text);

#endif
