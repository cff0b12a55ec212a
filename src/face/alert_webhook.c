/*
 * Posting a message. Nothing of the address is ever told: for Slack, Discord and their like it is
 * the password.
 */
#include "face/alert_hook.h"

#include <curl/curl.h>
#include <string.h>

#include "base/text.h"

#define CONNECT_MS 5000L
#define REPLY_MAX  65536 /* bytes of a reply that are taken before it is broken off */
#define TURN_MS	   1000

struct reply {
	size_t bytes;
};

static size_t take_reply(char *data, size_t size, size_t count, void *user)
{
	struct reply *reply = user;

	(void)data;
	reply->bytes += size * count;
	return reply->bytes <= REPLY_MAX ? size * count : 0;
}

static void set_up(CURL *easy, const char *address, const struct hook_call *call,
		   struct reply *reply)
{
	curl_easy_setopt(easy, CURLOPT_URL, address);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* as the checks: a proxy that stands in the environment would read the address */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->letter->body);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "webmon/" WEBMON_VERSION);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->limit_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* a silent resolver must not hold up the end of the program */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply);
}

/* Runs the transfer to its end; CURLE_ABORTED_BY_CALLBACK where it was told to stop. */
static CURLcode transfer(CURL *easy, int stop_fd)
{
	CURLM *multi = curl_multi_init();
	struct curl_waitfd stop = {.fd = stop_fd, .events = CURL_WAIT_POLLIN};
	CURLcode code = CURLE_OUT_OF_MEMORY;
	int running = 1, left;
	CURLMsg *message;

	if (!multi)
		return code;
	curl_multi_add_handle(multi, easy);
	while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK && running > 0) {
		curl_multi_poll(multi, &stop, stop_fd >= 0, TURN_MS, NULL);
		if (stop.revents & CURL_WAIT_POLLIN)
			break;
	}
	code = CURLE_ABORTED_BY_CALLBACK;
	while ((message = curl_multi_info_read(multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			code = message->data.result;
	curl_multi_remove_handle(multi, easy);
	curl_multi_cleanup(multi);
	return code;
}

static bool is_temporary(long status)
{
	return status >= 500 || status == 408 || status == 425 || status == 429;
}

/* A reply that was broken off for its length was one all the same. */
static void judge_reply(CURL *easy, CURLcode code, struct hook_result *result)
{
	long status = 0;
	curl_off_t after_s = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after_s);
	if (code != CURLE_OK && (code != CURLE_WRITE_ERROR || status == 0)) {
		result->outcome = HOOK_LATER;
		/* the code's own words: those of the transfer may hold the address */
		text_format(result->why, sizeof result->why, "%s", curl_easy_strerror(code));
	} else if (status >= 200 && status < 300) {
		result->outcome = HOOK_DONE;
	} else {
		result->outcome = is_temporary(status) ? HOOK_LATER : HOOK_REFUSED;
		result->after_ms = after_s > 0 && after_s < 3600 ? (int64_t)after_s * 1000 : 0;
		text_format(result->why, sizeof result->why, "the receiver answered %ld", status);
	}
}

void hook_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void hook_post(const char *address, const struct hook_call *call, struct hook_result *result)
{
	CURL *easy = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	struct reply reply = {0};

	*result = (struct hook_result){.outcome = HOOK_LATER, .why = "no memory"};
	if (easy && headers) {
		result->why[0] = '\0';
		set_up(easy, address, call, &reply);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
		judge_reply(easy, transfer(easy, call->stop_fd), result);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(easy);
}
