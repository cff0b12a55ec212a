/*
 * source/poll/handshake over real handshakes in memory: a chain that was verified is not verified
 * again for a while, and whatever is other about it, or about us, is judged anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "source/poll/handshake.h"

struct identity {
	X509 *cert;
	EVP_PKEY *key;
};

static struct identity root, stranger, middle, leaf, other_leaf, brief, below_middle, wild;
static X509_STORE *store;

/* ---- certificates ---- */

struct wish {
	const char *name, *names;      /* common name; alternative names, NULL: an authority */
	const struct identity *issuer; /* NULL: itself */
	long lasts_s;
};

static void add_extension(X509 *cert, int kind, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);

	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

static struct identity make(const struct wish *wish)
{
	static long serial = 1;
	struct identity made = {.cert = X509_new(), .key = EVP_EC_gen("P-256")};
	const struct identity *issuer = wish->issuer ? wish->issuer : &made;
	X509_NAME *name = X509_get_subject_name(made.cert);

	X509_set_version(made.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(made.cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(made.cert), wish->lasts_s ? wish->lasts_s : 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)wish->name, -1,
				   -1, 0);
	X509_set_issuer_name(made.cert, X509_get_subject_name(issuer->cert));
	X509_set_pubkey(made.cert, made.key);
	add_extension(made.cert, NID_basic_constraints,
		      wish->names ? "CA:FALSE" : "critical,CA:TRUE");
	if (wish->names)
		add_extension(made.cert, NID_subject_alt_name, wish->names);
	assert_true(X509_sign(made.cert, issuer->key, EVP_sha256()) > 0);
	return made;
}

/* ---- one handshake ---- */

static struct cert_memory memory;
static struct handshake handshake;
static bool ended;

static void on_done(void *user)
{
	(void)user;
	ended = true;
}

static SSL_CTX *server_context(const struct identity *identity, const struct identity *more)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(context, identity->cert);
	SSL_CTX_use_PrivateKey(context, identity->key);
	if (more)
		SSL_CTX_add1_chain_cert(context, more->cert);
	return context;
}

/* Both ends in turn, over a pair of pipes in memory. */
static bool shake(SSL *client, SSL *server)
{
	BIO *one, *two;
	bool good = false;

	BIO_new_bio_pair(&one, 0, &two, 0);
	SSL_set_bio(client, one, one);
	SSL_set_bio(server, two, two);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	for (int i = 0; i < 20 && !good; i++) {
		int result = SSL_do_handshake(client);

		if (result <= 0 && SSL_get_error(client, result) != SSL_ERROR_WANT_READ)
			break;
		SSL_do_handshake(server);
		good = SSL_is_init_finished(client) && SSL_is_init_finished(server);
	}
	return good;
}

/* Connects as a probe does, verifying where `verify` says so, and keeps what was shown in memory.
 */
static bool connect_to(const struct identity *identity, const struct identity *more,
		       const char *host, bool verify)
{
	SSL_CTX *ours = SSL_CTX_new(TLS_client_method()), *theirs = server_context(identity, more);
	SSL *client, *server;
	bool good;

	handshake = (struct handshake){.memory = &memory, .host = host, .done = on_done};
	handshake_begin(&handshake);
	ended = false;
	SSL_CTX_set_verify(ours, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	assert_true(handshake_install(&handshake, ours, store));
	client = SSL_new(ours);
	server = SSL_new(theirs);
	good = shake(client, server);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(ours);
	SSL_CTX_free(theirs);
	if (handshake.seen)
		memory = handshake.shown;
	return good;
}

/* Whether the verdict came out of memory: a full verification has the moment it was made. */
static int64_t aged(void)
{
	memory.verified_ms -= 1000;
	return memory.verified_ms;
}

static int set_up(void **state)
{
	(void)state;
	root = make(&(struct wish){.name = "root"});
	stranger = make(&(struct wish){.name = "stranger"});
	middle = make(&(struct wish){.name = "middle", .issuer = &root});
	leaf = make(&(struct wish){.name = "leaf", .names = "DNS:a.test", .issuer = &root});
	other_leaf =
		make(&(struct wish){.name = "leaf", .names = "DNS:a.test", .issuer = &stranger});
	below_middle =
		make(&(struct wish){.name = "below", .names = "DNS:a.test", .issuer = &middle});
	wild = make(&(struct wish){.name = "wild", .names = "DNS:*.w.test", .issuer = &root});
	brief = make(&(struct wish){
		.name = "brief", .names = "DNS:a.test", .issuer = &root, .lasts_s = 2});
	store = X509_STORE_new();
	X509_STORE_add_cert(store, root.cert);
	return 0;
}

static int tear_down(void **state)
{
	struct identity *all[] = {&root,       &stranger,     &middle, &leaf,
				  &other_leaf, &below_middle, &wild,   &brief};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		X509_free(all[i]->cert);
		EVP_PKEY_free(all[i]->key);
	}
	X509_STORE_free(store);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	memory = (struct cert_memory){.known = false};
	return 0;
}

/* ---- what is promised ---- */

static void an_unchanged_chain_is_verified_once(void **state)
{
	int64_t then;

	(void)state;
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_true(handshake.changed);
	assert_true(ended);
	then = aged();
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_true(handshake.seen);
	assert_false(handshake.changed);
	assert_int_equal(handshake.verify_error, X509_V_OK);
	assert_int_equal(memory.verified_ms, then);
	assert_true(ended);
}

static void after_a_while_it_is_verified_anew(void **state)
{
	int64_t now_ms = clock_wall_ms();

	(void)state;
	connect_to(&leaf, NULL, "a.test", true);
	memory.verified_ms = now_ms - VERIFIED_FOR_MS - 1;
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_true(memory.verified_ms >= now_ms);
	/* And after the clock was set back. */
	memory.verified_ms = now_ms + 3600000;
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_true(memory.verified_ms < now_ms + 3600000);
}

static void another_certificate_is_judged_by_itself(void **state)
{
	(void)state;
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_false(connect_to(&other_leaf, NULL, "a.test", true));
	assert_true(handshake.changed);
	assert_int_not_equal(handshake.verify_error, X509_V_OK);
	assert_true(handshake.facts.problem[0] != '\0');
	/* What was refused is no memory of anything good. */
	assert_false(connect_to(&other_leaf, NULL, "a.test", true));
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_true(handshake.changed);
}

static void the_same_leaf_behind_another_chain_is_judged_anew(void **state)
{
	int64_t then;

	(void)state;
	assert_true(connect_to(&below_middle, &middle, "a.test", true));
	then = aged();
	assert_true(connect_to(&below_middle, &middle, "a.test", true));
	assert_int_equal(memory.verified_ms, then);
	/* The middle one is not sent any more, and nobody here knows it. */
	assert_false(connect_to(&below_middle, NULL, "a.test", true));
	assert_int_not_equal(handshake.verify_error, X509_V_OK);
	assert_false(connect_to(&below_middle, &stranger, "a.test", true));
}

static void another_name_is_not_taken_on_trust(void **state)
{
	(void)state;
	assert_true(connect_to(&leaf, NULL, "a.test", true));
	assert_false(connect_to(&leaf, NULL, "b.test", true));
	assert_int_equal(handshake.verify_error, X509_V_ERR_HOSTNAME_MISMATCH);
	assert_non_null(strstr(handshake.facts.problem, "not for b.test"));
	/* Nor is the first one any worse for it. */
	assert_true(connect_to(&leaf, NULL, "a.test", true));
}

static void another_host_of_the_same_certificate_is_as_good(void **state)
{
	int64_t then;

	(void)state;
	assert_true(connect_to(&wild, NULL, "a.w.test", true));
	then = aged();
	assert_true(connect_to(&wild, NULL, "b.w.test", true));
	assert_int_equal(memory.verified_ms, then);
	assert_false(connect_to(&wild, NULL, "b.c.w.test", true));
}

static void a_certificate_that_ends_meanwhile_has_ended(void **state)
{
	int64_t until_us = clock_mono_us() + 20000000;

	(void)state;
	assert_true(connect_to(&brief, NULL, "a.test", true));
	assert_true(memory.verified_ms > 0);
	while (clock_wall_ms() <= memory.chain_not_after_ms + 1000) {
		assert_true(clock_mono_us() < until_us);
		poll(NULL, 0, 10);
	}
	assert_false(connect_to(&brief, NULL, "a.test", true));
	assert_int_equal(handshake.verify_error, X509_V_ERR_CERT_HAS_EXPIRED);
}

static void what_was_taken_unverified_is_never_remembered_as_good(void **state)
{
	(void)state;
	assert_true(connect_to(&other_leaf, NULL, "a.test", false));
	assert_true(handshake.seen);
	assert_int_not_equal(handshake.verify_error, X509_V_OK);
	assert_int_equal(memory.verified_ms, 0);
	assert_false(connect_to(&other_leaf, NULL, "a.test", true));
	/* Without enforcement the facts are there all the same, each time. */
	assert_true(connect_to(&other_leaf, NULL, "a.test", false));
	assert_false(handshake.facts.verified);
}

#define TEST(name) cmocka_unit_test_setup(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unchanged_chain_is_verified_once),
		TEST(after_a_while_it_is_verified_anew),
		TEST(another_certificate_is_judged_by_itself),
		TEST(the_same_leaf_behind_another_chain_is_judged_anew),
		TEST(another_name_is_not_taken_on_trust),
		TEST(another_host_of_the_same_certificate_is_as_good),
		TEST(a_certificate_that_ends_meanwhile_has_ended),
		TEST(what_was_taken_unverified_is_never_remembered_as_good),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
