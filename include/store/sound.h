#ifndef WEBMON_STORE_SOUND_H
#define WEBMON_STORE_SOUND_H
/*
 * Whether a value that was read out of a block is one that webmon writes. The checks of block and
 * slots tell what chance has spoilt; a file that another user wrote on purpose has checks that fit.
 * What is not sound counts as never written: nothing that is shown needs to doubt it again. Pure.
 * Private to the store.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

/* Within the years that a clock of four digits can tell. */
bool time_is_sound(int64_t time_ms);

/* targets: how many there are. */
bool verdict_is_sound(const struct verdict *verdict, uint64_t targets);
bool cert_is_sound(const struct cert_facts *facts);
/* bytes: that were read of it, its text's unused end not being stored. */
bool evidence_is_sound(const struct evidence *evidence, size_t bytes);
bool incident_is_sound(const struct incident *incident, uint64_t targets);
bool event_is_sound(const struct event *event, uint64_t targets);
bool fleet_is_sound(const struct fleet *fleet);

#endif
