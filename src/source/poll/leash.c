/*
 * The leash. See the header.
 *
 * One call of libcurl's may serve several connections: who is to blame is found by the connection,
 * never by whose call it was. Of a kept connection nobody is told; its end says enough.
 */
#include "source/poll/leash.h"

#include <openssl/ssl.h>
#include <pthread.h>

#include "base/clock.h"

#define PIECES	   64	/* between two looks at the clock; a handshake and its answer are fewer */
#define PIECES_ALL 4000 /* also where no call is long: some 30 MB */
#define BUDGET_US  10000
#define DH_BITS	   4096 /* 30 ms; with 8192 it is 230 ms, with 10000 it is 740 ms */
/* The groups of TLS 1.3 that are larger, by their numbers in RFC 7919. */
#define FFDHE6144 0x0103
#define FFDHE8192 0x0104

static pthread_once_t index_once = PTHREAD_ONCE_INIT;
static int hold_index = -1;
static const char endless[] = "what comes without end is no part of one";

static void make_index(void)
{
	hold_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/* NULL: the connection is not that of a probe under way which made it. */
static struct leash_hold *hold_of(const SSL *ssl)
{
	const SSL_CTX *context = SSL_get_SSL_CTX(ssl);
	struct leash_hold *hold = SSL_CTX_get_ex_data(context, hold_index);

	return hold && hold->context == context ? hold : NULL;
}

bool leash_pull(struct leash *leash, const void *connection)
{
	int64_t now_us;

	if (connection && leash->connection != connection) {
		leash->connection = connection;
		leash->pieces = 0;
	}
	if (leash->pieces == 0)
		leash->since_us = 0;
	if (++leash->pieces % PIECES)
		return true;
	now_us = clock_run_us();
	if (!leash->since_us)
		leash->since_us = now_us;
	return now_us - leash->since_us <= BUDGET_US;
}

bool leash_holds(struct leash *leash, struct leash_hold *hold)
{
	if (leash_pull(leash, NULL))
		return true;
	hold->cut = endless;
	return false;
}

/*
 * There is no way to tell OpenSSL to stop reading but this: that the peer has said goodbye. It then
 * gives what it has to nobody, and libcurl sees an end of stream.
 */
static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
		       void *user)
{
	struct leash_hold *hold = sent ? NULL : hold_of(ssl);

	(void)version;
	(void)type;
	(void)data;
	(void)size;
	if (sent || (leash_pull(user, ssl) && !(hold && ++hold->pieces > PIECES_ALL)))
		return;
	if (hold)
		hold->cut = endless;
	SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

static int is_secure(const SSL *ssl, const SSL_CTX *context, int what, int bits, int name,
		     void *other, void *user)
{
	const struct leash *leash = user;
	const unsigned char *number = other;
	struct leash_hold *hold;

	if (what == SSL_SECOP_CURVE_SUPPORTED && number &&
	    (number[0] << 8 | number[1]) >= FFDHE6144 && (number[0] << 8 | number[1]) <= FFDHE8192)
		return 0;
	if (what == SSL_SECOP_TMP_DH && ssl && other && EVP_PKEY_get_bits(other) > DH_BITS) {
		hold = hold_of(ssl);
		if (hold)
			hold->cut = "its Diffie-Hellman group has more than 4096 bits";
		return 0;
	}
	return leash->security(ssl, context, what, bits, name, other, NULL);
}

bool leash_install(struct leash *leash, struct leash_hold *hold, struct ssl_ctx_st *context)
{
	pthread_once(&index_once, make_index);
	if (hold_index < 0 || !SSL_CTX_set_ex_data(context, hold_index, hold))
		return false;
	hold->context = context;
	SSL_CTX_set_msg_callback(context, on_message);
	SSL_CTX_set_msg_callback_arg(context, leash);
	leash->security = SSL_CTX_get_security_callback(context);
	SSL_CTX_set_security_callback(context, is_secure);
	SSL_CTX_set0_security_ex_data(context, leash);
	return true;
}
