/*
 * International names. See the header.
 */
#include "model/idn.h"

#include <ctype.h>
#include <idn2.h>
#include <string.h>

#include "base/text.h"

bool idn_is_plain(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

bool idn_to_ascii(char out[IDN_MAX], const char *name)
{
	char *ascii = NULL;
	bool good;

	if (idn_is_plain(name)) {
		text_copy(out, IDN_MAX, name);
		return strlen(name) < IDN_MAX;
	}
	good = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
	       ascii[0] && strlen(ascii) < IDN_MAX;
	if (good)
		text_copy(out, IDN_MAX, ascii);
	idn2_free(ascii);
	return good;
}

enum { LATIN = 1, GREEK = 2, CYRILLIC = 4, OTHER = 8 };

static unsigned script_of(uint32_t c)
{
	if (c < 0x80)
		return isalpha((int)c) ? LATIN : 0;
	if (c < 0x250 || (c >= 0x1e00 && c < 0x1f00))
		return LATIN;
	if ((c >= 0x370 && c < 0x400) || (c >= 0x1f00 && c < 0x2000))
		return GREEK;
	return c >= 0x400 && c < 0x530 ? CYRILLIC : OTHER;
}

/* Cyrillic and Greek letters that are drawn as Latin ones. */
static bool looks_latin(uint32_t c)
{
	static const uint16_t like[] = {0x430, 0x435, 0x43e, 0x440, 0x441, 0x443, 0x445, 0x455,
					0x456, 0x458, 0x44c, 0x4bb, 0x4cf, 0x501, 0x51b, 0x51d,
					0x3bf, 0x3b9, 0x3bd, 0x3c1, 0x3c5, 0x3b1, 0x3ba};

	for (size_t i = 0; i < sizeof like / sizeof *like; i++)
		if (like[i] == c)
			return true;
	return false;
}

bool idn_is_deceptive(const char *name)
{
	while (*name) {
		unsigned scripts = 0;
		bool letters = false, alike = true;
		uint32_t c;

		for (int length; *name && *name != '.' && (length = text_decode(name, &c)) > 0;
		     name += length) {
			unsigned script = script_of(c);

			scripts |= script;
			letters = letters || script;
			alike = alike && (!script || looks_latin(c));
		}
		name += *name == '.';
		if ((scripts & (GREEK | CYRILLIC) && scripts & LATIN) ||
		    (scripts & GREEK && scripts & CYRILLIC) || (letters && alike))
			return true;
	}
	return false;
}
