#ifndef WEBMON_FACE_TUI_MOMENT_H
#define WEBMON_FACE_TUI_MOMENT_H
/*
 * The time cursor: which moment the picture shows. Private to the dashboard.
 */
#include "face/tui/state.h"

/* A moment of the past, or now where it has not come yet. */
void moment_show(struct tui *tui, int64_t at_ms);
/* Shows now again. */
void moment_live(struct tui *tui);
void moment_free(struct tui *tui);
/* What screens have read of the store was of another moment. */
void moment_forget_read(struct tui *tui);

/* Steps and jumps; false where the action is none of these. */
bool moment_act(struct tui *tui, enum action action);

/* The banner; brief: for narrow screens. */
void moment_text(const struct tui *tui, bool brief, char out[64]);

#endif
