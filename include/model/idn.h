#ifndef WEBMON_MODEL_IDN_H
#define WEBMON_MODEL_IDN_H
/*
 * Host names beyond ASCII: as DNS, TLS and HTTP want them ("xn--bcher-kva.example"), by libidn2,
 * whatever the locale. Any thread.
 */
#include <stdbool.h>

#define IDN_MAX 256

bool idn_is_plain(const char *name); /* ASCII alone */

/* IDNA 2008. A plain name comes out as it is. False: it is no host name. */
bool idn_to_ascii(char out[IDN_MAX], const char *name);

/*
 * Whether one of its labels could be taken for another name: letters of scripts that look alike
 * side by side ("pаypal" with one Cyrillic а), or a whole label of such look-alikes. Then it is to
 * be shown in its ASCII form.
 */
bool idn_is_deceptive(const char *name);

#endif
