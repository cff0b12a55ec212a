/*
 * The leash. See the header.
 */
#include "source/poll/leash.h"

#include <openssl/ssl.h>

#include "base/clock.h"

#define PIECES	  64 /* between two looks at the clock; a handshake and its answer are fewer */
#define BUDGET_US 20000
#define CALLS	  16 /* that are free: a handshake is two or three */
#define MUTE_US	  50000
#define DH_BITS	  4096 /* 30 ms; with 8192 it is 230 ms, with 10000 it is 740 ms */
/* The groups of TLS 1.3 that are larger, by their numbers in RFC 7919. */
#define FFDHE6144 0x0103
#define FFDHE8192 0x0104

static const char endless[] = "what comes without end is no part of one";

void leash_begin(struct leash *leash, struct leash_account *account)
{
	leash->account = account;
	leash->began_us = account && account->calls >= CALLS ? clock_run_us() : 0;
	leash->pieces = 0;
	leash->answered = false;
	leash->cut = NULL;
}

void leash_end(struct leash *leash)
{
	struct leash_account *account = leash->account;

	leash->account = NULL;
	if (!account)
		return;
	if (leash->answered) {
		*account = (struct leash_account){0};
		return;
	}
	account->calls++;
	account->spent_us += leash->began_us ? clock_run_us() - leash->began_us : 0;
	if (account->spent_us > MUTE_US && !leash->cut)
		leash->cut = endless;
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
	if (now_us - leash->since_us <= BUDGET_US)
		return true;
	leash->cut = endless;
	return false;
}

/*
 * There is no way to tell OpenSSL to stop reading but this: that the peer has said goodbye. It then gives what it has to
 * nobody, and libcurl sees an end of stream.
 */
static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
		       void *user)
{
	(void)version;
	(void)type;
	(void)data;
	(void)size;
	if (!sent && !leash_pull(user, ssl))
		SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

static int is_secure(const SSL *ssl, const SSL_CTX *context, int what, int bits, int name, void *other,
		     void *user)
{
	struct leash *leash = user;
	const unsigned char *number = other;

	if (what == SSL_SECOP_CURVE_SUPPORTED && number &&
	    (number[0] << 8 | number[1]) >= FFDHE6144 && (number[0] << 8 | number[1]) <= FFDHE8192)
		return 0;
	if (what == SSL_SECOP_TMP_DH && other && EVP_PKEY_get_bits(other) > DH_BITS) {
		leash->cut = "its Diffie-Hellman group has more than 4096 bits";
		return 0;
	}
	return leash->security(ssl, context, what, bits, name, other, NULL);
}

void leash_install(struct leash *leash, struct ssl_ctx_st *context)
{
	SSL_CTX_set_msg_callback(context, on_message);
	SSL_CTX_set_msg_callback_arg(context, leash);
	leash->security = SSL_CTX_get_security_callback(context);
	SSL_CTX_set_security_callback(context, is_secure);
	SSL_CTX_set0_security_ex_data(context, leash);
}
