/*
 * source/poll/reply, timeline, classify: an answer is whole only when its header block was closed;
 * limits hold; and a time-out is called by how far the probe came.
 */
#include <errno.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "source/poll/classify.h"
#include "source/poll/reply.h"
#include "source/poll/timeline.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct reply reply;

static void begin(bool follow)
{
	struct reply_limits limits = {
		.body_max = 1 << 20, .body_kept = REPLY_BODY_KEPT, .follow = follow, .newer = true};

	reply_begin(&reply, &limits);
}

static bool line(const char *text)
{
	return reply_header(&reply, text, strlen(text));
}

static void what_is_packed_twice_must_be_small_and_gzip(void **state)
{
	static const struct {
		const char *codings, *more;
		bool taken;
	} rows[] = {
		{"gzip", "", true},
		{"GZIP , x-gzip", "Content-Length: 16384\r\n", true},
		{"identity, gzip,, none, deflate", "Content-Length: 100\r\n", true},
		{"gzip, gzip", "", false},
		{"gzip, gzip", "Content-Length: 16385\r\n", false},
		{"gzip, gzip", "Transfer-Encoding: chunked\r\nContent-Length: 100\r\n", false},
		{"br, gzip", "Content-Length: 100\r\n", false},
		{"gzip, gzip, gzip", "Content-Length: 100\r\n", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		struct reply_limits limits = {.body_max = 1 << 20, .unpacks = i % 2 == 0};
		char header[100];

		reply_begin(&reply, &limits);
		line("HTTP/1.1 200 OK\r\n");
		snprintf(header, sizeof header, "Content-Encoding: %s\r\n", rows[i / 2].codings);
		line(header);
		for (const char *at = rows[i / 2].more; *at; at = strchr(at, '\n') + 1)
			reply_header(&reply, at, (size_t)(strchr(at, '\n') + 1 - at));
		assert_int_equal(line("\r\n"), rows[i / 2].taken || !limits.unpacks);
		assert_int_equal(reply.stop, rows[i / 2].taken || !limits.unpacks ? STOP_NONE : STOP_CODED);
	}
}

static void reads_a_plain_answer(void **state)
{
	const char *value, *status;
	size_t size;

	(void)state;
	begin(false);
	assert_true(line("HTTP/1.1 200 OK\r\n"));
	assert_true(line("Content-Length: 12\r\n"));
	assert_true(line("X-Blank:   a b  \r\n"));
	assert_false(reply.closed);
	assert_true(line("\r\n"));
	assert_true(reply.closed);
	assert_int_equal(reply.status, 200);
	assert_int_equal(reply.version, HTTP_1_1);
	assert_int_equal(reply.announced, 12);
	value = reply_find(&reply, "x-blank", &size);
	assert_non_null(value);
	assert_int_equal(size, 3);
	assert_memory_equal(value, "a b", 3);
	assert_null(reply_find(&reply, "X-Blan", &size));
	assert_int_equal(reply_status_line(&reply, &status), 15);
	assert_true(reply_body(&reply, "hello world\n", 12));
	assert_int_equal(reply.body_bytes, 12);
	reply_fini(&reply);
}

static void what_is_no_status_line_is_told(void **state)
{
	static const struct reply_limits old = {.body_max = 1 << 20};

	(void)state;
	begin(false);
	assert_false(line("http/1.1 200 OK\r\n"));
	assert_int_equal(reply.stop, STOP_INVALID);
	assert_non_null(reply.problem);
	reply_fini(&reply);
	reply_begin(&reply, &old);
	assert_false(line("HTTP/2 200 \r\n"));
	assert_int_equal(reply.stop, STOP_INVALID);
	reply_fini(&reply);
	begin(false);
	assert_false(reply_body(&reply, "<html>", 6)); /* HTTP/0.9 */
	assert_int_equal(reply.stop, STOP_INVALID);
	assert_true(reply.rubbish);
	reply_fini(&reply);
	begin(false);
	reply_rubbish(&reply, "SSH-2.0-x\r\n", 11);
	assert_true(reply.rubbish);
	assert_int_equal(reply.body_size, 11);
	assert_memory_equal(reply.body, "SSH-2.0-x\r\n", 11);
	reply_fini(&reply);
}

/* What follows is another protocol, or the same refusal once more: neither has an end. */
static void an_answer_may_be_settled_before_its_end(void **state)
{
	int asked = 0;

	(void)state;
	begin(false);
	assert_true(line("HTTP/1.1 101 Switching Protocols\r\n"));
	assert_false(line("\r\n"));
	assert_int_equal(reply.stop, STOP_SETTLED);
	reply_fini(&reply);
	begin(false);
	do {
		assert_true(line("HTTP/1.1 401 Unauthorized\r\n"));
		asked++;
	} while (line("\r\n") && asked < 100);
	assert_in_range(asked, 3, 10);
	assert_int_equal(reply.stop, STOP_SETTLED);
	assert_int_equal(reply.status, 401);
	reply_fini(&reply);
}

static void an_interim_reply_closes_nothing(void **state)
{
	(void)state;
	begin(false);
	line("HTTP/1.1 103 Early Hints\r\n");
	line("Link: </a.css>\r\n");
	line("\r\n");
	assert_false(reply.closed);
	line("HTTP/2 404 \r\n");
	line("\n");
	assert_true(reply.closed);
	assert_int_equal(reply.status, 404);
	assert_int_equal(reply.version, HTTP_2);
	reply_fini(&reply);
}

static void stops_at_its_limits(void **state)
{
	static char large[REPLY_LINE_MAX + 10];
	bool going = true;

	(void)state;
	memset(large, 'a', sizeof large);
	begin(false);
	assert_false(reply_header(&reply, large, sizeof large));
	assert_int_equal(reply.stop, STOP_HEADERS);
	begin(false);
	line("HTTP/1.1 100 Continue\r\n");
	for (int i = 0; going && i < 100000; i++)
		going = line("HTTP/1.1 100 Continue\r\n") && line("\r\n");
	assert_false(going);
	assert_int_equal(reply.stop, STOP_HEADERS);
	begin(false);
	line("HTTP/1.1 200 OK\r\n");
	line("Content-Length: 1099511627776\r\n");
	assert_false(line("\r\n"));
	assert_int_equal(reply.stop, STOP_ANNOUNCED);
	begin(false);
	line("HTTP/1.1 200 OK\r\n");
	line("\r\n");
	for (int i = 0; i < 16; i++)
		assert_true(reply_body(&reply, large, 65536));
	assert_false(reply_body(&reply, large, 1));
	assert_int_equal(reply.stop, STOP_BODY);
	assert_int_equal(reply.body_size, REPLY_BODY_KEPT);
	reply_fini(&reply);
}

static void trailers_count_too(void **state)
{
	bool going = true;

	(void)state;
	begin(false);
	line("HTTP/1.1 200 OK\r\n");
	line("Transfer-Encoding: chunked\r\n");
	line("\r\n");
	assert_true(reply_body(&reply, "x", 1));
	for (int i = 0; going && i < 100000; i++)
		going = line("X-Trailer: of the same kind\r\n");
	assert_false(going);
	assert_int_equal(reply.status, 200);
	reply_fini(&reply);
}

static void keeps_what_checks_want_to_see(void **state)
{
	struct reply_limits limits = {.body_max = 1 << 20, .body_kept = 1 << 20};
	static char piece[16384];

	(void)state;
	reply_begin(&reply, &limits);
	line("HTTP/1.1 200 OK\r\n");
	line("\r\n");
	for (int i = 0; i < 64; i++) {
		memset(piece, 'a' + i % 26, sizeof piece);
		assert_true(reply_body(&reply, piece, sizeof piece));
	}
	assert_int_equal(reply.body_size, 1 << 20);
	assert_int_equal(reply.body[16384 * 63], 'a' + 63 % 26);
	reply_fini(&reply);
}

static void a_redirect_to_follow_ends_at_its_headers(void **state)
{
	(void)state;
	begin(true);
	line("HTTP/1.1 302 Found\r\n");
	line("Location: /next\r\n");
	assert_false(line("\r\n"));
	assert_int_equal(reply.stop, STOP_REDIRECT);
	begin(true);
	line("HTTP/1.1 302 Found\r\n");
	line("Location: \r\n");
	assert_true(line("\r\n"));
	begin(false);
	line("HTTP/1.1 302 Found\r\n");
	line("Location: /next\r\n");
	assert_true(line("\r\n"));
	reply_fini(&reply);
}

static void phases_add_up(void **state)
{
	struct timeline timeline;
	int32_t phases[PHASE_COUNT] = {ABSENT_US, ABSENT_US, ABSENT_US,
				       ABSENT_US, ABSENT_US, ABSENT_US};

	(void)state;
	timeline_begin(&timeline, true);
	timeline_open(&timeline, 1000);
	assert_int_equal(timeline.stage, STAGE_CONNECT);
	timeline_connected(&timeline, 1500, 1000, 300);
	assert_int_equal(timeline.stage, STAGE_TLS);
	timeline_secured(&timeline, 2500);
	timeline_request(&timeline, 2510, true);
	assert_int_equal(timeline.stage, STAGE_WAIT);
	timeline_answer(&timeline, 5000, true);
	timeline_headers_closed(&timeline);
	timeline_answer(&timeline, 6000, true);
	timeline_fold(&timeline, true, phases);
	assert_int_equal(phases[PHASE_DNS], ABSENT_US);
	assert_int_equal(phases[PHASE_CONNECT], 300);
	assert_int_equal(phases[PHASE_TLS], 1000);
	assert_int_equal(phases[PHASE_SEND], 10);
	assert_int_equal(phases[PHASE_WAIT], 2490);
	assert_int_equal(phases[PHASE_TRANSFER], 1000);
	assert_int_equal(timeline_sum_us(phases), 4800);
	/* A second hop over a kept connection adds to it. */
	timeline_begin(&timeline, true);
	timeline_request(&timeline, 10000, true);
	assert_true(timeline.reused);
	timeline_answer(&timeline, 10100, false);
	timeline_fold(&timeline, true, phases);
	assert_int_equal(phases[PHASE_CONNECT], 300);
	assert_int_equal(phases[PHASE_WAIT], 2590);
}

static void what_was_not_reached_is_absent(void **state)
{
	struct timeline timeline;
	int32_t phases[PHASE_COUNT] = {ABSENT_US, ABSENT_US, ABSENT_US,
				       ABSENT_US, ABSENT_US, ABSENT_US};

	(void)state;
	timeline_begin(&timeline, false);
	timeline_open(&timeline, 1000);
	timeline_open(&timeline, 1200);
	timeline_fold(&timeline, false, phases);
	assert_int_equal(phases[PHASE_CONNECT], ABSENT_US);
	/* The second address won: the first one's time belongs to it. */
	timeline_connected(&timeline, 1300, 1200, 50);
	timeline_request(&timeline, 1310, true);
	timeline_fold(&timeline, false, phases);
	assert_int_equal(phases[PHASE_CONNECT], 250);
	assert_int_equal(phases[PHASE_TLS], ABSENT_US);
	assert_int_equal(phases[PHASE_SEND], 10);
	assert_int_equal(phases[PHASE_WAIT], ABSENT_US);
	assert_int_equal(phases[PHASE_TRANSFER], ABSENT_US);
}

struct case_of_class {
	struct symptom symptom;
	enum probe_class cls;
};

static const struct case_of_class cases[] = {
	{{.curl = CURLE_OK, .closed = true},							CLASS_OK	     },
	{{.curl = CURLE_OK, .closed = false, .stage = STAGE_HEADERS},				      CLASS_TRUNCATED	     },
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_NAME},		     CLASS_DNS	      },
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_CONNECT},
	 CLASS_TIMEOUT_CONNECT											   },
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_TLS},
	 CLASS_TIMEOUT_TLS											       },
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_SEND},
	 CLASS_TIMEOUT_FIRST_BYTE											},
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_WAIT},
	 CLASS_TIMEOUT_FIRST_BYTE											},
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_HEADERS},
	 CLASS_TIMEOUT_HEADERS											   },
	{{.curl = CURLE_OPERATION_TIMEDOUT, .stop = STOP_TIME, .stage = STAGE_BODY},
	 CLASS_TIMEOUT_BODY											      },
	{{.curl = CURLE_COULDNT_RESOLVE_HOST, .dns_error = EAI_NONAME},				CLASS_DNS		 },
	{{.curl = CURLE_COULDNT_RESOLVE_HOST, .dns_error = EAI_MEMORY},				CLASS_LOCAL	   },
	{{.curl = CURLE_COULDNT_CONNECT, .os_error = ECONNREFUSED},				    CLASS_REFUSED	 },
	{{.curl = CURLE_COULDNT_CONNECT, .os_error = EHOSTUNREACH},				    CLASS_UNREACHABLE    },
	{{.curl = CURLE_COULDNT_CONNECT, .os_error = ENETUNREACH},				   CLASS_UNREACHABLE    },
	{{.curl = CURLE_COULDNT_CONNECT, .os_error = ETIMEDOUT},					 CLASS_TIMEOUT_CONNECT},
	{{.curl = CURLE_COULDNT_CONNECT, .os_error = EADDRNOTAVAIL},				     CLASS_LOCAL		},
	{{.curl = CURLE_COULDNT_CONNECT, .own_error = EMFILE},				       CLASS_LOCAL	  },
	{{.curl = CURLE_RECV_ERROR, .os_error = ECONNRESET, .stage = STAGE_WAIT},			  CLASS_RESET	     },
	{{.curl = CURLE_GOT_NOTHING, .reset_seen = true},						  CLASS_RESET	     },
	{{.curl = CURLE_GOT_NOTHING},							       CLASS_EMPTY_REPLY    },
	{{.curl = CURLE_PARTIAL_FILE, .closed = true},					       CLASS_TRUNCATED      },
	{{.curl = CURLE_PARTIAL_FILE, .os_error = ECONNRESET},				       CLASS_RESET	  },
	{{.curl = CURLE_WEIRD_SERVER_REPLY},							CLASS_PROTOCOL	   },
	{{.curl = CURLE_UNSUPPORTED_PROTOCOL},						      CLASS_PROTOCOL	     },
	{{.curl = CURLE_BAD_CONTENT_ENCODING, .closed = true},				       CLASS_DECODE	   },
	{{.curl = CURLE_WRITE_ERROR, .stop = STOP_BODY, .closed = true},				 CLASS_TOO_LARGE	},
	{{.curl = CURLE_WRITE_ERROR, .stop = STOP_HEADERS},					    CLASS_TOO_LARGE	   },
	{{.curl = CURLE_OUT_OF_MEMORY, .stage = STAGE_HEADERS},					CLASS_TOO_LARGE      },
	{{.curl = CURLE_OUT_OF_MEMORY, .stage = STAGE_CONNECT},					CLASS_LOCAL	   },
	{{.curl = CURLE_TOO_MANY_REDIRECTS, .stop = STOP_REDIRECT},				    CLASS_REDIRECT	  },
	{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify_error = X509_V_ERR_CERT_HAS_EXPIRED},
	 CLASS_TLS_EXPIRED											       },
	{{.curl = CURLE_SSL_CONNECT_ERROR, .verify_error = X509_V_ERR_CERT_NOT_YET_VALID},
	 CLASS_TLS_NOT_YET_VALID											 },
	{{.curl = CURLE_PEER_FAILED_VERIFICATION, .verify_error = X509_V_ERR_HOSTNAME_MISMATCH},
	 CLASS_TLS_HOSTNAME											      },
	{{.curl = CURLE_PEER_FAILED_VERIFICATION,
	  .words = "SSL: no alternative certificate subject name matches target host name 'a'"},
	 CLASS_TLS_HOSTNAME},
	{{.curl = CURLE_PEER_FAILED_VERIFICATION, .words = "SSL certificate verification failed"},
	 CLASS_TLS_HANDSHAKE},
	{{.curl = CURLE_SSL_CONNECT_ERROR, .verify_error = X509_V_ERR_EE_KEY_TOO_SMALL},
	 CLASS_TLS_WEAK												  },
	{{.curl = CURLE_SSL_CONNECT_ERROR, .verify_error = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
	 CLASS_TLS_UNTRUSTED											     },
	{{.curl = CURLE_SSL_CONNECT_ERROR},							 CLASS_TLS_HANDSHAKE  },
	{{.curl = CURLE_SSL_CONNECT_ERROR, .words = "dh key too small"},				 CLASS_TLS_WEAK       },
	{{.curl = CURLE_SSL_CONNECT_ERROR, .os_error = ECONNRESET},				    CLASS_RESET	       },
	{{.curl = CURLE_RECV_ERROR,
	  .stage = STAGE_WAIT,
	  .words = "tlsv13 alert certificate required"},
	 CLASS_TLS_HANDSHAKE											     },
	{{.curl = CURLE_SSL_CERTPROBLEM},							   CLASS_LOCAL	     },
	/* What was malformed counts, whatever became of the connection then. */
	{{.curl = CURLE_UNSUPPORTED_PROTOCOL, .reset_seen = true},	CLASS_PROTOCOL},
	{{.curl = CURLE_WEIRD_SERVER_REPLY, .os_error = ECONNRESET}, CLASS_PROTOCOL},
	{{.curl = CURLE_SEND_ERROR, .os_error = ECONNRESET, .rubbish = true}, CLASS_PROTOCOL},
	{{.curl = CURLE_RECV_ERROR, .reset_seen = true, .words = "Malformed encoding found in chunked-encoding"},
	 CLASS_PROTOCOL},
	{{.curl = CURLE_GOT_NOTHING, .stage = STAGE_HEADERS}, CLASS_TRUNCATED},
	{{.curl = CURLE_WRITE_ERROR, .stop = STOP_SETTLED, .closed = true}, CLASS_OK},
	{{.curl = CURLE_ABORTED_BY_CALLBACK, .stop = STOP_CONNECTED},				      CLASS_OK	      },
};

static void calls_each_symptom_by_its_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct symptom symptom = cases[i].symptom;
		enum probe_class found;

		if (!symptom.words)
			symptom.words = "";
		found = classify(&symptom);
		if (found != cases[i].cls)
			fail_msg("case %zu: %s, wanted %s", i, class_table[found].name,
				 class_table[cases[i].cls].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_twice_must_be_small_and_gzip),
		cmocka_unit_test(reads_a_plain_answer),
		cmocka_unit_test(an_interim_reply_closes_nothing),
		cmocka_unit_test(what_is_no_status_line_is_told),
		cmocka_unit_test(an_answer_may_be_settled_before_its_end),
		cmocka_unit_test(stops_at_its_limits),
		cmocka_unit_test(trailers_count_too),
		cmocka_unit_test(keeps_what_checks_want_to_see),
		cmocka_unit_test(a_redirect_to_follow_ends_at_its_headers),
		cmocka_unit_test(phases_add_up),
		cmocka_unit_test(what_was_not_reached_is_absent),
		cmocka_unit_test(calls_each_symptom_by_its_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
