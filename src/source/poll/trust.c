/*
 * The trust stores. See the header.
 */
#include "source/poll/trust.h"

#include <ctype.h>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

#define HASH_NAME_LENGTH 8 /* of "5ed36f99.0" */

struct ca_store {
	struct ca_store *next;
	char *ca; /* NULL: the system's */
	X509_STORE *store;
};

struct trust {
	pthread_mutex_t mutex; /* guards the list; stores are never changed */
	struct ca_store *stores;
};

/* Where distributions keep them, the most common first. */
static const char *const hashed_dirs[] = {
	"/etc/ssl/certs", "/etc/pki/ca-trust/extracted/pem/directory-hash", "/etc/pki/tls/certs"};
static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
				      "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
				      "/etc/ssl/ca-bundle.pem"};

static bool name_is_hash(const char *name)
{
	size_t length = strspn(name, "0123456789abcdef");

	return length == HASH_NAME_LENGTH && name[length] == '.' &&
	       isdigit((unsigned char)name[length + 1]);
}

static bool dir_is_hashed(const char *path)
{
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;
	bool found = false;

	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = name_is_hash(entry->d_name);
	closedir(dir);
	return found;
}

static bool add_dir(X509_STORE *store, const char *path)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());

	return lookup && X509_LOOKUP_add_dir(lookup, path, X509_FILETYPE_PEM) == 1;
}

static bool add_file(X509_STORE *store, const char *path)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	return lookup && X509_LOOKUP_load_file(lookup, path, X509_FILETYPE_PEM) == 1;
}

/*
 * A distribution's bundle is made of what lies hashed beside it: the folder then is the same,
 * without parsing all of it before the first answer (8 ms instead of 33).
 */
static bool add_bundle(X509_STORE *store, const char *file)
{
	for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
		const char *slash = strrchr(bundles[i], '/');
		char *dir;
		bool hashed;

		if (strcmp(file, bundles[i]) != 0 || !slash)
			continue;
		dir = x_strndup(file, (size_t)(slash - bundles[i]));
		hashed = dir_is_hashed(dir) && add_dir(store, dir);
		free(dir);
		if (hashed)
			return true;
	}
	return add_file(store, file);
}

static bool add_environment(X509_STORE *store)
{
	const char *dir = getenv(X509_get_default_cert_dir_env());
	const char *file = getenv(X509_get_default_cert_file_env());
	bool added = false;

	if (dir && *dir)
		added |= add_dir(store, dir);
	if (file && *file)
		added |= add_bundle(store, file);
	return added;
}

static bool add_system(X509_STORE *store)
{
	if (add_environment(store))
		return true;
	if (dir_is_hashed(X509_get_default_cert_dir()))
		return add_dir(store, X509_get_default_cert_dir());
	for (size_t i = 0; i < sizeof hashed_dirs / sizeof *hashed_dirs; i++)
		if (dir_is_hashed(hashed_dirs[i]))
			return add_dir(store, hashed_dirs[i]);
	if (add_file(store, X509_get_default_cert_file()))
		return true;
	for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
		if (add_file(store, bundles[i]))
			return true;
	/* A machine without any authority: every certificate is untrusted, which is the truth
	 * there. */
	return true;
}

static X509_STORE *store_make(const char *ca)
{
	X509_STORE *store = X509_STORE_new();
	struct stat status;
	bool good;

	if (!store)
		fatal("out of memory for certificates");
	if (!ca)
		good = add_system(store);
	else if (stat(ca, &status) == 0 && S_ISDIR(status.st_mode))
		good = add_dir(store, ca);
	else
		good = add_file(store, ca);
	ERR_clear_error();
	if (good)
		return store;
	X509_STORE_free(store);
	return NULL;
}

struct trust *trust_new(void)
{
	struct trust *trust = x_calloc(1, sizeof *trust);

	pthread_mutex_init(&trust->mutex, NULL);
	return trust;
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	while (trust->stores) {
		struct ca_store *one = trust->stores;

		trust->stores = one->next;
		X509_STORE_free(one->store);
		free(one->ca);
		free(one);
	}
	pthread_mutex_destroy(&trust->mutex);
	free(trust);
}

static bool is_for(const struct ca_store *one, const char *ca)
{
	return ca && one->ca ? strcmp(one->ca, ca) == 0 : one->ca == ca;
}

static struct ca_store *add_store(struct trust *trust, const char *ca)
{
	struct ca_store *one = x_calloc(1, sizeof *one);

	one->ca = ca ? x_strdup(ca) : NULL;
	one->store = store_make(ca);
	one->next = trust->stores;
	trust->stores = one;
	return one;
}

struct x509_store_st *trust_store(struct trust *trust, const char *ca)
{
	struct ca_store *one;
	X509_STORE *store;

	pthread_mutex_lock(&trust->mutex);
	for (one = trust->stores; one && !is_for(one, ca); one = one->next)
		continue;
	if (!one)
		one = add_store(trust, ca);
	store = one->store;
	pthread_mutex_unlock(&trust->mutex);
	return store;
}
