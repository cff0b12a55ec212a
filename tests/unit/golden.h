#ifndef WEBMON_TESTS_GOLDEN_H
#define WEBMON_TESTS_GOLDEN_H
/*
 * Expected screens: tests/golden/NAME.txt holds the text and, below it, the style of each cell.
 * With WEBMON_GOLDEN=write (make golden) they are written anew; the difference is then read as code
 * is.
 */
#include "face/tui/canvas.h"

/* Fails the running test where the canvas is not as expected, and says in which line. */
void golden_check(const char *name, const struct canvas *canvas);

#endif
