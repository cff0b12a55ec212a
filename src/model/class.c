/*
 * What can become of a probe, in words. A table and three look-ups; pure, any thread.
 *
 * The names are those of logs, JSON and metrics and never change; the fault lab of the tests uses
 * the same.
 */
#include "model/class.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
const struct class_info class_table[CLASS_COUNT] = {
	[CLASS_OK] = { "ok", "",
		"a whole answer, as wanted", 0 },
	[CLASS_HTTP_STATUS] = { "http_status", "",
		"whole, valid answer, status not accepted", '5' },
	[CLASS_BODY_MISMATCH] = { "body_mismatch", "BODY",
		"status accepted; body, header or JSON not as wanted", 'B' },
	[CLASS_REDIRECT] = { "redirect", "REDIRECT",
		"redirects in a loop, too many, or to a scheme not allowed", 'R' },
	[CLASS_DNS] = { "dns", "DNS",
		"the name did not resolve", 'D' },
	[CLASS_REFUSED] = { "refused", "REFUSED",
		"the connection was refused", 'C' },
	[CLASS_UNREACHABLE] = { "unreachable", "NO ROUTE",
		"no way to the host", 'C' },
	[CLASS_TIMEOUT_CONNECT] = { "timeout_connect", "TIMEOUT",
		"no connection in time", 'T' },
	[CLASS_TIMEOUT_TLS] = { "timeout_tls", "TIMEOUT",
		"TLS handshake not done in time", 'T' },
	[CLASS_TIMEOUT_FIRST_BYTE] = { "timeout_first_byte", "TIMEOUT",
		"no first byte of the answer in time", 'T' },
	[CLASS_TIMEOUT_HEADERS] = { "timeout_headers", "TIMEOUT",
		"headers of the answer not whole in time", 'T' },
	[CLASS_TIMEOUT_BODY] = { "timeout_body", "TIMEOUT",
		"body of the answer not whole in time", 'T' },
	[CLASS_RESET] = { "reset", "RESET",
		"the peer broke the connection off", 'X' },
	[CLASS_EMPTY_REPLY] = { "empty_reply", "EMPTY",
		"the peer closed without an answer", 'X' },
	[CLASS_TRUNCATED] = { "truncated", "CUT OFF",
		"the answer ended before its announced length", 'X' },
	[CLASS_PROTOCOL] = { "protocol", "PROTOCOL",
		"the answer is not valid HTTP", 'X' },
	[CLASS_DECODE] = { "decode", "ENCODING",
		"the body's encoding is broken", 'X' },
	[CLASS_TOO_LARGE] = { "too_large", "TOO BIG",
		"headers or decoded body over the limit", 'X' },
	[CLASS_TLS_EXPIRED] = { "tls_expired", "TLS",
		"a certificate of the chain has expired", 'S' },
	[CLASS_TLS_NOT_YET_VALID] = { "tls_not_yet_valid", "TLS",
		"a certificate of the chain is not valid yet", 'S' },
	[CLASS_TLS_HOSTNAME] = { "tls_hostname", "TLS",
		"the certificate is for another name", 'S' },
	[CLASS_TLS_UNTRUSTED] = { "tls_untrusted", "TLS",
		"the certificate's issuer is not trusted", 'S' },
	[CLASS_TLS_WEAK] = { "tls_weak", "TLS",
		"key, signature or version below what is accepted", 'S' },
	[CLASS_TLS_HANDSHAKE] = { "tls_handshake", "TLS",
		"the TLS handshake failed", 'S' },
	[CLASS_LOCAL] = { "local", "LOCAL",
		"this host could not check; no failure of the target", 0 },
};
/* clang-format on */

/* Local trouble is no check at all: U+00B7 does not fit into a char, the screens draw '.' as the
 * dot. */
#define LETTER_NO_CHECK '.'

char class_letter(enum probe_class cls, int status)
{
	if (cls == CLASS_OK || cls >= CLASS_COUNT)
		return ' ';
	if (cls == CLASS_LOCAL)
		return LETTER_NO_CHECK;
	if (cls != CLASS_HTTP_STATUS)
		return class_table[cls].letter;
	if (status >= 400 && status <= 499)
		return '4';
	return status >= 500 && status <= 599 ? '5' : 'X';
}

/* No answer at all is worse than a broken one, and that is worse than an unwelcome one. */
static const char letters_by_rank[] = "RB4X5SDCT";

int class_letter_rank(char letter)
{
	const char *found = letter ? strchr(letters_by_rank, letter) : NULL;

	return found ? (int)(found - letters_by_rank) + 1 : 0;
}

enum probe_class class_by_name(const char *name)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		if (strcmp(class_table[i].name, name) == 0)
			return (enum probe_class)i;
	return CLASS_COUNT;
}
