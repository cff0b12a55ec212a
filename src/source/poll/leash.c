/*
 * The leash. See the header.
 */
#include "source/poll/leash.h"

#include <openssl/ssl.h>

#include "base/clock.h"

#define PIECES	  64 /* between two looks at the clock; a handshake and its answer are fewer */
#define BUDGET_US 20000

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
	leash->cut = true;
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

void leash_install(struct leash *leash, struct ssl_ctx_st *context)
{
	SSL_CTX_set_msg_callback(context, on_message);
	SSL_CTX_set_msg_callback_arg(context, leash);
}
