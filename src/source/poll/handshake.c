/*
 * OpenSSL's side of a probe. libcurl hands us the fresh SSL_CTX of each new connection; we give it
 * the shared store, verify in a callback of our own and note the end of the handshake.
 *
 * The whole verification is replaced (SSL_CTX_set_cert_verify_callback) instead of listening to its
 * steps: so the chain can be read once, when all is decided, and also with `verify = no`.
 */
#include "source/poll/handshake.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "source/poll/cert.h"

static pthread_once_t index_once = PTHREAD_ONCE_INIT;
static int handshake_index = -1;

static void make_index(void)
{
	handshake_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/*
 * The name is checked here too, before libcurl does, so that the answer is among the facts, also
 * where nothing is enforced. As libcurl does, an address is looked for in the common name of a
 * certificate without other names, the dot at a name's end does not count, and a "*" stands for a
 * whole label.
 */
static bool names_host(X509 *leaf, const char *host)
{
	static const unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
	size_t length = strlen(host);
	unsigned char address[16];

	length -= length > 1 && host[length - 1] == '.';
	if (inet_pton(AF_INET, host, address) != 1 && inet_pton(AF_INET6, host, address) != 1)
		return X509_check_host(leaf, host, length, flags, NULL) == 1;
	if (X509_check_ip_asc(leaf, host, 0) == 1)
		return true;
	return X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) < 0 &&
	       X509_check_host(leaf, host, length, flags, NULL) == 1;
}

#define SENT_MAX 8

/* A fingerprint of all that was sent, in its order. False: too much to remember. */
static bool digest_sent(const STACK_OF(X509) * sent, uint8_t digest[32])
{
	uint8_t each[SENT_MAX][32];
	int count = sk_X509_num(sent);

	if (count < 1 || count > SENT_MAX)
		return false;
	for (int i = 0; i < count; i++)
		if (X509_digest(sk_X509_value(sent, i), EVP_sha256(), each[i], NULL) != 1)
			return false;
	return EVP_Digest(each, (size_t)count * sizeof each[0], digest, NULL, EVP_sha256(), NULL) ==
	       1;
}

/* Whether all of this was verified a short while ago. Fills in what tells. */
static bool is_verified(struct handshake *handshake, X509_STORE_CTX *verification)
{
	const struct cert_memory *memory = handshake->memory;
	struct cert_memory *shown = &handshake->shown;
	int64_t now_ms = clock_wall_ms();

	shown->verified_ms = 0;
	if (!digest_sent(X509_STORE_CTX_get0_untrusted(verification), shown->sent))
		return false;
	shown->verified_ms = now_ms;
	if (!memory || !memory->known || !memory->verified_ms || memory->verify_error ||
	    memcmp(memory->sent, shown->sent, sizeof shown->sent) != 0)
		return false;
	return now_ms >= memory->verified_ms && now_ms < memory->verified_ms + VERIFIED_FOR_MS &&
	       now_ms < memory->chain_not_after_ms;
}

static bool same(const struct cert_memory *memory, const struct cert_memory *shown)
{
	return memory && memory->known && memory->verify_error == shown->verify_error &&
	       memory->chain_not_after_ms == shown->chain_not_after_ms &&
	       memcmp(memory->digest, shown->digest, sizeof shown->digest) == 0;
}

static void read_facts(struct handshake *handshake, X509 *leaf, int chain_length)
{
	struct cert_facts *facts = &handshake->facts;

	facts->seen = true;
	facts->seen_at_ms = clock_wall_ms();
	facts->verified = handshake->verify_error == X509_V_OK;
	facts->chain_length = chain_length;
	facts->chain_not_after_ms = handshake->shown.chain_not_after_ms;
	cert_read(facts, leaf, handshake->shown.digest);
	if (cert_class(handshake->verify_error) == CLASS_TLS_HOSTNAME)
		cert_name_problem(facts->problem, facts, handshake->host);
	else
		cert_problem(facts->problem, handshake->verify_error, facts, facts->seen_at_ms);
}

static void look_at(struct handshake *handshake, X509_STORE_CTX *verification)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(verification);
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(verification);
	X509 *leaf = X509_STORE_CTX_get0_cert(verification);
	struct cert_memory *shown = &handshake->shown;
	int64_t of_chain, of_sent;

	if (!leaf || X509_digest(leaf, EVP_sha256(), shown->digest, NULL) != 1)
		return;
	/* A chain that broke may be shorter than what was sent. */
	of_chain = cert_chain_not_after_ms(chain);
	of_sent = handshake->verify_error == X509_V_OK ? INT64_MAX : cert_chain_not_after_ms(sent);
	shown->chain_not_after_ms = of_chain < of_sent ? of_chain : of_sent;
	shown->verify_error = handshake->verify_error;
	if (handshake->verify_error)
		shown->verified_ms = 0;
	shown->known = true;
	handshake->seen = true;
	handshake->changed = !same(handshake->memory, shown);
	/* Of a refused one the words are needed each time. */
	if (handshake->changed || handshake->verify_error)
		read_facts(handshake, leaf, sk_X509_num(chain));
}

static int verify(X509_STORE_CTX *verification, void *argument)
{
	struct handshake *handshake = argument;
	X509 *leaf = X509_STORE_CTX_get0_cert(verification);
	int result;

	if (leaf && is_verified(handshake, verification) && names_host(leaf, handshake->host)) {
		handshake->shown = *handshake->memory;
		handshake->seen = true;
		X509_STORE_CTX_set_error(verification, X509_V_OK);
		return 1;
	}
	result = X509_verify_cert(verification);
	handshake->verify_error = result == 1 ? X509_V_OK : X509_STORE_CTX_get_error(verification);
	if (handshake->verify_error == X509_V_OK && leaf && !names_host(leaf, handshake->host)) {
		handshake->verify_error = X509_V_ERR_HOSTNAME_MISMATCH;
		X509_STORE_CTX_set_error(verification, handshake->verify_error);
	}
	look_at(handshake, verification);
	return handshake->verify_error == X509_V_OK; /* without effect where nothing is enforced */
}

static void note_session(struct cert_facts *facts, const SSL *ssl)
{
	const unsigned char *protocol = NULL;
	const char *version = SSL_get_version(ssl);
	unsigned size = 0;

	if (strncmp(version, "TLSv", 4) == 0)
		text_format(facts->version, sizeof facts->version, "TLS %s", version + 4);
	text_copy(facts->cipher, sizeof facts->cipher, SSL_get_cipher_name(ssl));
	SSL_get0_alpn_selected(ssl, &protocol, &size);
	text_clean(facts->alpn, sizeof facts->alpn, protocol ? (const void *)protocol : "", size,
		   TEXT_LINE);
}

/* Also called for what a server sends after the handshake, over kept connections too: those are not
 * ours any more. */
static void on_info(const SSL *ssl, int where, int result)
{
	const SSL_CTX *context;
	struct handshake *handshake;

	(void)result;
	if (!(where & SSL_CB_HANDSHAKE_DONE))
		return;
	context = SSL_get_SSL_CTX(ssl);
	handshake = SSL_CTX_get_ex_data(context, handshake_index);
	if (!handshake || handshake->context != context)
		return;
	handshake->context = NULL;
	if (handshake->changed)
		note_session(&handshake->facts, ssl);
	handshake->done(handshake->user);
}

void handshake_begin(struct handshake *handshake)
{
	handshake->seen = handshake->changed = false;
	handshake->verify_error = X509_V_OK;
	handshake->context = NULL;
	memset(&handshake->facts, 0, sizeof handshake->facts);
}

bool handshake_install(struct handshake *handshake, struct ssl_ctx_st *context,
		       struct x509_store_st *store)
{
	pthread_once(&index_once, make_index);
	if (handshake_index < 0 || !SSL_CTX_set_ex_data(context, handshake_index, handshake))
		return false;
	SSL_CTX_set1_cert_store(context, store);
	SSL_CTX_set_cert_verify_callback(context, verify, handshake);
	SSL_CTX_set_info_callback(context, on_info);
	handshake->context = context;
	return true;
}
