#ifndef WEBMON_STORE_CARRY_H
#define WEBMON_STORE_CARRY_H
/*
 * Series that go on: from one block to another one of other targets or another length, and over the
 * end of the process that wrote them. Private to the store. Nobody reads or writes `to` meanwhile.
 */
#include "store/block.h"

/*
 * Copies what `to` has targets for; each record is checked on its way. May be called again when
 * `from` was written meanwhile: then only what is new is copied. The last time nobody writes
 * `from`.
 */
void carry_over(struct block *to, const struct block *from);

/* Samples and rollups alone, from a block of another layout. */
void carry_series(struct block *to, const struct block *from);

/*
 * Puts a block right whose writer is gone: a fold that was under way is done again, nothing is
 * under way any more, and what only that process could end is ended.
 */
void carry_on(struct block *block);

#endif
