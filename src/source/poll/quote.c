/*
 * Quoting. See the header.
 */
#include "source/poll/quote.h"

#include <string.h>

#include "base/text.h"

void quote_text(char out[QUOTED_MAX], const char *text, size_t size)
{
	char clean[256], fitted[80];

	while (size > 0 && strchr(" \t\r\n", text[size - 1]))
		size--;
	text_clean(clean, sizeof clean, text, size < 200 ? size : 200, TEXT_LINE);
	text_fit(fitted, sizeof fitted, clean, 40, CUT_END, false);
	text_format(out, QUOTED_MAX, strchr(fitted, '"') ? "'%s'" : "\"%s\"", fitted);
}
