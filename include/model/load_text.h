#ifndef WEBMON_MODEL_LOAD_TEXT_H
#define WEBMON_MODEL_LOAD_TEXT_H
/*
 * The load detector's verdict in words. For model/load alone.
 */
struct load;
struct load_setting;
struct load_verdict;

/* Writes the whole verdict out of the state at hand. */
void load_tell(const struct load *load, const struct load_setting *setting,
	       struct load_verdict *verdict);

#endif
