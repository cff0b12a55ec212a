/*
 * Likeness. See the header; one poller's thread.
 */
#include "source/poll/likeness.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "source/poll/resolve.h"

struct likeness_cert {
	char subject[64], issuer[64];
	int64_t not_after_ms;
	char fingerprint[65];
};

/* ---- sets ---- */

enum novelty { KNOWN, FIRST, NEW, LAST, TOO_MANY };

/* LAST: the set is full now, which is worth a word. */
static enum novelty set_add(struct likeness_set *set, uint32_t hash)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->known[i] == hash)
			return KNOWN;
	if (set->count == LIKENESS_MAX)
		return TOO_MANY;
	set->known[set->count++] = hash;
	return set->count == 1 ? FIRST : set->count == LIKENESS_MAX ? LAST : NEW;
}

static bool address_is_known(const struct likeness *likeness, const struct address *address)
{
	for (size_t i = 0; i < likeness->address_count; i++)
		if (memcmp(&likeness->addresses[i], address, sizeof *address) == 0)
			return true;
	return false;
}

static void add_address(struct likeness *likeness, const struct address *address)
{
	if (likeness->address_count < LIKENESS_ADDRESSES && !address_is_known(likeness, address))
		likeness->addresses[likeness->address_count++] = *address;
}

/* ---- words ---- */

static void say(char words[LIKENESS_WORDS], const char *what, const char *before, const char *now)
{
	text_format(words, LIKENESS_WORDS, "%s: %s → %s", what, before[0] ? before : "none",
		    now[0] ? now : "none");
}

static void say_last(char words[LIKENESS_WORDS])
{
	size_t used = strlen(words);

	text_format(words + used, LIKENESS_WORDS - used, "; more of them are not told");
}

/* "CN=a.test, issuer CN=ca, until 2027-01-02", without what is the same as in other. */
static void describe(char out[90], const struct likeness_cert *cert,
		     const struct likeness_cert *other)
{
	char date[FORMAT_MAX], name[120];
	size_t used = 0;

	out[0] = '\0';
	format_stamp(date, cert->not_after_ms, STAMP_DATE, true, 0);
	if (strcmp(cert->subject, other->subject) != 0) {
		text_fit(name, sizeof name, cert->subject, 30, CUT_END, false);
		used += text_format(out + used, 90 - used, "%s, ", name);
	}
	if (strcmp(cert->issuer, other->issuer) != 0) {
		text_fit(name, sizeof name, cert->issuer, 30, CUT_END, false);
		used += text_format(out + used, 90 - used, "issuer %s, ", name);
	}
	text_format(out + used, 90 - used, "until %s", date);
}

static void mark_cert(struct likeness_cert *cert, const struct cert_facts *facts)
{
	text_copy(cert->subject, sizeof cert->subject, facts->subject);
	text_copy(cert->issuer, sizeof cert->issuer, facts->issuer);
	text_copy(cert->fingerprint, sizeof cert->fingerprint, facts->fingerprint);
	cert->not_after_ms = facts->not_after_ms;
}

/* ---- public ---- */

void likeness_fini(struct likeness *likeness)
{
	free(likeness->cert);
	free(likeness->server);
	likeness->cert = NULL;
	likeness->server = NULL;
}

bool likeness_address(struct likeness *likeness, const struct address *address,
		      const struct answer *answer, char words[LIKENESS_WORDS])
{
	char before[ADDRESS_TEXT_MAX], now[ADDRESS_TEXT_MAX];
	bool known = address_is_known(likeness, address), first = true, full;

	/* Of each family the first is silent: both are probed in turn. */
	for (size_t i = 0; i < likeness->address_count; i++)
		first = first && likeness->addresses[i].six != address->six;
	for (size_t i = 0; answer && i < answer->count; i++)
		known = known || address_is_known(likeness, &answer->addresses[i]);
	full = likeness->address_count == LIKENESS_ADDRESSES;
	address_format(before, &likeness->address);
	address_format(now, address);
	likeness->address = *address;
	add_address(likeness, address);
	for (size_t i = 0; answer && (first || known) && i < answer->count; i++)
		add_address(likeness, &answer->addresses[i]);
	if (first || known || full)
		return false;
	say(words, "address", before, now);
	if (likeness->address_count == LIKENESS_ADDRESSES)
		say_last(words);
	return true;
}

void likeness_compare_cert(const struct likeness *likeness, const struct cert_facts *facts,
			   char words[LIKENESS_WORDS])
{
	struct likeness_cert now;
	char before[90], after[90];

	words[0] = '\0';
	if (!likeness->cert || !facts->seen ||
	    strcmp(likeness->cert->fingerprint, facts->fingerprint) == 0)
		return;
	mark_cert(&now, facts);
	describe(before, likeness->cert, &now);
	describe(after, &now, likeness->cert);
	say(words, "certificate", before, after);
}

bool likeness_cert(struct likeness *likeness, const struct cert_facts *facts,
		   char words[LIKENESS_WORDS])
{
	enum novelty novelty;

	if (!facts->seen)
		return false;
	likeness_compare_cert(likeness, facts, words);
	if (!likeness->cert)
		likeness->cert = x_calloc(1, sizeof *likeness->cert);
	novelty = set_add(&likeness->certs, (uint32_t)text_hash(facts->fingerprint));
	mark_cert(likeness->cert, facts);
	if (novelty == LAST)
		say_last(words);
	return novelty == NEW || novelty == LAST;
}

bool likeness_server(struct likeness *likeness, const char *server, char words[LIKENESS_WORDS])
{
	enum novelty novelty;

	if (likeness->server && strcmp(likeness->server, server) == 0)
		return false;
	novelty = set_add(&likeness->servers, (uint32_t)text_hash(server));
	say(words, "server", likeness->server ? likeness->server : "", server);
	free(likeness->server);
	likeness->server = x_strdup(server);
	if (novelty == LAST)
		say_last(words);
	return novelty == NEW || novelty == LAST;
}
