#ifndef WEBMON_MODEL_LOAD_TEXT_H
#define WEBMON_MODEL_LOAD_TEXT_H
/*
 * The load detector's verdict in words, and out of them again. Pure; any thread.
 */
struct load;
struct load_setting;
struct load_verdict;

/* Writes the whole verdict out of the state at hand. For model/load alone. */
void load_tell(const struct load *load, const struct load_setting *setting,
	       struct load_verdict *verdict);

/* Of a verdict whose evidence alone was kept: cause and ratio as it tells them, LOAD_NONE and 0 where
 * it does not. */
void load_recall(const char *evidence, struct load_verdict *verdict);

#endif
