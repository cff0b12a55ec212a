#ifndef WEBMON_MODEL_MAINTENANCE_H
#define WEBMON_MODEL_MAINTENANCE_H
/*
 * Maintenance windows: times in which a target may be down. Pure but for reading time zones; any
 * thread.
 *
 *   [WHEN] [HH:MM-HH:MM] [ZONE]          WHEN: daily (also where it is left out), days such as Sun,
 *                                        Mon-Fri or Tue,Thu, a date, or DATE..DATE
 *   DATE HH:MM .. DATE HH:MM [ZONE]      one span
 *
 * Without times it is the whole day. A window over midnight belongs to the day it begins on. ZONE
 * is a name such as Asia/Seoul, else the zone of this machine. It is the clock on the wall there
 * that counts: where clocks are set back, an hour of the window comes twice; where they are set
 * forward over a part of it, that part does not come at all.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct maintenance;

#define MAINTENANCE_WHY_MAX 160

/* Whether it is a window; why gets what is wrong with it. hidden: it quotes nothing of the text,
 * which holds a secret. */
bool maintenance_check(const char *text, bool hidden, char why[MAINTENANCE_WHY_MAX]);

/* Windows, each of which maintenance_check() let pass. Returns new; NULL: there are none. */
struct maintenance *maintenance_new(const struct text_list *windows);
void maintenance_free(struct maintenance *maintenance);

#define MAINTENANCE_WORDS_MAX 80

/* Whether one of the windows is open; words gets "maintenance until 04:00 Asia/Seoul". maintenance
 * NULL: never. */
bool maintenance_is_on(const struct maintenance *maintenance, int64_t at_ms,
		       char words[MAINTENANCE_WORDS_MAX]);

#endif
