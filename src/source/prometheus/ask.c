/*
 * One libcurl handle in a multi handle, so that a wait for the engine (and one between two looks)
 * can be ended by another thread. No redirect is followed: a token goes to the address it was given
 * for.
 */
#include "source/prometheus/ask.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#define CONNECT_MS 5000
#define TURN_MS	   1000

struct ask {
	const struct source_config *config;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	int interrupt;
	char error[CURL_ERROR_SIZE];
	const struct ask_request *request; /* under way */
	bool refused;			   /* by its take() */
	pthread_mutex_t mutex;		   /* guards the next two */
	bool woken, stopped;
};

static void set_identity(struct ask *ask)
{
	const struct source_config *config = ask->config;

	for (size_t i = 0; i < config->headers.count; i++)
		ask->headers = curl_slist_append(ask->headers, config->headers.items[i]);
	curl_easy_setopt(ask->easy, CURLOPT_HTTPHEADER, ask->headers);
	if (!config->bearer)
		return;
	curl_easy_setopt(ask->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
	curl_easy_setopt(ask->easy, CURLOPT_XOAUTH2_BEARER, config->bearer);
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct ask *ask = user;

	if (ask->request->take(ask->request->user, data, size * count))
		return size * count;
	ask->refused = true;
	return CURL_WRITEFUNC_ERROR;
}

struct ask *ask_new(const struct source_config *config, int interrupt)
{
	struct ask *ask = x_calloc(1, sizeof(*ask));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	pthread_mutex_init(&ask->mutex, NULL);
	ask->config = config;
	ask->interrupt = interrupt;
	ask->multi = curl_multi_init();
	ask->easy = curl_easy_init();
	if (!ask->multi || !ask->easy)
		fatal("no memory to ask %s", config->shown);
	set_identity(ask);
	curl_easy_setopt(ask->easy, CURLOPT_USERAGENT, "webmon/" WEBMON_VERSION);
	curl_easy_setopt(ask->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(ask->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(ask->easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(ask->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(ask->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(ask->easy, CURLOPT_ERRORBUFFER, ask->error);
	curl_easy_setopt(ask->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(ask->easy, CURLOPT_WRITEDATA, ask);
	return ask;
}

void ask_free(struct ask *ask)
{
	curl_easy_cleanup(ask->easy);
	curl_multi_cleanup(ask->multi);
	curl_slist_free_all(ask->headers);
	pthread_mutex_destroy(&ask->mutex);
	free(ask);
}

/* The configured address, its path (a tenant's, a proxy's) kept, and what is asked for. NULL: no
 * memory, or no address. */
static CURLU *address_of(const struct ask *ask, const struct ask_request *request)
{
	CURLU *address = curl_url();
	char *path = NULL, *whole = NULL;
	bool good = address && !curl_url_set(address, CURLUPART_URL, ask->config->url, 0) &&
		    !curl_url_get(address, CURLUPART_PATH, &path, 0);

	if (good) {
		size_t length = strlen(path);

		while (length > 0 && path[length - 1] == '/')
			length--;
		whole = x_asprintf("%.*s/api/v1/%s", (int)length, path, request->path);
		good = !curl_url_set(address, CURLUPART_PATH, whole, 0);
	}
	for (size_t i = 0; good && i < request->parameter_count; i++) {
		char *pair = x_asprintf("%s=%s", request->parameters[i].name,
					request->parameters[i].value);

		good = !curl_url_set(address, CURLUPART_QUERY, pair,
				     CURLU_APPENDQUERY | CURLU_URLENCODE);
		free(pair);
	}
	curl_free(path);
	free(whole);
	if (good)
		return address;
	curl_url_cleanup(address);
	return NULL;
}

static bool take_wake(struct ask *ask)
{
	pthread_mutex_lock(&ask->mutex);
	bool woken = ask->woken;

	ask->woken = false;
	pthread_mutex_unlock(&ask->mutex);
	return woken;
}

bool ask_is_stopped(struct ask *ask)
{
	pthread_mutex_lock(&ask->mutex);
	bool stopped = ask->stopped;

	pthread_mutex_unlock(&ask->mutex);
	return stopped;
}

/* Waits for the network, a wake or the interrupt; false where there is nothing more to wait for. */
static bool wait_turn(struct ask *ask, int64_t ms)
{
	struct curl_waitfd interrupt = {.fd = ask->interrupt, .events = CURL_WAIT_POLLIN};
	unsigned extra = ask->interrupt >= 0 ? 1 : 0;

	curl_multi_poll(ask->multi, extra ? &interrupt : NULL, extra, (int)ms, NULL);
	if (extra && interrupt.revents)
		ask_wake(ask, true);
	return !ask_is_stopped(ask);
}

/* The request to its end; false where it was given up. */
static bool perform(struct ask *ask, CURLcode *result)
{
	int running = 1, left;

	while (curl_multi_perform(ask->multi, &running) == CURLM_OK && running > 0)
		if (!wait_turn(ask, TURN_MS))
			return false;
	for (CURLMsg *message; (message = curl_multi_info_read(ask->multi, &left));)
		if (message->msg == CURLMSG_DONE)
			*result = message->data.result;
	return true;
}

void ask_words(const struct ask *ask, char *out, size_t capacity, const char *words)
{
	const struct text_list *secrets = &ask->config->secrets;

	text_clean(out, capacity, words, strlen(words), TEXT_LINE);
	text_redact(out, capacity, secrets->items, secrets->count);
}

static void say_why(const struct ask *ask, CURLcode result, char why[ASK_WHY])
{
	const char *words = ask->error[0] ? ask->error : curl_easy_strerror(result);

	if (result == CURLE_OPERATION_TIMEDOUT && ask->request)
		text_format(why, ASK_WHY, "no whole answer within %lld s",
			    (long long)(ask->request->timeout_ms / 1000));
	else
		ask_words(ask, why, ASK_WHY, words);
}

int ask_get(struct ask *ask, const struct ask_request *request, char why[ASK_WHY])
{
	CURLU *address = address_of(ask, request);
	CURLcode result = CURLE_FAILED_INIT;
	long status = 0;

	if (!address) {
		text_copy(why, ASK_WHY, "its address cannot be asked");
		return 0;
	}
	ask->request = request;
	ask->refused = false;
	ask->error[0] = '\0';
	curl_easy_setopt(ask->easy, CURLOPT_CURLU, address);
	curl_easy_setopt(ask->easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_multi_add_handle(ask->multi, ask->easy);
	bool ended = perform(ask, &result);
	curl_multi_remove_handle(ask->multi, ask->easy);
	curl_easy_getinfo(ask->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!ended) {
		text_copy(why, ASK_WHY, "given up");
		status = 0;
	} else if (ask->refused) {
		status = 0; /* whoever refused has said why */
	} else if (result != CURLE_OK) {
		say_why(ask, result, why);
		status = 0;
	}
	curl_easy_setopt(ask->easy, CURLOPT_CURLU, NULL);
	curl_url_cleanup(address);
	ask->request = NULL;
	return (int)status;
}

void ask_wait(struct ask *ask, int64_t ms)
{
	int64_t until_us = clock_mono_us() + ms * 1000, left_us;

	while (!take_wake(ask) && (left_us = until_us - clock_mono_us()) > 0)
		if (!wait_turn(ask, left_us / 1000 + 1))
			return;
}

void ask_wake(struct ask *ask, bool stop)
{
	pthread_mutex_lock(&ask->mutex);
	ask->woken = true;
	ask->stopped = ask->stopped || stop;
	pthread_mutex_unlock(&ask->mutex);
	curl_multi_wakeup(ask->multi);
}

const char *ask_shown(const struct ask *ask)
{
	return ask->config->shown;
}
