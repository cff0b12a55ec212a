#ifndef WEBMON_STORE_SLOT_H
#define WEBMON_STORE_SLOT_H
/*
 * A plain value of up to a fixed size, written by one thread, read by any number, without a lock: a
 * sequence lock over atomic words, so that ThreadSanitizer can check it and a read-only mapping of
 * another process can read it. Every access is an atomic one; there is no fence over plain data:
 *
 *   writer: sequence becomes odd; each word is stored with release; sequence becomes even
 *           (release).
 *   reader: loads sequence (acquire), each word with acquire, sequence again; unequal or odd: once
 *           more.
 *
 * A reader that sees any new word also sees the odd sequence that came before it.
 *
 * A check over the words tells a value that a power cut or a bad disk has spoilt: it counts as
 * never written.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slot {
	_Atomic uint64_t sequence;
	_Atomic uint64_t size; /* bytes of the value in use; 0: never written */
	_Atomic uint64_t check;
	_Atomic uint64_t words[];
};

/* Bytes that a slot for values of up to `size` bytes takes. */
size_t slot_bytes(size_t size);

/* size at most what the slot was laid out for. One writer. */
void slot_write(struct slot *slot, const void *value, size_t size);

/*
 * Copies the value and returns how many bytes it has; 0: never written, larger than `capacity`,
 * spoilt, or its writer was killed in the middle of it.
 */
size_t slot_read(const struct slot *slot, void *value, size_t capacity);

/* Where its writer was killed in the middle of a write: it counts as never written, and no reader
 * waits for him. By the only process that writes. */
void slot_repair(struct slot *slot);

/* Whether there may be somebody in the middle of a write, so that waiting is of use. Of the whole
 * process; at first: yes. */
void slot_expect_writer(bool expected);

/* Waits a moment for whoever is in the middle of a write, of a slot or of what is written like one;
 * turns counts from 0. False: not any longer, or nobody is there who could finish it. */
bool slot_wait(unsigned *turns);

/*
 * A slot in two places, so that the beginnings of many slots lie close together: word number i
 * stands at words[i], from number `near` on at words[i + gap].
 */
struct slot_split {
	size_t near, gap;
};

void slot_write_split(struct slot *slot, const struct slot_split *split, const void *value,
		      size_t size);
size_t slot_read_split(const struct slot *slot, const struct slot_split *split, void *value,
		       size_t capacity);

#endif
