#ifndef WEBMON_FACE_TUI_PLACE_H
#define WEBMON_FACE_TUI_PLACE_H
/*
 * Where a person is in the dashboard: kept while one dashboard makes room for another one, over
 * other targets. A plain value. Main thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "face/column.h"
#include "face/tui/filter.h"
#include "face/tui/order.h"
#include "face/tui/spark.h"
#include "face/tui/theme.h"

struct tui;

#define PLACE_FOLDED_MAX 32

struct place_in_tui {
	uint64_t target; /* a hash of its name; 0: none was chosen */
	bool opened;	 /* on its own screen */
	struct order_spec order;
	char filter[FILTER_TEXT_MAX];
	enum column_id columns[COLUMN_COUNT];
	int column_count;
	int zoom; /* -1: nobody has changed it */
	int64_t last_key_us;
	int64_t at_ms; /* the moment of the past that is shown; 0: now */
	bool grouped, quiet, focused, focus_told;
	uint64_t folded[PLACE_FOLDED_MAX]; /* hashes of names of groups; 0: no more */
	int view;
	enum scale scale;
	bool themed; /* by key */
	struct theme theme;
};

struct place_in_tui place_of(const struct tui *tui);

/* Goes back there, as far as there is still such a place. */
void place_return(struct tui *tui, const struct place_in_tui *place);

#endif
