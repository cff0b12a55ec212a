#ifndef WEBMON_STORE_FILE_H
#define WEBMON_STORE_FILE_H
/*
 * The history file on its disk: opening, locking, making, replacing. Knows the block only by its
 * size and header. Private to the store. Main thread.
 *
 * A file is made under another name and gets its own when all of it stands; its space is taken
 * before the first byte is written. Whoever writes holds a lock on it (OFD, so that it ends with
 * the process, however that ends).
 */
#include <stdbool.h>
#include <stdint.h>

#include "store/block.h"

#define WHY_MAX 300

/* path NULL: no file. */
struct store_file {
	char *path; /* owned */
	int descriptor;
	uint64_t device, inode;
	uint64_t wanted; /* bytes, of one being made */
	char *temporary; /* owned; its name while it is not in its place, NULL: it is */
	bool is_salvage; /* what is used is a copy of what is left of a cut one */
};

enum file_result {
	FILE_DONE,
	FILE_ABSENT,  /* there is none */
	FILE_EXISTS,  /* somebody else made one meanwhile */
	FILE_REFUSED, /* it must not be touched: why says it */
	FILE_NO_ROOM, /* the disk is full: why says it */
};

/* Opens an existing file for writing and locks it. It is a regular file of ours with one name, or
 * with PATH.old beside it where a move was cut off. */
enum file_result file_take(struct store_file *file, const char *path, char why[WHY_MAX]);

/* Opens for reading alone. */
enum file_result file_look(struct store_file *file, const char *path, char why[WHY_MAX]);

/*
 * A new file of so many bytes beside path, locked, not yet in its place. The temporary name goes to
 * *name (new).
 */
enum file_result file_make(struct store_file *file, const char *path, uint64_t bytes, char **name,
			   char why[WHY_MAX]);

/* What it holds goes to the disk: before its name stands for it, so that a power cut leaves one of
 * the two. Takes time. Where it fails the file is gone, and name is freed. */
enum file_result file_sync(struct store_file *file, char *name, char why[WHY_MAX]);

/* Puts it in its place; replace: over what is there. Frees name. */
enum file_result file_place(struct store_file *file, char *name, bool replace, char why[WHY_MAX]);

/* Takes away what processes that are gone have left of files they were making for path. */
void file_sweep(const char *path);

/* Gives what stands at path a second name, "PATH.old", before it is replaced: *name (new). */
enum file_result file_keep_old(const char *path, char **name, char why[WHY_MAX]);

/* Its size in bytes. */
uint64_t file_size(const struct store_file *file);

/* Maps the whole; NULL with why. */
void *file_map(const struct store_file *file, uint64_t bytes, bool writable, char why[WHY_MAX]);

/* Somebody holds the writer's lock. */
bool file_is_written(const struct store_file *file);

/* Another file has its name now, or none. */
bool file_is_replaced(const struct store_file *file);

/* Gives up descriptor and lock. */
void file_close(struct store_file *file);

/* What a person reads of a block that cannot be used. */
void file_explain(char why[WHY_MAX], const char *path, enum block_fault fault, const void *memory,
		  uint64_t bytes);

#endif
