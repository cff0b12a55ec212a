#ifndef WEBMON_TESTS_POLL_SERVER_H
#define WEBMON_TESTS_POLL_SERVER_H
/*
 * A real server on loopback for tests of the poller: a thread that answers each connection by its
 * request's path, plain or through TLS with a certificate made on the spot.
 */
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct poll_server {
	int listener;
	uint16_t port;
	SSL_CTX *tls; /* NULL: plain */
	pthread_t thread;
	unsigned connections; /* guarded by mutex, as is what follows */
	char last_request[4096];
	pthread_mutex_t mutex;
};

struct poll_line {
	int fd;
	SSL *ssl;
};

static inline ssize_t line_read(struct poll_line *line, char *data, size_t size)
{
	return line->ssl ? SSL_read(line->ssl, data, (int)size) : recv(line->fd, data, size, 0);
}

static inline void line_write(struct poll_line *line, const char *text)
{
	if (line->ssl)
		SSL_write(line->ssl, text, (int)strlen(text));
	else
		send(line->fd, text, strlen(text), MSG_NOSIGNAL);
}

static inline void line_wait_close(struct poll_line *line)
{
	char data[512];

	while (line_read(line, data, sizeof data) > 0)
		continue;
}

/* What each path is answered with; NULL: nothing, the connection is held. */
static const struct {
	const char *path, *answer;
	bool hold;
} poll_answers[] = {
	{"/ok",	"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Kind: test\r\n\r\nhello\n",	       false},
	{"/keep",	  "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n",				 true },
	{"/busy",
	 "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nSet-Cookie: id=s3cret-cookie\r\n"
	 "X-Access-Token: s3cret-token\r\nX-Error-Code: E7\r\n\r\nbusy\n",							      false},
	{"/error",
	 "HTTP/1.1 500 Oops\r\nContent-Length: 87\r\n\r\nTraceback (most recent call last):\n"
	 "  File \"a.py\", line 1, in f\n    1/0\nValueError: wat\n\n",				 false},
	{"/silent",  NULL,									      true },
	{"/half",	  "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",				 true },
	{"/cut",	 "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",				false},
	{"/headers", "HTTP/1.1 200 OK\r\nServer: sl",						      true },
	{"/headcut", "HTTP/1.1 200 OK\r\nServer: gone\r\n",						    false},
	{"/empty",   "",										false},
	{"/loop",	  "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",		false},
	{"/hop",	 "HTTP/1.1 302 Found\r\nLocation: ok\r\nContent-Length: 0\r\n\r\n",		    false},
	{"/file",	  "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
	 false											       },
	{"/garbage", "SSH-2.0-OpenSSH_9.2\r\n",							 false},
};

static inline void poll_server_answer(struct poll_server *server, struct poll_line *line,
				      const char *request)
{
	char redirect[200];
	unsigned port;

	pthread_mutex_lock(&server->mutex);
	snprintf(server->last_request, sizeof server->last_request, "%s", request);
	pthread_mutex_unlock(&server->mutex);
	/* /to/PORT: a redirect to another origin */
	if (sscanf(request, "%*s /to/%u", &port) == 1) {
		snprintf(redirect, sizeof redirect,
			 "HTTP/1.1 302 Found\r\nLocation: "
			 "http://127.0.0.1:%u/ok\r\nContent-Length: 0\r\n\r\n",
			 port);
		line_write(line, redirect);
		return;
	}
	for (size_t i = 0; i < sizeof poll_answers / sizeof *poll_answers; i++) {
		const char *path = strchr(request, ' ');
		size_t length = strlen(poll_answers[i].path);

		if (!path || strncmp(path + 1, poll_answers[i].path, length) != 0 ||
		    path[1 + length] != ' ')
			continue;
		if (poll_answers[i].answer)
			line_write(line, poll_answers[i].answer);
		if (poll_answers[i].hold)
			line_wait_close(line);
		return;
	}
}

struct poll_guest {
	struct poll_server *server;
	int fd;
};

static inline void *poll_server_serve(void *argument)
{
	struct poll_guest guest = *(struct poll_guest *)argument;
	struct poll_line line = {.fd = guest.fd};
	char request[4096];
	size_t size = 0;
	ssize_t got = 1;

	free(argument);
	if (guest.server->tls) {
		line.ssl = SSL_new(guest.server->tls);
		SSL_set_fd(line.ssl, guest.fd);
		if (SSL_accept(line.ssl) != 1)
			got = 0;
	}
	request[0] = '\0';
	while (got > 0 && !strstr(request, "\r\n\r\n") && size < sizeof request - 1) {
		got = line_read(&line, request + size, sizeof request - 1 - size);
		size += got > 0 ? (size_t)got : 0;
		request[size] = '\0';
	}
	if (got > 0)
		poll_server_answer(guest.server, &line, request);
	if (line.ssl) {
		SSL_shutdown(line.ssl);
		SSL_free(line.ssl);
	}
	shutdown(guest.fd, SHUT_WR);
	line_wait_close(&(struct poll_line){.fd = guest.fd});
	close(guest.fd);
	return NULL;
}

static inline void *poll_server_run(void *argument)
{
	struct poll_server *server = argument;
	pthread_attr_t attributes;
	pthread_t thread;
	int fd;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		struct poll_guest *guest = malloc(sizeof *guest);

		*guest = (struct poll_guest){server, fd};
		pthread_mutex_lock(&server->mutex);
		server->connections++;
		pthread_mutex_unlock(&server->mutex);
		if (pthread_create(&thread, &attributes, poll_server_serve, guest) != 0)
			abort();
	}
	pthread_attr_destroy(&attributes);
	return NULL;
}

static inline int poll_listen(uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(fd, 128) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		abort();
	*port = ntohs(address.sin_port);
	return fd;
}

static inline void poll_server_start(struct poll_server *server, SSL_CTX *tls)
{
	memset(server, 0, sizeof *server);
	server->tls = tls;
	pthread_mutex_init(&server->mutex, NULL);
	server->listener = poll_listen(&server->port);
	if (pthread_create(&server->thread, NULL, poll_server_run, server) != 0)
		abort();
}

static inline void poll_server_stop(struct poll_server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

/* A certificate signed by itself for 127.0.0.1, from and to these days from now; written to path as
 * an authority. */
static inline SSL_CTX *poll_tls(const char *path, const char *names, int from_days, int to_days)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	FILE *file = fopen(path, "w");

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), from_days + 1000);
	X509_time_adj_ex(X509_getm_notBefore(cert), from_days, 0, NULL);
	X509_time_adj_ex(X509_getm_notAfter(cert), to_days, 0, NULL);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"webmon test",
				   -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, key);
	X509_add_ext(cert, extension, -1);
	X509_sign(cert, key, EVP_sha256());
	if (!file || !PEM_write_X509(file, cert) || SSL_CTX_use_certificate(tls, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(tls, key) != 1)
		abort();
	fclose(file);
	X509_EXTENSION_free(extension);
	X509_free(cert);
	EVP_PKEY_free(key);
	return tls;
}

#endif
