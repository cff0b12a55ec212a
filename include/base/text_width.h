#ifndef WEBMON_BASE_TEXT_WIDTH_H
#define WEBMON_BASE_TEXT_WIDTH_H
/*
 * What kind of character it is: for base/text alone. Others ask text_char_width(). Any thread.
 */
#include <stdint.h>

enum text_class {
	TEXT_PLAIN,     /* one column */
	TEXT_COMBINING, /* none: joins the character before it */
	TEXT_WIDE,      /* two */
	TEXT_CONTROL,   /* C0, C1, DEL */
	TEXT_HIDDEN,    /* invisible, reordering or of unknown width: never let through */
};

enum text_class text_class(uint32_t character);

#endif
